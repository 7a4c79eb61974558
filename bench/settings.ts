/** What a run is made of; every value is printed with its results. */
import { parseArgs } from "node:util";

export type Shape = "shared" | "own";

export interface Settings {
  /** Bindings, and numbers in the account. */
  readonly n: number;
  /** `shared`: 20 addresses for all numbers; `own`: one address for each. */
  readonly shape: Shape;
  /** Scenarios to run, in this order; see main.ts. */
  readonly only: readonly string[];
  /** Times that a scenario is run; the median is what counts. */
  readonly runs: number;
  /** Of the emulator, in ms. */
  readonly latencyMs: number;
  readonly registrationMs: number;
  /** Requests under way at a time that the emulator allows, and the account asks for. */
  readonly ceiling: number;
  readonly pollMs: number;
  readonly workers: number;
  /** Connections of the plain client that creates the objects, and of the bare run. */
  readonly connections: number;
  readonly soakSeconds: number;
  /** Folder for CPU profiles of the operator, which then runs from source. */
  readonly profile: string | undefined;
  /** File to which the results are appended. */
  readonly save: string | undefined;
}

export const SCENARIOS = ["start", "commands", "load", "own", "storm", "rollout", "soak"] as const;

export function settingsOf(argv: readonly string[]): Settings {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      n: { type: "string", default: "1000" },
      runs: { type: "string", default: "1" },
      workers: { type: "string", default: "16" },
      connections: { type: "string", default: "16" },
      "soak-seconds": { type: "string", default: "1200" },
      profile: { type: "string" },
      save: { type: "string" },
    },
  });
  const unknown = positionals.filter((name) => !(SCENARIOS as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new Error(`no scenario ${unknown.join(", ")}; there are ${SCENARIOS.join(", ")}`);
  return {
    n: Number(values.n),
    shape: "shared",
    only: positionals.length === 0 ? SCENARIOS.filter((name) => name !== "soak") : positionals,
    runs: Number(values.runs),
    latencyMs: 40,
    registrationMs: 500,
    ceiling: 30,
    pollMs: 1_000,
    workers: Number(values.workers),
    connections: Number(values.connections),
    soakSeconds: Number(values["soak-seconds"]),
    profile: values.profile,
    save: values.save,
  };
}
