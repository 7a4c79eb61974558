/** The alerts, their pages and the dashboard as a test reads them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const ALERTS = join(ROOT, "deploy/alerts/alerts.yaml");
export const ALERT_TESTS = join(ROOT, "deploy/alerts/alerts.test.yaml");

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export function alerts(): readonly Alert[] {
  const file = parse(readFileSync(ALERTS, "utf8")) as {
    readonly groups: readonly { readonly rules: readonly Alert[] }[];
  };
  return file.groups.flatMap(({ rules }) => rules);
}

export interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

export interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: { readonly query: string } | string }[];
  };
}

export function dashboard(): Dashboard {
  return JSON.parse(readFileSync(join(ROOT, "deploy/alerts/dashboard.json"), "utf8")) as Dashboard;
}

/** Names of metrics in a query: what stands before a brace or a range, and is no function. */
export function metricsIn(expr: string): readonly string[] {
  return [
    ...expr.matchAll(
      /\b(?:twilio_emergency|controller_runtime|workqueue|rest_client|leader_election|process)_\w+/g,
    ),
  ]
    .map(([name]) => name)
    .toSorted();
}
