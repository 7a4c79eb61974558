/** Writes docs/reference/performance.md from the last recorded results, bench/results.jsonl. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performancePage, type Recorded } from "./reference/performance.ts";

const ROOT = join(import.meta.dirname, "..");

const results = readFileSync(join(ROOT, "bench/results.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Recorded);
writeFileSync(join(ROOT, "docs/reference/performance.md"), performancePage(results));
