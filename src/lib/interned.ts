/**
 * One copy of each string that many objects have in common: JSON.parse makes a new one for every `Registered`. Of ten
 * thousand bindings that is a tenth of all memory.
 */
export class Interned {
  readonly #known = new Map<string, string>();
  readonly #own: ReadonlySet<string>;
  readonly #most: number;

  /** `own`: fields whose values no two objects share. `most`: how many strings are kept to be found again. */
  constructor(own: readonly string[], most = 10_000) {
    this.#own = new Set(own);
    this.#most = most;
  }

  /** How many strings can be found again. */
  get size(): number {
    return this.#known.size;
  }

  /** Replaces the strings below a value that JSON.parse has just made; returns it. */
  share<T>(value: T): T {
    if (typeof value === "string") return this.#one(value) as T;
    if (typeof value !== "object" || value === null) return value;
    const fields = value as Record<string, unknown>;
    for (const name of Object.keys(fields)) {
      const field = fields[name];
      const isShared = typeof field === "string" || (typeof field === "object" && field !== null);
      if (isShared && !this.#own.has(name)) fields[name] = this.share(field);
    }
    return value;
  }

  #one(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    // Those that are in use stay where they are; they are only not found any more.
    if (this.#known.size >= this.#most) this.#known.clear();
    this.#known.set(text, text);
    return text;
  }
}
