/** Runs every scripts/generate-*.ts, one after the other; each writes its files by itself. */
import "./node-version.mjs";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const generators = readdirSync(import.meta.dirname).filter(
  (name) => /^generate-.+\.ts$/.test(name) && !name.endsWith(".test.ts"),
);
for (const name of generators.toSorted()) {
  process.stderr.write(`${name}\n`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, name)], { stdio: "inherit" });
  if (status !== 0) {
    process.stderr.write(`${name} failed\n`);
    process.exit(1);
  }
}
