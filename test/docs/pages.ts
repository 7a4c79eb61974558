/** The pages of the documentation, and which of them are carried out in a playground. */
import { globSync } from "node:fs";
import { EXPLANATIONS } from "../../src/api/explanations.ts";
import { REASONS, type Reason } from "../../src/api/reasons.ts";
import { kebab } from "../../scripts/reference/markdown.ts";
import { ROOT } from "./page.ts";

export const PAGES: readonly string[] = globSync("**/*.md", {
  cwd: ROOT,
  exclude: ["node_modules", "dist", ".git"],
}).toSorted();

/** They need programs or controllers that a playground has not; tests of their own carry them out. */
export const ELSEWHERE: ReadonlySet<string> = new Set([
  // test/docs/start.docs.test.ts, and whoever runs the tests.
  "README.md",
  // Long measurements, with suites and scripts of their own.
  "docs/reference/performance.md",
  "docs/reference/safety.md",
  // test/gitops and test/deploy.
  "docs/guide/argo-cd.md",
  "docs/guide/flux.md",
  "docs/guide/helm.md",
  "docs/guide/upgrade.md",
]);

export const GUIDES = PAGES.filter((path) => path.startsWith("docs/guide/") && !ELSEWHERE.has(path));

export const STALLED_REASONS = (Object.keys(EXPLANATIONS) as Reason[]).filter(
  (reason) => REASONS[reason].stalled,
);

export function runbookOf(reason: Reason): string {
  return `docs/runbooks/${kebab(reason)}.md`;
}

/** One for each reason that stops an object; those of alerts are beside them. */
export const RUNBOOKS = STALLED_REASONS.map((reason) => runbookOf(reason));

export const ALERTS = PAGES.filter((path) => path.startsWith("docs/runbooks/TwilioEmergency"));

/** Pages that lead to others and have a command or two. */
export const INDEXES: readonly string[] = ["docs/runbooks/README.md", "examples/README.md"];
