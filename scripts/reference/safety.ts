/** How each promise is checked, and what the whole runs of those checks have gone through. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { code, page, table } from "./markdown.ts";

/** Files of tests by promise; a file that is not there fails the generator. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  S1: [
    "test/plan/exhaustive-bindings.test.ts",
    "test/plan/exhaustive-accounts.test.ts",
    "test/support/kstatus.ts",
  ],
  S2: ["test/plan/exhaustive-bindings.test.ts", "test/crash/crash.test.ts"],
  S3: ["test/plan/exhaustive-addresses.test.ts", "test/crash/crash.test.ts"],
  S4: ["test/plan/exhaustive-bindings.test.ts", "test/stories/slots.test.ts"],
  S5: [
    "test/plan/exhaustive-addresses.test.ts",
    "src/controllers/guarded.test.ts",
    "src/plan/address/retirement.test.ts",
    "test/crash/crash.test.ts",
  ],
  S6: [
    "test/plan/exhaustive.test.ts",
    "test/plan/exhaustive-bindings.test.ts",
    "test/stories/observe.test.ts",
  ],
  S7: ["test/stories/restart.test.ts", "test/crash/crash.test.ts"],
  S8: ["test/crash/matrix.test.ts", "src/twilio/snapshot.test.ts"],
  S9: [
    "test/plan/exhaustive-domains.test.ts",
    "test/plan/exhaustive-bindings.test.ts",
    "test/crash/crash.test.ts",
  ],
  S10: ["test/crash/crash.test.ts", "test/crash/matrix.test.ts", "test/crash/walks.test.ts"],
  S11: ["test/plan/exhaustive-bindings.test.ts", "test/crash/crash.test.ts"],
  L1: ["test/plan/converge.test.ts", "test/crash/walks.test.ts", "test/crash/matrix.test.ts"],
  L2: ["test/stories/scale.test.ts"],
  L3: ["test/stories/scale.test.ts"],
};

interface Proof {
  readonly title: string;
  readonly command: string;
  readonly text: string;
  /** Its rows are counts that may be added up. */
  readonly adds?: true;
}

/** By the name of the file in docs/reference/safety/. */
const PROOFS: Readonly<Record<string, Proof>> = {
  "exhaustive-bindings": {
    title: "Every state of a binding",
    command: "npm test -- test/plan/exhaustive-bindings",
    text: "The planner is run on every combination of what it looks at, and each promise is asked of its answer. A run stands for all states that differ only in what the planner did not read on the way: `states` counts those, `runs` how often it was asked.",
  },
  "exhaustive-addresses": {
    title: "Every state of an address",
    command: "npm test -- test/plan/exhaustive-addresses",
    text: "The same for an EmergencyAddress: what there is at Twilio with its tags, who uses it, creates in doubt.",
  },
  "exhaustive-domains": {
    title: "Every state of a SIP domain",
    command: "npm test -- test/plan/exhaustive-domains",
    text: "The same for a SIPDomainSetting, with the number and the binding of its caller.",
  },
  "exhaustive-accounts": {
    title: "Every state of an account",
    command: "npm test -- test/plan/exhaustive-accounts",
    text: "The same for a TwilioAccount.",
  },
  "exhaustive-policies": {
    title: "Every policy around every step",
    command: "npm test -- test/plan/exhaustive.test",
    text: "Observe, suspend, a dry run and credentials that do not work, around every step that the rules of a kind can come to.",
  },
  converge: {
    title: "A small Twilio, explored as a graph",
    command: "npm test -- test/plan/converge",
    text: "A model of Twilio that lags, fails and forgets, with the real planner as the only actor on our side. From every reachable state a Twilio that helps leads to the goal within the stated number of steps, or to a stop whose reason names the cure; no cycle writes.",
  },
  golden: {
    title: "Golden pairs",
    command: "npm test -- test/plan/golden",
    text: "One readable pair of state and answer for each rule and each row of the table of errors.",
  },
  mutation: {
    title: "Mutations of the planner",
    command: "npm run test:mutate",
    text: "The planner is changed in one place after the other, and its fast tests are run: `score` is how many of a hundred changes they notice (at least 90 is demanded). Those that change nothing that anybody could see are `equivalent`, each with its reason in [survivors.json](../../test/plan/survivors.json); `open` are the others.",
  },
  crash: {
    title: "Crashes",
    command: "npm run test:crash -- crash.test",
    adds: true,
    text: "Each workflow is played once undisturbed: the writes to Twilio and to the API server that it then makes are its points. It is played again for each point and each moment (before the write is sent, while it is under way, after the answer and before the program has read it), the process kills itself there with SIGKILL, and another one takes over. The end must be the same at Twilio and in every condition, and the record of all requests must show no promise broken.",
  },
  faults: {
    title: "Faults at Twilio",
    command: "npm run test:crash -- matrix.test",
    adds: true,
    text: "Each fault strikes each call that the operator makes, in the first workflow that makes it. Same judgement. `known` counts the cases that no client can help, each named with its end in the test.",
  },
  walks: {
    title: "Random walks",
    command: "npm run test:crash -- walks.test",
    text: "A company of twelve numbers, three addresses and a domain: random edits of specs, deletions, edits at Twilio by hand, lost status, restarts and faults. Afterwards somebody helps where only a person can, and everything must settle. A walk that fails is shrunk and told with its seed.",
  },
  leaders: {
    title: "Two leaders",
    command: "npm run test:crash -- leaders.test",
    text: "The leader is frozen (`SIGSTOP`) in the very tick in which it sends, for longer than its lease; another takes over; then the first goes on. The lease is no fence there. A create is then made twice: the second Address is found by the next listing, told by a Warning Event, a log line, a metric and `orphans`, and never used. A disassociation that thaws leaves no number without protection.",
  },
  kubernetes: {
    title: "Faults of the API server",
    command: "npm run test:crash -- kubernetes.test",
    text: "Between the operator and the API server, and what people do to namespaces and Secrets.",
  },
};

export function safetyPage(root: string): string {
  return page("Proof of safety", "docs/promises.md and docs/reference/safety/*.json", [
    "What the operator [promises](../promises.md), how each promise is checked, and what the whole runs have gone through. The commands below reproduce it: `node scripts/keep-proof.ts` after them keeps the planner's numbers, `npm run test:crash` keeps its own.",
    "## Promises",
    table(["promise", "", "checked by"], promises(root)),
    ...proofs(root).flatMap((name) => section(root, name)),
  ]);
}

function promises(root: string): readonly (readonly string[])[] {
  const text = readFileSync(join(root, "docs/promises.md"), "utf8");
  const rows = [...text.matchAll(/^\| ([SL]\d+) \| (.+) \|$/gm)];
  return rows.map(([, name = "", promise = ""]) => {
    const files = CHECKS[name] ?? [];
    const missing = files.filter((path) => !existsSync(join(root, path)));
    if (files.length === 0 || missing.length > 0)
      throw new Error(`${name} is checked by nothing, or by what is not there: ${missing.join(", ")}`);
    const first = promise.replace(/ \(\[.*?\]\(.*?\)\)/, "").replace(/(?<=\w)\. .*$/, ".");
    return [name, first, files.map((path) => `[${path}](../../${path})`).join(", ")];
  });
}

/** Those named above, in their order, then whatever else has left a result. */
function proofs(root: string): readonly string[] {
  const folder = join(root, "docs/reference/safety");
  const found = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith(".json"))
        .map((file) => file.replace(/\.json$/, ""))
    : [];
  const order = Object.keys(PROOFS);
  return [...order.filter((name) => found.includes(name)), ...found.filter((name) => !order.includes(name))];
}

function section(root: string, name: string): readonly string[] {
  const file = join(root, "docs/reference/safety", `${name}.json`);
  const result = JSON.parse(readFileSync(file, "utf8")) as Readonly<Record<string, unknown>>;
  const proof = PROOFS[name];
  const intro = proof === undefined ? [] : [proof.text, `Reproduce with ${code(proof.command)}.`];
  return [`## ${proof?.title ?? titleOf(name)}`, ...intro, tableOf(result, proof?.adds === true)];
}

function titleOf(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll("-", " ");
}

/** Rows of fields, or one field a line; with a last line of sums where that has a meaning. */
function tableOf(result: Readonly<Record<string, unknown>>, adds: boolean): string {
  const rows = Object.entries(result);
  const isTable = rows.every(([, row]) => typeof row === "object" && row !== null && !Array.isArray(row));
  if (!isTable)
    return table(
      ["", ""],
      rows.map(([name, value]) => [name, inWords(value)]),
    );
  const fields = [...new Set(rows.flatMap(([, row]) => Object.keys(row as object)))];
  const valueOf = (row: unknown, field: string): unknown => (row as Record<string, unknown>)[field];
  const lines = rows.map(([name, row]) => [name, ...fields.map((field) => inWords(valueOf(row, field)))]);
  const sums = fields.map((field) => rows.map(([, row]) => valueOf(row, field)));
  const isCounted = adds && sums.flat().every((value) => typeof value === "number");
  const all = sums.map((values) => String((values as number[]).reduce((sum, value) => sum + value, 0)));
  return table(["", ...fields], isCounted ? [...lines, ["**all**", ...all]] : lines);
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => inWords(item)).join("; ");
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return value === undefined ? "" : String(value as string | number);
}
