/** The emulated Twilio: accounts with their resources, and how long things take there. */
import type { Clock } from "../lib/clock.ts";
import type { Address, Domain, PhoneNumber } from "./resources.ts";
import { DEFAULTS, type RegistrationFailure, type Settings } from "./settings.ts";

export interface ApiKey {
  readonly secret: string;
  /** A standard key may do everything but read the account itself. */
  readonly type: "main" | "standard";
}

export interface Account {
  readonly sid: string;
  authToken: string;
  readonly parent: string | undefined;
  readonly apiKeys: Map<string, ApiKey>;
  readonly addresses: Map<string, Address>;
  readonly numbers: Map<string, PhoneNumber>;
  readonly domains: Map<string, Domain>;
  suspended: boolean;
  inFlight: number;
}

/** One change of who protects a number. */
export interface Protection {
  readonly numberSid: string;
  readonly at: number;
  readonly registeredAt: string | null;
}

/** Something a careful client never does. */
export interface Violation {
  readonly at: number;
  readonly what: string;
  readonly sid: string;
}

export class World {
  readonly accounts = new Map<string, Account>();
  readonly timeline: Protection[] = [];
  readonly violations: Violation[] = [];
  /** Codes of warnings, such as 22222, with what they are about. */
  readonly warnings: { readonly code: number; readonly sid: string; readonly at: number }[] = [];
  settings: Settings = DEFAULTS;
  readonly #clock: Clock;
  /** How far the world's clock has been put forward. */
  #ahead = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now() + this.#ahead;
  }

  advance(ms: number): void {
    this.#ahead += ms;
  }

  addAccount(sid: string, authToken: string, parent?: string): Account {
    const account: Account = {
      sid,
      authToken,
      parent,
      apiKeys: new Map(),
      addresses: new Map(),
      numbers: new Map(),
      domains: new Map(),
      suspended: false,
      inFlight: 0,
    };
    this.accounts.set(sid, account);
    return account;
  }

  /** Settles what is due. Called before anything is read: nothing here runs by itself. */
  catchUp(number: PhoneNumber): void {
    const now = this.now();
    if (number.due !== undefined && number.due.at <= now) settle(number, "due");
    if (number.statusDue !== undefined && number.statusDue.at <= now) settle(number, "statusDue");
  }

  /** Every pending state ends now. */
  settleAll(): void {
    for (const account of this.accounts.values()) {
      for (const number of account.numbers.values()) {
        settle(number, "due");
        settle(number, "statusDue");
      }
    }
  }

  /** Writes the slot, and the timeline where protection changed. */
  setSlot(
    number: PhoneNumber,
    slot: { readonly sid: string | null; readonly status: string | null },
    at = this.now(),
  ): void {
    const before = protectedBy(number);
    number.emergency_address_sid = slot.sid;
    number.emergency_address_status = slot.status;
    number.updatedAt = at;
    const after = protectedBy(number);
    if (before !== after) this.timeline.push({ numberSid: number.sid, at, registeredAt: after });
  }

  /** Takes one matching failure rule, if there is one. */
  takeFailure(
    action: RegistrationFailure["action"],
    number: PhoneNumber,
    address: Address | undefined,
  ): boolean {
    const { failures } = this.settings;
    const rule = failures.find(
      (candidate) =>
        candidate.action === action &&
        candidate.times !== 0 &&
        (candidate.phoneNumber === undefined || candidate.phoneNumber === number.phone_number) &&
        (candidate.addressSid === undefined || candidate.addressSid === address?.sid) &&
        (candidate.street === undefined || candidate.street === address?.street.toUpperCase()),
    );
    if (rule === undefined) return false;
    const left = rule.times === undefined ? {} : { times: rule.times - 1 };
    this.settings = {
      ...this.settings,
      failures: failures.map((candidate) => (candidate === rule ? { ...rule, ...left } : candidate)),
    };
    return true;
  }
}

function settle(number: PhoneNumber, what: "due" | "statusDue"): void {
  const due = number[what];
  number[what] = undefined;
  due?.settle();
}

/** An unregistration that is pending or failed has not ended anything that can be counted on: only `registered` protects. */
export function protectedBy(number: PhoneNumber): string | null {
  return number.emergency_address_status === "registered" ? number.emergency_address_sid : null;
}
