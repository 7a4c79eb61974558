/** How calls about leases are made: how often, with how much patience, and how their faults are told. */
import type { Logger } from "../telemetry/log.ts";

/** In ms; Kubernetes' own components use the same. */
export const LEASE_TIMINGS = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 } as const;

/** No call may take so long that the deadline passes while it hangs. */
export function patience(): AbortSignal {
  return AbortSignal.timeout(LEASE_TIMINGS.renewDeadlineMs / 2);
}

/** A tenth more or less, so that not all call at once. */
export function jittered(ms: number, random: () => number): number {
  return ms * (0.9 + 0.2 * random());
}

/** Tells of a fault when it begins: the same one every two seconds is one fault, until all was well in between. */
export class Faults {
  readonly #log: Logger;
  /** What stands in every line. */
  readonly #about: object;
  #last = "";

  constructor(log: Logger, about: object) {
    this.#log = log;
    this.#about = about;
  }

  tell(what: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const fault = `${what}: ${reason}`;
    const level = fault === this.#last ? "debug" : "warn";
    this.#last = fault;
    this.#log[level]({ ...this.#about, reason }, what);
  }

  /** All is well. */
  over(): void {
    this.#last = "";
  }
}
