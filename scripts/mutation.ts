/**
 * What `npm run test:mutate` came to: the score of src/plan and the mutants that no test has noticed. A survivor is
 * either killed by a new test or listed in test/plan/survivors.json with the reason why it changes nothing.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

interface Mutant {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}
interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

const ROOT = new URL("../", import.meta.url);
/** Per cent of the mutants of src/plan that a test must notice. */
const LEAST = 90;
const NOTICED = new Set(["Killed", "Timeout"]);
const COUNTED = new Set([...NOTICED, "Survived", "NoCoverage"]);

const report = JSON.parse(readFileSync(new URL(".cache/mutation/report.json", ROOT), "utf8")) as Report;
const listed = JSON.parse(readFileSync(new URL("test/plan/survivors.json", ROOT), "utf8")) as Readonly<
  Record<string, string>
>;

/** Names a mutant by its file, the line it is in and what it makes of it: stable when other lines move. */
function nameOf(file: string, source: string, { location, mutatorName, replacement }: Mutant): string {
  const line = source.split("\n")[location.start.line - 1]?.trim() ?? "";
  return `${file}: ${mutatorName} in \`${line}\` → \`${(replacement ?? "").slice(0, 80)}\``;
}

const mutants = Object.entries(report.files).flatMap(([file, { source, mutants: all }]) =>
  all.map((mutant) => ({ file, status: mutant.status, name: nameOf(file, source, mutant) })),
);
const planned = mutants.filter(({ file, status }) => file.startsWith("src/plan/") && COUNTED.has(status));
const open = mutants.filter(
  ({ status, name }) => ["Survived", "NoCoverage"].includes(status) && !(name in listed),
);
const score = (100 * planned.filter(({ status }) => NOTICED.has(status)).length) / planned.length;
const facts = {
  score: Math.round(score * 10) / 10,
  mutants: planned.length,
  equivalent: Object.keys(listed).length,
  open: open.length,
};

mkdirSync(new URL(".cache/proof/", ROOT), { recursive: true });
writeFileSync(new URL(".cache/proof/mutation.json", ROOT), `${JSON.stringify(facts)}\n`);
for (const { name } of open) console.log(name);
console.log(JSON.stringify(facts));
if (score < LEAST) {
  console.error(`The score of src/plan is ${facts.score} %; at least ${LEAST} % is asked for.`);
  process.exitCode = 1;
}
