/** Writes the import table into the overrides of .oxlintrc.json; what else stands there is kept. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lintOverrides } from "../test/support/architecture/lint.ts";

const path = join(import.meta.dirname, "../.oxlintrc.json");
const config = JSON.parse(readFileSync(path, "utf8")) as { overrides?: { files: string[] }[] };
const others = (config.overrides ?? []).filter(({ files }) => !files[0]?.startsWith("src/"));
writeFileSync(
  path,
  `${JSON.stringify({ ...config, overrides: [...others, ...lintOverrides()] }, null, 2)}\n`,
);
// Its own layout would fail the check of the format.
execFileSync(join(import.meta.dirname, "../node_modules/.bin/oxfmt"), [path], { stdio: "ignore" });
