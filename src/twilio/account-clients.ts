/** Clients of accounts. All clients of one account, with whatever credentials, share its flow control. */
import type { Clock } from "../lib/clock.ts";
import { AccountClient } from "./client.ts";
import { ConcurrencyGate } from "./concurrency.ts";
import { Http, type Sender } from "./http.ts";
import type { TwilioAccountClient } from "./types.ts";

export interface ConnectOptions {
  readonly accountSid: string;
  readonly credentials: { readonly username: string; readonly password: string };
  /** 1..100: requests of the account under way at a time. */
  readonly maxConcurrentRequests: number;
  /** Where the API is, for emulators and gateways; region and edge do not count then. */
  readonly baseUrl?: string;
  readonly region?: string;
  readonly edge?: string;
}

export interface AccountClients {
  connect(options: ConnectOptions): TwilioAccountClient;
  /** Resolves when no write is under way for accounts that are not kept. */
  drained(isKept: (accountSid: string) => boolean): Promise<void>;
  /** Requests that the account may have under way now; undefined before its first client. */
  limitOf(accountSid: string): number | undefined;
  close(): Promise<void>;
}

export function createAccountClients(options: {
  readonly clock: Clock;
  readonly userAgent: string;
  /** For how long this process may still write for an account, in ms; asked in the tick that sends. Absent: for ever. */
  readonly fence?: (accountSid: string) => number;
  /** Since when this process serves an account (Tenure.since). Absent: no other ever does. */
  readonly since?: (accountSid: string) => number;
  /** Has this number lost its protection by a step of ours? Its requests go before all others of the account. */
  readonly isUnprotected?: (numberSid: string) => boolean;
  /** Puts something around every request, such as measuring it. */
  readonly wrap?: (http: Sender) => Sender;
}): AccountClients {
  const { clock, fence, since, isUnprotected, wrap = (http) => http } = options;
  const http = wrap(new Http(options));
  const gates = new Map<string, ConcurrencyGate>();
  return {
    connect: ({ accountSid, credentials, maxConcurrentRequests, ...where }) => {
      const gate = gates.get(accountSid) ?? new ConcurrencyGate(clock, maxConcurrentRequests);
      gate.setCeiling(maxConcurrentRequests);
      gates.set(accountSid, gate);
      return new AccountClient({
        accountSid,
        credentials,
        baseUrl: baseUrlOf(where),
        http,
        gate,
        clock,
        ...(isUnprotected === undefined ? {} : { isUnprotected }),
        ...(fence === undefined ? {} : { fence: () => fence(accountSid) }),
        ...(since === undefined ? {} : { since: () => since(accountSid) }),
      });
    },
    drained: async (isKept) => {
      const given = [...gates].filter(([accountSid]) => !isKept(accountSid));
      await Promise.all(given.map(([, gate]) => gate.writesDrained()));
    },
    limitOf: (accountSid) => gates.get(accountSid)?.limit,
    close: () => http.close(),
  };
}

/** `api.{edge}.{region}.twilio.com`; an edge without a region means region us1, as Twilio documents it. */
function baseUrlOf({ baseUrl, region, edge }: Pick<ConnectOptions, "baseUrl" | "region" | "edge">): string {
  if (baseUrl !== undefined) return baseUrl;
  if (edge === undefined)
    return region === undefined ? "https://api.twilio.com" : `https://api.${region}.twilio.com`;
  return `https://api.${edge}.${region ?? "us1"}.twilio.com`;
}
