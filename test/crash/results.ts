/** Results of whole runs, kept beside docs/reference/safety.md, which is generated from them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../docs/reference/safety");

/** Puts one row into docs/reference/safety/`proof`.json; rows of the other names stay. Nothing that changes from run to run. */
export function writeResult(proof: string, name: string, row: object): void {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${proof}.json`);
  const rows = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Record<string, object>) : {};
  const all = Object.entries({ ...rows, [name]: row }).toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
}
