/** What a check has visited: printed, and kept in .cache/proof for docs/reference/safety.md. */
import { mkdirSync, writeFileSync } from "node:fs";

const FOLDER = new URL("../../../.cache/proof/", import.meta.url);

/** Writes `.cache/proof/NAME.json`; bigints as text. */
export function note(name: string, facts: Readonly<Record<string, unknown>>): void {
  mkdirSync(FOLDER, { recursive: true });
  const text = JSON.stringify(facts, (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  writeFileSync(new URL(`${name}.json`, FOLDER), `${text}\n`);
  process.stdout.write(`${name}: ${text}\n`);
}
