/**
 * The Twilio accounts behind the TwilioAccount objects. Several objects may name one account: they share the snapshot
 * and the lock, each proves with a listing of its own that its credentials may see it.
 */
import type { TwilioAccount } from "../api/objects.ts";
import type { Clock } from "../lib/clock.ts";
import { shortHash } from "../lib/hash.ts";
import { parseDuration } from "../plan/duration.ts";
import { isStale } from "../plan/policy.ts";
import type { AccountState, CredentialState } from "../plan/world.ts";
import { AccountSnapshot } from "../twilio/snapshot.ts";
import type { Failure, TwilioAccountClient } from "../twilio/types.ts";
import { parseSecret, type BasicCredentials, type SecretState } from "./credentials.ts";
import { Lock } from "./lock.ts";
import { OBJECT_PREFIX_LENGTH } from "../plan/address/tag.ts";

/** What one Twilio account has only once, however many objects name it. */
export interface SharedAccount {
  readonly accountSid: string;
  readonly snapshot: AccountSnapshot;
  /** Serialises every step that may take protection away. */
  readonly lock: Lock;
  /** Beginning of the last successful listing. */
  lastSuccessAt: number | undefined;
}

/** One TwilioAccount object. */
export interface AccountEntry {
  object: TwilioAccount;
  readonly shared: SharedAccount;
  credentials: CredentialState;
  /** Absent after a start: what was refused before it waits on. */
  credentialsChangedAt: number | undefined;
  client: TwilioAccountClient | undefined;
  /** Hash of what the Secret held when the client was made. */
  secretHash: string | undefined;
  /** Hash of what the Secret held when it could last be read, empty where it was missing. */
  lastHash: string | undefined;
  /** Its own credentials have listed the account. */
  listed: boolean;
  lastFailure: Failure | undefined;
}

export interface AccountsOptions {
  readonly clock: Clock;
  /** The flag --sweep-interval, in ms. */
  readonly sweepIntervalMs: number;
  /** A client of the account that this object names. */
  readonly connect: (account: TwilioAccount, credentials: BasicCredentials) => TwilioAccountClient;
}

const DEFAULT_MAX_UNPROTECTED = 1;
const LEAST_STALENESS = 30 * 60_000;

export class Accounts {
  readonly #options: AccountsOptions;
  readonly #entries = new Map<string, AccountEntry>();
  readonly #shared = new Map<string, SharedAccount>();

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  /** The entry of this object, made or brought up to date. A changed accountSid (another object) starts over. */
  put(object: TwilioAccount): AccountEntry {
    const key = keyOfAccount(object.metadata.namespace, object.metadata.name);
    const known = this.#entries.get(key);
    if (known !== undefined && known.shared.accountSid === object.spec.accountSid) {
      known.object = object;
      return known;
    }
    const entry: AccountEntry = {
      object,
      shared: this.#sharedOf(object),
      credentials: { kind: "unchecked" },
      credentialsChangedAt: undefined,
      client: undefined,
      secretHash: undefined,
      lastHash: undefined,
      listed: false,
      lastFailure: undefined,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  remove(object: TwilioAccount): void {
    this.#entries.delete(keyOfAccount(object.metadata.namespace, object.metadata.name));
  }

  /** Forgets what was seen of this account, but for its Secret: another process serves it from now on, or has done so until now. */
  startOver(accountSid: string): void {
    const named = this.entriesOf(accountSid);
    this.#shared.delete(accountSid);
    for (const { object, lastHash, credentialsChangedAt } of named) {
      this.remove(object);
      Object.assign(this.put(object), { lastHash, credentialsChangedAt });
    }
  }

  entry(namespace: string, name: string): AccountEntry | undefined {
    return this.#entries.get(keyOfAccount(namespace, name));
  }

  /** False once it has ended; an answer to it may still come, and nothing may begin anew for that. */
  has(entry: AccountEntry): boolean {
    const { namespace, name } = entry.object.metadata;
    return this.entry(namespace, name) === entry;
  }

  entries(): readonly AccountEntry[] {
    return [...this.#entries.values()];
  }

  entriesOf(accountSid: string): readonly AccountEntry[] {
    return this.entries().filter((entry) => entry.shared.accountSid === accountSid);
  }

  /** Takes over what the Secret holds now. Returns true if the credentials are others than before. */
  useSecret(entry: AccountEntry, secret: SecretState): boolean {
    const before = JSON.stringify(entry.credentials);
    const name = entry.object.spec.credentialsSecretRef.name;
    const secretHash = secret.kind === "data" ? hashOf(secret.data) : undefined;
    if (secretHash !== undefined && secretHash === entry.secretHash) return false;
    entry.secretHash = secretHash;
    entry.client = undefined;
    switch (secret.kind) {
      case "unknown":
        entry.credentials = { kind: "unchecked" };
        break;
      case "absent":
        entry.credentials = {
          kind: "secretNotFound",
          message: `Secret "${name}" does not exist in this namespace. Create it with the key authToken, or apiKeySid and apiKeySecret.`,
        };
        entry.lastHash = "";
        break;
      case "unreadable":
        entry.credentials = {
          kind: "secretNotFound",
          message: `Secret "${name}" cannot be read: ${secret.message}`,
        };
        break;
      case "data":
        this.#connect(entry, secret.data);
        if (entry.lastHash !== undefined && entry.lastHash !== secretHash)
          entry.credentialsChangedAt = this.#options.clock.now();
        entry.lastHash = secretHash;
        return true;
    }
    return JSON.stringify(entry.credentials) !== before;
  }

  /** What the planner sees of an account object. */
  state(namespace: string, name: string): AccountState | undefined {
    const entry = this.entry(namespace, name);
    if (entry === undefined) return undefined;
    const { object, shared } = entry;
    const sweepIntervalMs = this.sweepIntervalOf(object);
    const lastSuccessAt = this.lastSuccessOf(entry);
    return {
      object,
      credentials: entry.credentials,
      maxUnprotected: this.#maxUnprotected(entry),
      maxStalenessMs: this.maxStalenessOf(object),
      sweepIntervalMs,
      ...(entry.credentialsChangedAt === undefined
        ? {}
        : { credentialsChangedAt: entry.credentialsChangedAt }),
      ...(entry.listed ? { view: shared.snapshot } : {}),
      ...(lastSuccessAt === undefined ? {} : { lastSuccessAt }),
      ...(entry.lastFailure === undefined ? {} : { lastFailure: entry.lastFailure }),
    };
  }

  /** Age of the last observation, in ms, at which Ready becomes Unknown. */
  maxStalenessOf(object: TwilioAccount): number {
    const { maxStaleness } = object.spec;
    if (maxStaleness !== undefined) return parseDuration(maxStaleness);
    return Math.max(LEAST_STALENESS, 2 * this.sweepIntervalOf(object));
  }

  isStale({ object }: AccountEntry): boolean {
    const state = this.state(object.metadata.namespace, object.metadata.name);
    return state !== undefined && isStale(state, this.#options.clock.now());
  }

  /**
   * Beginning of the last successful listing, by this process or the one before it. Where that one's clock ran ahead,
   * nothing is known but that the object was there: its time would hide for as long that nothing is observed any more.
   */
  lastSuccessOf({ shared, object }: AccountEntry): number | undefined {
    if (shared.lastSuccessAt !== undefined) return shared.lastSuccessAt;
    const { metadata, status } = object;
    const before = parsedTime(status?.lastObservationTime);
    const isAhead =
      before !== undefined && before > this.#options.clock.now() + this.maxStalenessOf(object) / 3;
    return isAhead ? parsedTime(metadata.creationTimestamp) : before;
  }

  sweepIntervalOf(object: TwilioAccount): number {
    const { sweepInterval } = object.spec;
    return sweepInterval === undefined ? this.#options.sweepIntervalMs : parseDuration(sweepInterval);
  }

  /** The smallest of those that have proved that they may see the account. */
  #maxUnprotected(entry: AccountEntry): number {
    const proved = this.entries().filter(
      (other) => other.shared === entry.shared && (other.listed || other === entry),
    );
    return Math.min(...proved.map((other) => other.object.spec.maxUnprotected ?? DEFAULT_MAX_UNPROTECTED));
  }

  #connect(entry: AccountEntry, data: Readonly<Record<string, string>>): void {
    const parsed = parseSecret(entry.object, data);
    if (parsed.kind === "invalid") {
      entry.credentials = { kind: "secretInvalid", message: parsed.message };
      return;
    }
    entry.credentials = { kind: "unchecked" };
    entry.client = this.#options.connect(entry.object, parsed.credentials);
  }

  #sharedOf(object: TwilioAccount): SharedAccount {
    const { accountSid } = object.spec;
    const known = this.#shared.get(accountSid);
    if (known !== undefined) return known;
    const shared: SharedAccount = {
      accountSid,
      snapshot: new AccountSnapshot(accountSid, { tagPrefixLength: OBJECT_PREFIX_LENGTH }),
      lock: new Lock(),
      lastSuccessAt: undefined,
    };
    this.#shared.set(accountSid, shared);
    return shared;
  }
}

function keyOfAccount(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

function hashOf(data: Readonly<Record<string, string>>): string {
  return shortHash(JSON.stringify(Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1))), 32);
}

function parsedTime(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? undefined : time;
}
