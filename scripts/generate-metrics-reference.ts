/** Writes docs/reference/metrics.md from the registry: what is not registered is not in it, and the other way round. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createMetrics, type Description } from "../src/telemetry/metrics.ts";

const HEAD = `<!-- From the registry by scripts/generate-metrics-reference.ts: do not edit, run \`npm run generate\`. -->

# Metrics

Served on \`--metrics-addr\` (default \`:8080\`) under \`/metrics\`. Names and meanings are those of controller-runtime and
client-go where there is such a metric; those that begin with \`twilio_emergency_\` are our own. Beside these come the
metrics of the Node process (\`process_*\`, \`nodejs_*\`).

- No phone number, street address or sid is ever a label. \`account_namespace\` and \`account\` name a TwilioAccount object;
  \`namespace\` alone is left to the scraper, which calls the operator's own so.
- Two account objects that name one account at Twilio show its numbers twice.
- Only the replica that serves an account counts it, so that the counts of all replicas can be added up.
- Gauges of objects and numbers are counted when they are scraped.
`;

function rows(descriptions: readonly Description[]): string {
  const lines = descriptions.map(({ name, type, labels, help }) => {
    const shown = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${shown} | ${help.replaceAll("|", "\\|").replaceAll("<", "\\<")} |`;
  });
  return ["| name | type | labels | meaning |", "|---|---|---|---|", ...lines].join("\n");
}

export function metricsReference(): string {
  const all = createMetrics().describe();
  const own = all.filter(({ name }) => name.startsWith("twilio_emergency_"));
  const others = all.filter(({ name }) => !name.startsWith("twilio_emergency_"));
  return [
    HEAD,
    `## Emergency addresses and Twilio\n\n${rows(own)}\n`,
    `## Controller, queue, leadership, API server\n\n${rows(others)}\n`,
  ].join("\n");
}

if (import.meta.main) {
  const target = join(import.meta.dirname, "../docs/reference/metrics.md");
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, metricsReference());
}
