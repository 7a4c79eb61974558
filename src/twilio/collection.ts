/** Resources of one type by sid, with look-up indexes. */
import { Buckets } from "../lib/buckets.ts";
import type { Observation } from "./types.ts";

export type IndexesOf<T> = Readonly<Record<string, (record: T) => readonly string[]>>;

interface Entry<T> {
  value: T;
  observedAt: number;
  missing: boolean;
  direct: boolean;
}

export class Collection<T extends { readonly sid: string }> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #indexers: IndexesOf<T>;
  /** Sids by the values of each index. */
  readonly #indexes: Readonly<Record<string, Buckets<string>>>;
  #missing = 0;

  constructor(indexers: IndexesOf<T>) {
    this.#indexers = indexers;
    this.#indexes = Object.fromEntries(Object.keys(indexers).map((name) => [name, new Buckets<string>()]));
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Without those that a listing lacked. */
  get presentSize(): number {
    return this.#entries.size - this.#missing;
  }

  get(sid: string): Observation<T> | undefined {
    return this.#entries.get(sid);
  }

  values(): Iterable<Observation<T>> {
    return this.#entries.values();
  }

  byIndex(index: string, value: string): readonly Observation<T>[] {
    const sids = this.#indexes[index]?.get(value) ?? [];
    return sids.flatMap((sid) => this.#entries.get(sid) ?? []);
  }

  /**
   * Puts the record in as seen by a request that began at `observedAt`, by a listing or by a direct look; the same object
   * is not indexed anew.
   */
  put(record: T, observedAt: number, direct: boolean): void {
    const known = this.#entries.get(record.sid);
    if (known?.missing === true) this.#missing -= 1;
    if (known?.value === record) {
      known.observedAt = observedAt;
      known.missing = false;
      known.direct ||= direct;
      return;
    }
    if (known !== undefined) this.#unindex(known.value);
    this.#entries.set(record.sid, { value: record, observedAt, missing: false, direct });
    this.#eachIndexed(record, (index, value) => index.add(value, record.sid));
  }

  markMissing(sid: string): void {
    const known = this.#entries.get(sid);
    if (known === undefined || known.missing) return;
    known.missing = true;
    this.#missing += 1;
  }

  remove(sid: string): void {
    const known = this.#entries.get(sid);
    if (known === undefined) return;
    if (known.missing) this.#missing -= 1;
    this.#unindex(known.value);
    this.#entries.delete(sid);
  }

  #unindex(record: T): void {
    this.#eachIndexed(record, (index, value) => index.remove(value, record.sid));
  }

  #eachIndexed(record: T, visit: (index: Buckets<string>, value: string) => void): void {
    for (const [name, valuesOf] of Object.entries(this.#indexers)) {
      const index = this.#indexes[name];
      if (index !== undefined) for (const value of valuesOf(record)) visit(index, value);
    }
  }
}
