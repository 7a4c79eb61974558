/** Results as JSON lines, the medians of repeated runs, and whether a limit is broken. */
import { appendFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { limitOf } from "./limits.ts";
import type { Settings } from "./settings.ts";

export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Of the run: N, shape, … */
  readonly settings: Readonly<Record<string, number | string>>;
}

/** What one scenario found: name → value and unit. */
export type Findings = Readonly<Record<string, readonly [value: number, unit: string]>>;

export class Results {
  readonly #settings: Settings;
  #broken = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get isGood(): boolean {
    return this.#broken === 0;
  }

  /** Prints the medians of these runs of one scenario, each on a line. */
  add(scenario: string, runs: readonly Findings[]): void {
    const names = [...new Set(runs.flatMap((run) => Object.keys(run)))];
    for (const name of names) {
      const found = runs.flatMap((run) => (run[name] === undefined ? [] : [run[name]]));
      const value = median(found.map(([one]) => one));
      this.#print(scenario, { name, value, unit: found[0]?.[1] ?? "", runs: found.map(([one]) => one) });
    }
  }

  #print(
    scenario: string,
    found: {
      readonly name: string;
      readonly value: number;
      readonly unit: string;
      readonly runs: readonly number[];
    },
  ): void {
    const { n } = this.#settings;
    const limit = limitOf(scenario, found.name, n);
    const isBroken = limit !== undefined && found.value > limit.most;
    if (isBroken && limit.decides) this.#broken += 1;
    const { runs, ...rest } = found;
    const line = JSON.stringify({
      ...rest,
      value: rounded(found.value),
      scenario,
      ...(limit === undefined
        ? {}
        : { limit: rounded(limit.most), kept: !isBroken, ...(limit.decides ? {} : { informative: true }) }),
      ...(runs.length === 1 ? {} : { runs: runs.map(rounded) }),
      ...settingsShown(this.#settings),
    });
    process.stdout.write(`${line}\n`);
    if (this.#settings.save !== undefined) appendFileSync(this.#settings.save, `${line}\n`);
  }
}

function settingsShown(settings: Settings): object {
  const { n, latencyMs, registrationMs, ceiling, pollMs, workers, connections } = settings;
  return {
    ...{ n, latencyMs, registrationMs, ceiling, pollMs, workers, connections },
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
