/** Counts for the metrics, made at every scrape: one pass over the objects and one over each account's snapshot. */
import { KINDS } from "../api/names.ts";
import type { AnyObject, EmergencyAddress, PhoneNumberBinding, TwilioAccount } from "../api/objects.ts";
import type { Clock } from "../lib/clock.ts";
import { accountName } from "../plan/policy.ts";
import { objectPrefix, ownerPart, parseTag } from "../plan/address/tag.ts";
import type { AccountCensus, Census, Count } from "../telemetry/metrics/objects.ts";
import type { AccountName } from "../telemetry/metrics/twilio.ts";
import type { AccountSnapshot } from "../twilio/snapshot.ts";
import type { NumberRecord } from "../twilio/types.ts";
import type { AccountEntry, Accounts } from "./accounts.ts";
import type { ObjectIndex } from "./object-index.ts";
import { shardOf } from "./shard.ts";

export interface CensusSource {
  readonly objects: ObjectIndex;
  readonly accounts: Accounts;
  readonly ownerId: string;
  readonly clock: Clock;
  /** Only what this process serves is counted, so that the counts of several replicas add up. */
  readonly serves: (shard: string) => boolean;
  readonly limitOf: (accountSid: string) => number | undefined;
}

export function censusOf(source: CensusSource): Census {
  const found = new Findings(source);
  for (const kind of KINDS) for (const object of source.objects.all(kind)) found.add(object);
  const served = source.accounts.entries().filter(({ shared }) => source.serves(shared.accountSid));
  const snapshots = new Map<AccountSnapshot, SnapshotCount>();
  for (const { shared } of served)
    if (!snapshots.has(shared.snapshot))
      snapshots.set(shared.snapshot, snapshotCount(source, shared.snapshot, found));
  return {
    accounts: served.map((entry) =>
      accountCensus(source, entry, found, snapshots.get(entry.shared.snapshot)),
    ),
    ...found.counts(),
  };
}

/** How often each value of two labels came together; no key is made for each object. */
class Pairs {
  readonly #counts = new Map<string, Map<string, number>>();

  add(first: string, second: string, by = 1): void {
    const row = this.#counts.get(first);
    if (row === undefined) this.#counts.set(first, new Map([[second, by]]));
    else row.set(second, (row.get(second) ?? 0) + by);
  }

  counts<L>(labels: (first: string, second: string) => L): readonly Count<L>[] {
    return [...this.#counts].flatMap(([first, row]) =>
      [...row].map(([second, count]) => ({ labels: labels(first, second), count })),
    );
  }
}

/** What is found of the objects that name one account object. */
interface Group {
  readonly name: AccountName;
  readonly isServed: boolean;
  /** By kind and reason. */
  readonly stalled: Pairs;
  /** By kind. */
  readonly drifted: Pairs;
  /** When each unprotected number became so. */
  readonly unprotected: number[];
  /** Sids and phone numbers that bindings name: one set for each account at Twilio. */
  readonly managed: Set<string>;
}

/** What the pass over the objects finds. */
class Findings {
  readonly #source: CensusSource;
  /** By kind and status. */
  readonly #ready = new Pairs();
  /** By namespace, then by name of the account object. */
  readonly #groups = new Map<string, Map<string, Group>>();
  readonly #managed = new Map<string, Set<string>>();
  /** Sids of Addresses that objects name. */
  readonly addresses = new Set<string>();

  constructor(source: CensusSource) {
    this.#source = source;
  }

  add(object: AnyObject): void {
    const group = this.#groupOf(object);
    if (!group.isServed) return;
    this.#addConditions(object, group);
    if (object.kind === "PhoneNumberBinding") this.#addBinding(object, group);
    else if (object.kind === "EmergencyAddress") this.#addAddress(object);
  }

  counts(): Pick<Census, "objects" | "stalled" | "drifted"> {
    const groups = [...this.#groups.values()].flatMap((byName) => [...byName.values()]);
    return {
      objects: this.#ready.counts((kind, ready) => ({ kind, ready })),
      stalled: groups.flatMap(({ name, stalled }) =>
        stalled.counts((kind, reason) => ({ ...name, kind, reason })),
      ),
      drifted: groups.flatMap(({ name, drifted }) => drifted.counts((kind) => ({ ...name, kind }))),
    };
  }

  unprotectedOf({ metadata }: TwilioAccount): readonly number[] {
    return this.#groups.get(metadata.namespace)?.get(metadata.name)?.unprotected ?? [];
  }

  isManaged(accountSid: string, { sid, phoneNumber }: NumberRecord): boolean {
    const named = this.#managed.get(accountSid);
    return named !== undefined && (named.has(sid) || named.has(phoneNumber));
  }

  #addConditions({ kind, status }: AnyObject, { stalled, drifted }: Group): void {
    let ready = "Unknown";
    for (const condition of status?.conditions ?? []) {
      if (condition.type === "Ready") ready = condition.status;
      else if (condition.status !== "True") continue;
      else if (condition.type === "Stalled") stalled.add(kind, condition.reason);
      else if (condition.type === "Drifted") drifted.add(kind, "");
    }
    this.#ready.add(kind, ready);
  }

  #addBinding({ spec, status }: PhoneNumberBinding, { managed, unprotected }: Group): void {
    if (status?.unprotectedSince !== undefined) unprotected.push(Date.parse(status.unprotectedSince));
    managed.add(spec.phoneNumberSid ?? spec.phoneNumber ?? "");
    this.#name(status?.previousAddressSid);
    for (const sid of status?.appliedAddressSids ?? []) this.#name(sid);
  }

  #addAddress({ spec, status }: EmergencyAddress): void {
    for (const sid of [spec.sid, status?.sid, ...(status?.retiringSids ?? [])]) this.#name(sid);
  }

  #name(sid: string | undefined): void {
    if (sid !== undefined) this.addresses.add(sid);
  }

  #groupOf(object: AnyObject): Group {
    const { namespace, name } = object.metadata;
    const account = object.kind === "TwilioAccount" ? name : accountName(object);
    let byName = this.#groups.get(namespace);
    if (byName === undefined) this.#groups.set(namespace, (byName = new Map()));
    const known = byName.get(account);
    if (known !== undefined) return known;
    const { objects, serves } = this.#source;
    const shard = shardOf(objects, object);
    const managed = this.#managed.get(shard) ?? new Set();
    this.#managed.set(shard, managed);
    const group = {
      name: { account_namespace: namespace, account },
      isServed: serves(shard),
      ...{ stalled: new Pairs(), drifted: new Pairs(), unprotected: [], managed },
    };
    byName.set(account, group);
    return group;
  }
}

type SnapshotCount = Pick<AccountCensus, "numbers" | "duplicates" | "orphans">;

function snapshotCount(source: CensusSource, snapshot: AccountSnapshot, found: Findings): SnapshotCount {
  const numbers = new Pairs();
  // Always there: nothing left of them must show as 0, not as a series that has ended.
  for (const managed of ["true", "false"]) numbers.add("registered", managed, 0);
  for (const number of snapshot.numbers()) {
    const managed = found.isManaged(snapshot.accountSid, number) ? "true" : "false";
    numbers.add(number.emergencyAddressStatus ?? "unregistered", managed);
  }
  return {
    numbers: numbers.counts((state, managed) => ({ state, managed })),
    ...addressCount(source, snapshot, found),
  };
}

function addressCount(
  { objects, ownerId }: CensusSource,
  snapshot: AccountSnapshot,
  found: Findings,
): Pick<AccountCensus, "duplicates" | "orphans"> {
  const owner = ownerPart(ownerId);
  const tags = new Set<string>();
  const unnamed: string[] = [];
  let duplicates = 0;
  for (const { sid, friendlyName } of snapshot.addresses()) {
    const tag = parseTag(friendlyName);
    if (tag?.owner !== owner) continue;
    if (tags.has(friendlyName)) duplicates += 1;
    tags.add(friendlyName);
    if (!found.addresses.has(sid)) unnamed.push(tag.object);
  }
  if (unnamed.length === 0) return { duplicates, orphans: 0 };
  // A hash for each object: only when there is something to look for.
  const prefixes = new Set(
    objects
      .all("EmergencyAddress")
      .map(({ metadata }) => objectPrefix(ownerId, metadata.namespace, metadata.name)),
  );
  return { duplicates, orphans: unnamed.filter((prefix) => !prefixes.has(prefix)).length };
}

function accountCensus(
  { accounts, clock, limitOf }: CensusSource,
  entry: AccountEntry,
  found: Findings,
  counted: SnapshotCount | undefined,
): AccountCensus {
  const { object, shared } = entry;
  const { namespace, name } = object.metadata;
  const unprotected = found.unprotectedOf(object);
  const now = clock.now();
  const observedAt = accounts.lastSuccessOf(entry) ?? Date.parse(object.metadata.creationTimestamp);
  return {
    name: { account_namespace: namespace, account: name },
    ...(counted ?? { numbers: [], duplicates: 0, orphans: 0 }),
    unprotected: unprotected.length,
    unprotectedMs: unprotected.reduce((longest, since) => Math.max(longest, now - since), 0),
    observationAgeMs: Math.max(0, now - observedAt),
    maxStalenessMs: accounts.maxStalenessOf(object),
    suspect: shared.snapshot.suspect,
    concurrencyLimit: limitOf(shared.accountSid),
  };
}
