/** Runs once before the suites of test/monitoring. */
import { obtainPrometheus } from "../../scripts/tools/prometheus.mjs";

/** Fetches what is not there yet, before any test's time runs; without it the tests fail and say what to install. */
export function setup(): void {
  obtainPrometheus();
}
