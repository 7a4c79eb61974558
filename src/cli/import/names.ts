/** Names of objects, made from what people have written: readable, valid, each used once in its kind. */
export class Names {
  readonly #used = new Map<string, number>();

  /** From the first text that has letters or digits; the same texts always give the same names in the same order. */
  unique(kind: string, ...texts: readonly string[]): string {
    const base = texts.map(slug).find((name) => name !== "") ?? kind;
    for (;;) {
      const count = (this.#used.get(`${kind} ${base}`) ?? 0) + 1;
      this.#used.set(`${kind} ${base}`, count);
      const name = count === 1 ? base : `${base}-${count}`;
      // "hall 2" may have taken what the second "hall" would be called.
      if (count === 1 || !this.#used.has(`${kind} ${name}`)) {
        if (count > 1) this.#used.set(`${kind} ${name}`, 1);
        return name;
      }
    }
  }
}

const LONGEST = 50;

/** Lower-case letters, digits and dashes. */
export function slug(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST)
    .replaceAll(/^-+|-+$/g, "");
}
