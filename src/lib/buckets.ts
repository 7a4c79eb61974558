/**
 * Values under a key, of which most keys have one: that one stands in the map itself, without a container of its own. Ten
 * thousand numbers with a Set each for an index of theirs are 6 MB.
 */
export class Buckets<T extends string | object> {
  readonly #buckets = new Map<string, T | Set<T>>();

  add(key: string, value: T): void {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined || bucket === value) this.#buckets.set(key, value);
    else if (bucket instanceof Set) bucket.add(value);
    else this.#buckets.set(key, new Set([bucket, value]));
  }

  remove(key: string, value: T): void {
    const bucket = this.#buckets.get(key);
    if (bucket === value) this.#buckets.delete(key);
    if (!(bucket instanceof Set)) return;
    bucket.delete(value);
    if (bucket.size === 0) this.#buckets.delete(key);
  }

  /** In the order in which they were added. */
  get(key: string): readonly T[] {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return [];
    return bucket instanceof Set ? [...bucket] : [bucket];
  }
}
