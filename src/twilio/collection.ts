/** Resources of one type by sid, with look-up indexes. */
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
  readonly #indexes = new Map<string, Map<string, Set<string>>>();
  #missing = 0;

  constructor(indexers: IndexesOf<T>) {
    this.#indexers = indexers;
    for (const name of Object.keys(indexers)) this.#indexes.set(name, new Map());
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
    const sids = this.#indexes.get(index)?.get(value) ?? [];
    return [...sids].flatMap((sid) => this.#entries.get(sid) ?? []);
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
    for (const [name, valuesOf] of Object.entries(this.#indexers)) {
      for (const value of valuesOf(record)) this.#file(name, value, record.sid);
    }
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

  #file(name: string, value: string, sid: string): void {
    const index = this.#indexes.get(name);
    const sids = index?.get(value);
    if (sids === undefined) index?.set(value, new Set([sid]));
    else sids.add(sid);
  }

  #unindex(record: T): void {
    for (const [name, valuesOf] of Object.entries(this.#indexers)) {
      const index = this.#indexes.get(name);
      for (const value of valuesOf(record)) {
        const sids = index?.get(value);
        sids?.delete(record.sid);
        if (sids?.size === 0) index?.delete(value);
      }
    }
  }
}
