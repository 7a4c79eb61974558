/** What the README says in numbers: of the proof of safety and of the measurements, only what has been recorded. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { table } from "./markdown.ts";
import type { Recorded } from "./performance.ts";

type Row = Readonly<Record<string, number | string>>;
type Proof = Readonly<Record<string, Row>>;

const SAFETY = "docs/reference/safety.md";
const PERFORMANCE = "docs/reference/performance.md";

export function figures(root: string): string {
  const rows = [...safety(root), ...performance(root)];
  return table(
    ["recorded", ""],
    rows.map(([what, figure]) => [what, figure]),
  );
}

type Figure = readonly [what: string, figure: string];

function safety(root: string): readonly Figure[] {
  const read = <T>(name: string): T | undefined => {
    const file = join(root, "docs/reference/safety", `${name}.json`);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : undefined;
  };
  const link = (text: string, anchor: string): string => `[${text}](${SAFETY}#${anchor})`;
  const all: Figure[] = [];
  const states = read<Proof>("exhaustive-bindings");
  if (states !== undefined)
    all.push([
      link("states of a binding in which every promise was asked of the planner", "every-state-of-a-binding"),
      `${round(sum(states, "states"))}, in ${count(sum(states, "runs"))} runs`,
    ]);
  const graph = read<Proof>("converge");
  if (graph !== undefined)
    all.push([
      link(
        "states of a model of Twilio from each of which it ends well",
        "a-small-twilio-explored-as-a-graph",
      ),
      count(sum(graph, "states")),
    ]);
  const crashes = read<Proof>("crash");
  if (crashes !== undefined)
    all.push([link("SIGKILL at a write, and what came of it", "crashes"), crashesOf(crashes)]);
  const mutants = read<Row>("mutation");
  if (mutants !== undefined)
    all.push([
      link("mutants of the planner that a test notices", "mutations-of-the-planner"),
      `${mutants["score"]} %`,
    ]);
  return all;
}

function crashesOf(crashes: Proof): string {
  const broken = sum(crashes, "broken");
  const workflows = `${count(sum(crashes, "crashes"))} in ${Object.keys(crashes).length} workflows: `;
  return broken === 0n
    ? `${workflows}each ended as without it`
    : `${workflows}${count(broken)} did not end as without it`;
}

function performance(root: string): readonly Figure[] {
  const results = readFileSync(join(root, "bench/results.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Recorded);
  const sizes = [...new Set(results.filter(({ scenario }) => scenario === "load").map(({ n }) => n))];
  return sizes.toSorted((a, b) => a - b).flatMap((n) => loadOf(results, n));
}

/** What stands in the README of a load of `n` bindings; names are those of `npm run bench`. */
function loadOf(results: readonly Recorded[], n: number): readonly Figure[] {
  const shown = (name: string, digits = 3): string => {
    const last = results.findLast((one) => one.scenario === "load" && one.n === n && one.name === name);
    if (last === undefined) return "not measured";
    const value = last.value.toLocaleString("en", { maximumSignificantDigits: digits });
    return last.unit === "s" || last.unit === "MB" ? `${value} ${last.unit}` : value;
  };
  const whole = (name: string): string => shown(name, 21);
  const size = n.toLocaleString("en");
  return [
    [
      `[${size} numbers created at once](${PERFORMANCE}#bindings-created-at-once-20-addresses-n--${n})`,
      `all registered after ${shown("first created to all Ready")}, ${whole("Twilio calls")} requests to Twilio, status patches for each number: ${shown("status patches per binding")}, memory at most ${shown("peak memory")}`,
    ],
    [
      `a restart with ${size} numbers`,
      `all looked at after ${shown("restart to all observed")}, ${whole("restart Twilio calls")} requests, ${whole("restart status patches")} status patches`,
    ],
  ];
}

/** Some are too large for a number, and are written as text. */
function sum(proof: Proof, field: string): bigint {
  return Object.values(proof).reduce((total, row) => total + BigInt(row[field] ?? 0), 0n);
}

function count(value: bigint): string {
  return value.toLocaleString("en");
}

/** `212,000,000,000,000` → `2.1 × 10¹⁴`: more digits say nothing. */
function round(value: bigint): string {
  if (value < 1_000_000_000_000n) return count(value);
  const digits = String(value);
  const exponent = String(digits.length - 1).replaceAll(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(Number(digit)));
  return `${digits[0]}.${digits[1]} × 10${exponent}`;
}
