/**
 * Keeps what the last runs of the planner's checks have left in .cache/proof as docs/reference/safety/*.json, from which
 * docs/reference/safety.md is made. Times are left out: they differ from run to run.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const from = process.argv[2] ?? join(ROOT, ".cache/proof");
const to = join(ROOT, "docs/reference/safety");

mkdirSync(to, { recursive: true });
for (const file of readdirSync(from).filter((name) => name.endsWith(".json"))) {
  const text = readFileSync(join(from, file), "utf8");
  const facts: unknown = JSON.parse(text, (key, value: unknown) => (key === "ms" ? undefined : value));
  writeFileSync(join(to, file), `${JSON.stringify(facts, null, 2)}\n`);
  process.stdout.write(`docs/reference/safety/${file}\n`);
}
