// @ts-check
/** Prints `N passed, N failed` from the report that vitest wrote: `node scripts/tally.mjs REPORT`. */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/**
 * A file that could not even be loaded has no tests to count: it counts as one that failed.
 *
 * @param {{ numPassedTests: number, numFailedTests: number, testResults: { status: string, assertionResults: unknown[] }[] }} report
 * @returns {{ passed: number, failed: number }}
 */
export function tally(report) {
  const unloaded = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  let counts = { passed: 0, failed: 1 };
  try {
    counts = tally(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
  } catch {
    process.stdout.write("The test run ended without a report.\n");
  }
  process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}
