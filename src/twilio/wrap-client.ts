/** Puts something around the calls of an account's client: measuring, auditing, holding back. */
import type { AccountWrites, Answer, TwilioAccountClient } from "./types.ts";

export type CallName = Exclude<keyof TwilioAccountClient, "accountSid">;

/** The compiler asks for each: one that is missing would not be audited, and a plan would take it as done. */
const WRITES: Readonly<Record<keyof AccountWrites, true>> = {
  createAddress: true,
  deleteAddress: true,
  associateAddress: true,
  disassociateAddress: true,
  setEmergencyStatus: true,
  setEmergencyCalling: true,
  setEmergencyCaller: true,
};

/** Does the call change something at Twilio? */
export function isWrite(method: CallName): boolean {
  return Object.hasOwn(WRITES, method);
}

/** Gives what the call gives, after whatever else it does. */
export type Around = <T>(method: CallName, call: () => Promise<Answer<T>>) => Promise<Answer<T>>;

type AnyCall = (...args: unknown[]) => Promise<Answer<unknown>>;

/** A client whose every call goes through `around`. */
export function withAround(client: TwilioAccountClient, around: Around): TwilioAccountClient {
  const wrapped = new Map<string, AnyCall>();
  return new Proxy(client, {
    get: (target, name: string) => {
      const member: unknown = target[name as keyof TwilioAccountClient];
      if (typeof member !== "function") return member;
      const known = wrapped.get(name);
      if (known !== undefined) return known;
      const call = (...args: unknown[]): Promise<Answer<unknown>> =>
        around(name as CallName, () => (member as AnyCall).apply(target, args));
      wrapped.set(name, call);
      return call;
    },
  });
}
