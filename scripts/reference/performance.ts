/** docs/reference/performance.md: what was measured, next to what is to hold. */

/** A line of `npm run bench`. */
export interface Recorded {
  readonly scenario: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit?: number;
  readonly kept?: boolean;
  /** The limit does not decide over the exit code: seconds and megabytes depend on the machine. */
  readonly informative?: true;
  readonly runs?: readonly number[];
  readonly n: number;
  readonly workers: number;
  readonly connections: number;
  readonly latencyMs: number;
  readonly registrationMs: number;
  readonly ceiling: number;
  readonly pollMs: number;
  readonly machine: string;
  readonly node: string;
}

const SCENARIOS: Readonly<Record<string, readonly [title: string, what: string]>> = {
  start: ["Start", "The bundled program, from its start to its first list call."],
  commands: [
    "Commands",
    "Of the bundled program beside an emulator without latency; `plan` from a snapshot file, `import` over HTTP.",
  ],
  load: [
    "Bindings created at once, 20 addresses",
    "Then the settled world: one new binding among the others, a restart, sweeps every two seconds.",
  ],
  own: ["Bindings created at once, one address for each", "The other shape of a load."],
  storm: [
    "429",
    "In the middle of a load Twilio allows 3 requests at a time instead of 30; looked at from 5 to 25 s after.",
  ],
  rollout: [
    "Roll-out of a changed address",
    "200 numbers, maxUnprotected 5, registering and unregistering take 3 s each, new bindings come meanwhile.",
  ],
  soak: ["Endurance", "1,000 bindings with faults on the wire and edits, all the time."],
};

const INTRODUCTION = `# Performance

<!-- do not edit, run \`npm run generate\`; the numbers are the lines of bench/results.jsonl -->

\`npm run bench\` measures the bundled program against a real API server and the Twilio emulator as a process of its own,
and prints one JSON line for each number, with the settings of the run. \`npm run bench -- load --n 10000 --runs 3\` runs one
scenario; \`--save bench/results.jsonl\` adds the lines to what this page is made from. It ends with 1 when a limit of counts
or ratios is broken; seconds and megabytes depend on the machine and only inform.

**Bare run**: a plain client creates as many bindings and patches the status of each once, with as many connections, at the
same API server, right before. A ratio to it says what the operator adds on this machine at this time.
`;

/** @param results in the order of their runs: a later line of the same name, scenario and N replaces an earlier one. */
export function performancePage(results: readonly Recorded[]): string {
  const latest = new Map(results.map((one) => [`${one.scenario} ${one.n} ${one.name}`, one]));
  const groups = Map.groupBy(latest.values(), ({ scenario, n }) => `${scenario} ${n}`);
  const order = Object.keys(SCENARIOS);
  const sorted = [...groups.values()].toSorted(
    ([a], [b]) =>
      order.indexOf(a?.scenario ?? "") - order.indexOf(b?.scenario ?? "") || (a?.n ?? 0) - (b?.n ?? 0),
  );
  return `${INTRODUCTION}\n${sorted.map(section).join("\n")}`;
}

function section(results: readonly Recorded[]): string {
  const [first] = results;
  if (first === undefined) return "";
  const [title, what] = SCENARIOS[first.scenario] ?? [first.scenario, ""];
  const hasN = first.scenario === "load" || first.scenario === "own" || first.scenario === "soak";
  const heading = hasN ? `${title}: N = ${first.n.toLocaleString("en")}` : title;
  const rows = results.map(
    (one) => `| ${one.name} | ${shown(one)} | ${limitShown(one)} | ${(one.runs ?? []).join(", ")} |`,
  );
  return [
    `## ${heading}`,
    "",
    `${what} ${settingsShown(first)}`,
    "",
    "| what | median | limit | runs |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function shown({ value, unit }: Recorded): string {
  return unit === "ratio" ? String(value) : `${value} ${unit}`;
}

function limitShown({ limit, kept, informative }: Recorded): string {
  if (limit === undefined) return "";
  const kind = informative === true ? " (informs)" : "";
  return kept === true ? `≤ ${limit}${kind}` : `**≤ ${limit}: not reached**${kind}`;
}

function settingsShown(one: Recorded): string {
  return (
    `Latency ${one.latencyMs} ms, ceiling ${one.ceiling}, registration ${one.registrationMs} ms, polling interval ` +
    `${one.pollMs} ms, ${one.workers} workers, ${one.connections} connections of the plain client; ${one.machine}, ` +
    `Node ${one.node}.`
  );
}
