/** Puts the figures of docs/reference/safety/ and bench/results.jsonl into README.md, between the marks that are there. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { figures } from "./reference/figures.ts";

const ROOT = join(import.meta.dirname, "..");
const BEGIN =
  "<!-- Made from docs/reference/safety/ and bench/results.jsonl: do not edit, run `npm run generate`. -->";
const END = "<!-- End of what is made. -->";

const path = join(ROOT, "README.md");
const text = readFileSync(path, "utf8");
const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
if (begin < 0 || end < begin) throw new Error("README.md has lost the marks between which its figures stand");
writeFileSync(path, `${text.slice(0, begin)}${BEGIN}\n\n${figures(ROOT)}\n\n${text.slice(end)}`);
