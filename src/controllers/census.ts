/** Counts for the metrics, made at every scrape: one pass over the objects and one over each account's snapshot. */
import { findCondition } from "../api/conditions.ts";
import { KINDS } from "../api/names.ts";
import type { AnyObject, EmergencyAddress } from "../api/objects.ts";
import type { Clock } from "../lib/clock.ts";
import { accountName } from "../plan/policy.ts";
import { objectPrefix, ownerPart, parseTag } from "../plan/tag.ts";
import type { AccountCensus, Census, Count } from "../telemetry/metrics/objects.ts";
import type { AccountName } from "../telemetry/metrics/twilio.ts";
import type { AccountSnapshot } from "../twilio/snapshot.ts";
import type { AccountEntry, Accounts } from "./accounts.ts";
import type { ObjectIndex } from "./object-index.ts";
import { shardOf } from "./tenure.ts";

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
  const found = new Findings();
  const { objects, serves } = source;
  for (const kind of KINDS)
    for (const object of objects.all(kind)) if (serves(shardOf(objects, object))) found.add(objects, object);
  const served = source.accounts.entries().filter(({ shared }) => serves(shared.accountSid));
  const snapshots = new Map<AccountSnapshot, SnapshotCount>();
  for (const { shared } of served)
    if (!snapshots.has(shared.snapshot))
      snapshots.set(shared.snapshot, snapshotCount(source, shared.snapshot, found));
  return {
    accounts: served.map((entry) =>
      accountCensus(source, entry, found, snapshots.get(entry.shared.snapshot)),
    ),
    objects: found.ready.counts(),
    stalled: found.stalled.counts(),
    drifted: found.drifted.counts(),
  };
}

/** Counts by a few labels. */
class Tally<L> {
  readonly #counts = new Map<string, { readonly labels: L; count: number }>();

  /** Counts it, be it 0. */
  open(key: string, labels: () => L): { count: number } {
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const opened = { labels: labels(), count: 0 };
    this.#counts.set(key, opened);
    return opened;
  }

  add(key: string, labels: () => L): void {
    this.open(key, labels).count += 1;
  }

  counts(): readonly Count<L>[] {
    return [...this.#counts.values()];
  }
}

/** What the pass over the objects finds. */
class Findings {
  readonly ready = new Tally<{ readonly kind: string; readonly ready: string }>();
  readonly stalled = new Tally<AccountName & { readonly kind: string; readonly reason: string }>();
  readonly drifted = new Tally<AccountName & { readonly kind: string }>();
  /** By `namespace/account`: when each unprotected number became so. */
  readonly unprotected = new Map<string, number[]>();
  /** By account sid: sids and phone numbers that bindings name. */
  readonly managed = new Map<string, Set<string>>();
  /** Sids of Addresses that objects name. */
  readonly addresses = new Set<string>();

  add(objects: ObjectIndex, object: AnyObject): void {
    const { kind } = object;
    const conditions = object.status?.conditions;
    const ready = findCondition(conditions, "Ready")?.status ?? "Unknown";
    this.ready.add(`${kind} ${ready}`, () => ({ kind, ready }));
    const name = nameOf(object);
    const key = keyOfName(name);
    const stalled = findCondition(conditions, "Stalled");
    if (stalled?.status === "True") {
      const { reason } = stalled;
      this.stalled.add(`${key} ${kind} ${reason}`, () => ({ ...name, kind, reason }));
    }
    if (findCondition(conditions, "Drifted")?.status === "True")
      this.drifted.add(`${key} ${kind}`, () => ({ ...name, kind }));
    if (kind === "PhoneNumberBinding") this.#addBinding(objects, object, key);
    if (kind === "EmergencyAddress") this.#addAddress(object);
  }

  #addBinding(
    objects: ObjectIndex,
    binding: Extract<AnyObject, { readonly kind: "PhoneNumberBinding" }>,
    key: string,
  ): void {
    const { spec, status } = binding;
    if (status?.unprotectedSince !== undefined)
      listed(this.unprotected, key).push(Date.parse(status.unprotectedSince));
    const sid = objects.accountSidOf(binding);
    if (sid !== undefined) this.#managedOf(sid).add(spec.phoneNumberSid ?? spec.phoneNumber ?? "");
    this.#name(status?.previousAddressSid, ...(status?.appliedAddressSids ?? []));
  }

  #addAddress({ spec, status }: EmergencyAddress): void {
    this.#name(spec.sid, status?.sid, ...(status?.retiringSids ?? []));
  }

  #name(...sids: readonly (string | undefined)[]): void {
    for (const sid of sids) if (sid !== undefined) this.addresses.add(sid);
  }

  #managedOf(accountSid: string): Set<string> {
    const known = this.managed.get(accountSid) ?? new Set();
    this.managed.set(accountSid, known);
    return known;
  }
}

function listed(map: Map<string, number[]>, key: string): number[] {
  const known = map.get(key) ?? [];
  map.set(key, known);
  return known;
}

function nameOf(object: AnyObject): AccountName {
  const { namespace, name } = object.metadata;
  return {
    account_namespace: namespace,
    account: object.kind === "TwilioAccount" ? name : accountName(object),
  };
}

function keyOfName({ account_namespace: namespace, account }: AccountName): string {
  return `${namespace}/${account}`;
}

type SnapshotCount = Pick<AccountCensus, "numbers" | "duplicates" | "orphans">;

function snapshotCount(source: CensusSource, snapshot: AccountSnapshot, found: Findings): SnapshotCount {
  const numbers = new Tally<{ readonly state: string; readonly managed: string }>();
  // Always there: nothing left of them must show as 0, not as a series that has ended.
  for (const managed of ["true", "false"])
    numbers.open(`registered ${managed}`, () => ({ state: "registered", managed }));
  const named = found.managed.get(snapshot.accountSid);
  for (const { sid, phoneNumber, emergencyAddressStatus } of snapshot.numbers()) {
    const managed = named?.has(sid) === true || named?.has(phoneNumber) === true ? "true" : "false";
    const state = emergencyAddressStatus ?? "unregistered";
    numbers.add(`${state} ${managed}`, () => ({ state, managed }));
  }
  return { numbers: numbers.counts(), ...addressCount(source, snapshot, found) };
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
  const name = nameOf(object);
  const unprotected = found.unprotected.get(keyOfName(name)) ?? [];
  const now = clock.now();
  const observedAt = accounts.lastSuccessOf(entry) ?? Date.parse(object.metadata.creationTimestamp);
  return {
    name,
    ...(counted ?? { numbers: [], duplicates: 0, orphans: 0 }),
    unprotected: unprotected.length,
    unprotectedMs: unprotected.reduce((longest, since) => Math.max(longest, now - since), 0),
    observationAgeMs: Math.max(0, now - observedAt),
    maxStalenessMs: accounts.maxStalenessOf(object),
    suspect: shared.snapshot.suspect,
    concurrencyLimit: limitOf(shared.accountSid),
  };
}
