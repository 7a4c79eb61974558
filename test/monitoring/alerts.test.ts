/** The alerts, judged by the real promtool, and the pages they point to. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { obtainPrometheus } from "../../scripts/tools/prometheus.mjs";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { ALERTS, alerts, ALERT_TESTS, metricsIn, ROOT } from "./files.ts";

const RUNBOOKS = join(ROOT, "docs/runbooks");
const { homepage: HOMEPAGE } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly homepage: string;
};

function promtool(...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve) => {
    execFile(obtainPrometheus().promtool, [...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, text: `${stdout}${stderr}` });
    });
  });
}

it("promtool takes every rule", async () => {
  const { code, text } = await promtool("check", "rules", ALERTS);
  expect(text).toContain(`${alerts().length} rules found`);
  expect(code).toBe(0);
});

it("promtool finds that each fires when it should and only then", async () => {
  const { code, text } = await promtool("test", "rules", ALERT_TESTS);
  expect(text).toContain("SUCCESS");
  expect(code).toBe(0);
});

describe.each(alerts())("$alert", ({ alert, expr, labels, annotations }) => {
  it.each(["vector(1)", "vector(0) > 1"])("has tests that notice %s in its place", async (other) => {
    const folder = mkdtempSync(join(tmpdir(), "alerts-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    cpSync(dirname(ALERTS), folder, { recursive: true });
    const text = readFileSync(ALERTS, "utf8");
    const begins = text.indexOf(`- alert: ${alert}\n`);
    const from = text.indexOf("        expr:", begins);
    const to = text.indexOf("        for:", begins);
    writeFileSync(
      join(folder, "alerts.yaml"),
      `${text.slice(0, from)}        expr: ${other}\n${text.slice(to)}`,
    );
    const { code } = await promtool("test", "rules", join(folder, "alerts.test.yaml"));
    expect(code).toBe(1);
  });

  it("asks only for metrics that there are", () => {
    const known = new Set(
      createMetrics()
        .describe()
        .map(({ name }) => name),
    );
    const asked = metricsIn(expr);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  it("says how bad it is, and points to its page", () => {
    expect(labels["severity"]).toMatch(/^(critical|warning)$/);
    const page = join(RUNBOOKS, `${alert}.md`);
    expect(annotations["runbook_url"]).toBe(`${HOMEPAGE}/blob/main/docs/runbooks/${alert}.md`);
    expect(existsSync(page)).toBe(true);
    const headings = readFileSync(page, "utf8").match(/^## .*$/gm);
    expect(headings).toEqual(["## Symptom", "## Meaning", "## Look", "## Cure"]);
  });
});

it("there is no page of an alert that there is not", () => {
  const pages = readdirSync(RUNBOOKS).filter((name) => name.startsWith("TwilioEmergency"));
  expect(pages.toSorted()).toEqual(
    alerts()
      .map(({ alert }) => `${alert}.md`)
      .toSorted(),
  );
});
