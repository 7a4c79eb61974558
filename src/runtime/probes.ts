/** What the probes of Kubernetes ask: does this process still work, and has it what it needs? */
import type { Controller } from "./controller.ts";
import type { HealthServer } from "./health.ts";

/** A cache that a watch keeps filled; each check gives what is wrong in words, or undefined. */
export interface Watching {
  readonly name: string;
  /** Filled, and heard of within `maxSilenceMs`. */
  check(maxSilenceMs: number): string | undefined;
  /** Still running, whether it hears anything or not. */
  checkRunning(): string | undefined;
}

/** A cache that has heard nothing for so long makes the process not ready. */
export const MAX_SILENCE_MS = 5 * 60_000;

/**
 * `/healthz` fails for what only a restart mends: a worker that does not come back, a watch that has ended. An API server
 * that is away is not mended by a restart, which would only empty the caches: that makes `/readyz` fail.
 */
export function addProbes(
  server: HealthServer,
  controller: Pick<Controller, "check">,
  caches: readonly Watching[],
): void {
  server.addLiveness("workers", () => controller.check());
  for (const cache of caches) {
    server.addLiveness(cache.name, () => cache.checkRunning());
    server.addReadiness(cache.name, () => cache.check(MAX_SILENCE_MS));
  }
}
