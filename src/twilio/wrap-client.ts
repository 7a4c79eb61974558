/** Puts something around the calls of an account's client: measuring, tracing, auditing. */
import type { Answer, TwilioAccountClient } from "./types.ts";

export type CallName = Exclude<keyof TwilioAccountClient, "accountSid">;

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
