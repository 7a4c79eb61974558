/**
 * What is known of one account, merged from listings and direct looks. Newer evidence replaces older; evidence is dated
 * by the beginning of the request that brought it.
 *
 * - A listing says nothing about a resource if a write to it was answered after it began.
 * - A resource that a listing lacks is only `missing`: gone it is when a direct GET says 404.
 * - A listing that has shrunk by more than a fifth, or to nothing, is suspect until a second one agrees with it.
 */
import { equal } from "../lib/equal.ts";
import { Collection } from "./collection.ts";
import type { AccountView, AddressRecord, DomainRecord, NumberRecord, Observation } from "./types.ts";

/** Sids of the resources (and names of look-ups without result) that are not as they were. */
export type Changes = ReadonlySet<string>;

export interface Listing {
  readonly numbers: readonly NumberRecord[];
  /** Absent: only the numbers were listed. */
  readonly addresses?: readonly AddressRecord[];
  readonly domains?: readonly DomainRecord[];
  /** Beginning of the first request. */
  readonly startedAt: number;
}

interface Evidence {
  readonly startedAt: number;
  readonly names: readonly string[];
  /** Not by a listing. */
  readonly direct: boolean;
}

export interface SnapshotOptions {
  /** How many characters of a FriendlyName are the key of `addressesNamed`. */
  readonly tagPrefixLength: number;
}

/** When a write was made that is not answered yet: later than any look. */
export const UNDER_WAY = Number.POSITIVE_INFINITY;

/** More than this part of a listing missing in the next one is not believed at once. */
const SUSPICIOUS_LOSS = 0.2;

export class AccountSnapshot implements AccountView {
  readonly accountSid: string;
  readonly #written = new Map<string, number>();
  readonly #absent = new Map<string, number>();
  readonly #numbers: Collection<NumberRecord>;
  readonly #addresses: Collection<AddressRecord>;
  readonly #domains: Collection<DomainRecord>;
  /** Sizes of the last complete listing, believed or not. */
  #sizes: readonly number[] = [];
  #suspect = false;
  #listedAt: number | undefined;

  constructor(accountSid: string, { tagPrefixLength }: SnapshotOptions) {
    this.accountSid = accountSid;
    this.#numbers = new Collection({
      phoneNumber: (record) => [record.phoneNumber],
      address: (record) =>
        [...new Set([record.emergencyAddressSid, record.addressSid])].filter((sid) => sid !== null),
    });
    this.#addresses = new Collection({ tag: (record) => [record.friendlyName.slice(0, tagPrefixLength)] });
    this.#domains = new Collection({ name: (record) => [record.domainName] });
  }

  get listedAt(): number | undefined {
    return this.#listedAt;
  }

  get suspect(): boolean {
    return this.#suspect;
  }

  get numberCount(): number {
    return this.#numbers.size;
  }

  number(sid: string): Observation<NumberRecord> | undefined {
    return this.#numbers.get(sid);
  }

  numberByPhoneNumber(phoneNumber: string): Observation<NumberRecord> | undefined {
    return this.#numbers.byIndex("phoneNumber", phoneNumber)[0];
  }

  numbersAt(addressSid: string): readonly NumberRecord[] {
    return this.#numbers.byIndex("address", addressSid).map((seen) => seen.value);
  }

  address(sid: string): Observation<AddressRecord> | undefined {
    return this.#addresses.get(sid);
  }

  addressesNamed(prefix: string): readonly Observation<AddressRecord>[] {
    return this.#addresses.byIndex("tag", prefix);
  }

  domain(sid: string): Observation<DomainRecord> | undefined {
    return this.#domains.get(sid);
  }

  domainByName(domainName: string): Observation<DomainRecord> | undefined {
    return this.#domains.byIndex("name", domainName)[0];
  }

  domains(): readonly DomainRecord[] {
    return [...this.#domains.values()].map((seen) => seen.value);
  }

  *numbers(): Iterable<NumberRecord> {
    for (const seen of this.#numbers.values()) yield seen.value;
  }

  *addresses(): Iterable<AddressRecord> {
    for (const seen of this.#addresses.values()) yield seen.value;
  }

  absentAt(nameOrSid: string): number | undefined {
    return this.#absent.get(nameOrSid);
  }

  writtenAt(nameOrSid: string): number | undefined {
    return this.#written.get(nameOrSid);
  }

  /** To be called right before a write is sent, with UNDER_WAY, and with the time when it was answered or given up. */
  noteWrite(nameOrSid: string, endedAt: number): void {
    this.#written.set(nameOrSid, endedAt);
  }

  mergeNumber(record: NumberRecord, startedAt: number): Changes {
    return this.#merge(this.#numbers, record, { startedAt, names: [record.phoneNumber], direct: true });
  }

  mergeAddress(record: AddressRecord, startedAt: number): Changes {
    return this.#merge(this.#addresses, record, { startedAt, names: [record.friendlyName], direct: true });
  }

  mergeDomain(record: DomainRecord, startedAt: number): Changes {
    return this.#merge(this.#domains, record, { startedAt, names: [record.domainName], direct: true });
  }

  /** A direct look said 404, or found nothing under this name. An Address that has gone is told by its name too. */
  noteAbsent(nameOrSid: string, startedAt: number): Changes {
    const known =
      this.#numbers.get(nameOrSid) ?? this.#addresses.get(nameOrSid) ?? this.#domains.get(nameOrSid);
    if (known !== undefined && known.observedAt > startedAt) return new Set();
    const isNews = known !== undefined || !this.#absent.has(nameOrSid);
    this.#absent.set(nameOrSid, Math.max(startedAt, this.#absent.get(nameOrSid) ?? 0));
    const names = this.#forget(nameOrSid);
    return new Set(isNews ? names : []);
  }

  /** Returns what it was called. */
  #forget(sid: string): readonly string[] {
    const address = this.#addresses.get(sid)?.value;
    for (const collection of [this.#numbers, this.#addresses, this.#domains]) collection.remove(sid);
    return address === undefined ? [sid] : [sid, address.friendlyName];
  }

  mergeListing(listing: Listing): Changes {
    const { numbers, addresses, domains, startedAt } = listing;
    const expected = [
      this.#expected(this.#numbers, startedAt),
      this.#expected(this.#addresses, startedAt),
      this.#expected(this.#domains, startedAt),
    ];
    const changes = new Set<string>();
    for (const record of numbers) this.#mergeListed(this.#numbers, record, startedAt, changes);
    for (const record of addresses ?? []) this.#mergeListed(this.#addresses, record, startedAt, changes);
    for (const record of domains ?? []) this.#mergeListed(this.#domains, record, startedAt, changes);
    if (addresses === undefined || domains === undefined) return changes;
    this.#judge([numbers.length, addresses.length, domains.length], expected);
    if (this.#suspect) return changes;
    this.#listedAt = Math.max(startedAt, this.#listedAt ?? 0);
    this.#markMissing(this.#numbers, numbers, startedAt, changes);
    this.#markMissing(this.#addresses, addresses, startedAt, changes);
    this.#markMissing(this.#domains, domains, startedAt, changes);
    return changes;
  }

  /** How many resources a listing that began then ought to show: those that were known before, and untouched since. */
  #expected<T extends { readonly sid: string }>(collection: Collection<T>, startedAt: number): number {
    let count = 0;
    for (const { value, observedAt, missing } of collection.values()) {
      if (!missing && observedAt <= startedAt && (this.#written.get(value.sid) ?? 0) <= startedAt) count += 1;
    }
    return count;
  }

  /** Shrunk against what is known, and not confirmed by the listing before: suspect. */
  #judge(sizes: readonly number[], expected: readonly number[]): void {
    const isShrunk = (size: number, before: number): boolean =>
      size < before * (1 - SUSPICIOUS_LOSS) || (size === 0 && before > 0);
    const shrunk =
      this.#listedAt !== undefined && sizes.some((size, index) => isShrunk(size, expected[index] ?? 0));
    const agrees = this.#suspect && sizes.every((size, index) => !isShrunk(size, this.#sizes[index] ?? 0));
    this.#suspect = shrunk && !agrees;
    this.#sizes = sizes;
  }

  #mergeListed<T extends { readonly sid: string }>(
    collection: Collection<T>,
    record: T,
    startedAt: number,
    changes: Set<string>,
  ): void {
    if ((this.#written.get(record.sid) ?? 0) > startedAt) return;
    for (const change of this.#merge(collection, record, { startedAt, names: [], direct: false }))
      changes.add(change);
  }

  /** `names` that a direct look was for, besides the sid. */
  #merge<T extends { readonly sid: string }>(
    collection: Collection<T>,
    record: T,
    { startedAt, names, direct }: Evidence,
  ): Changes {
    const known = collection.get(record.sid);
    const newest = Math.max(known?.observedAt ?? 0, this.#absent.get(record.sid) ?? 0);
    if (newest > startedAt) return new Set();
    for (const name of [record.sid, ...names]) this.#absent.delete(name);
    const isSame = known !== undefined && equal(known.value, record);
    // Read before the put, which makes the record present again.
    const isNews = !isSame || known.missing;
    collection.put(isSame ? known.value : record, startedAt, direct);
    return isNews ? new Set([record.sid]) : new Set();
  }

  #markMissing<T extends { readonly sid: string }>(
    collection: Collection<T>,
    listed: readonly T[],
    startedAt: number,
    changes: Set<string>,
  ): void {
    if (listed.length === collection.presentSize) return;
    const present = new Set(listed.map((record) => record.sid));
    for (const seen of [...collection.values()]) {
      const { sid } = seen.value;
      if (
        present.has(sid) ||
        seen.missing ||
        seen.observedAt > startedAt ||
        (this.#written.get(sid) ?? 0) > startedAt
      )
        continue;
      collection.markMissing(sid);
      changes.add(sid);
    }
  }
}
