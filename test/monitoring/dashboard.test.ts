/** Every query of the dashboard and every alert, run by a real Prometheus over the real operator at work. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { eventually } from "../stories/eventually.ts";
import { fault } from "../stories/faults.ts";
import type { Site } from "../stories/site.ts";
import { Stage } from "../stories/stage.ts";
import { freePort } from "../support/control-plane/ports.ts";
import { CONTENT } from "../support/planning.ts";
import { ALERTS, alerts, dashboard, metricsIn } from "./files.ts";
import { type Prometheus, type Series, startPrometheus } from "./prometheus.ts";

const panels = dashboard().panels.filter(({ type }) => type !== "row");
const queries = panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr] as const),
);

let stage: Stage;
let prometheus: Prometheus;
let target: string;
const sites: Site[] = [];

beforeAll(async () => {
  target = `127.0.0.1:${await freePort()}`;
  stage = await new Stage("monitoring", { flags: ["--metrics-addr", target] }).open();
  prometheus = await startPrometheus(target, ALERTS);
  await scraped("twilio_emergency_serving == 1", 60_000);
  // A rate needs what happened before the first look, and what happens after it.
  await live();
  await scraped("twilio_emergency_unprotected_duration_seconds_count > 0");
  await live();
}, 180_000);
afterAll(async () => {
  await prometheus?.stop();
  await stage?.close();
});

/** Numbers are registered and moved, Twilio throttles, something is stalled and something has drifted. */
async function live(): Promise<void> {
  const site = await stage.site({ numbers: 2, domains: 1 });
  sites.push(site);
  await site.settled(2);
  await site.domain();
  const tooMany = { type: "answer", status: 429, code: 20429, message: "Too many requests" } as const;
  await fault(site, { match: { method: "GET" }, times: 3, action: tooMany });
  await site.patch("address", "hq", { spec: { street: "2 Side St" } });
  await site.binding("nobody", 0, { phoneNumberSid: `PN${"f".repeat(32)}` });
  await site.address("seen", { managementPolicy: "Observe", customerName: "Drifted" });
  await site.reason("binding", "nobody", "NumberNotFound");
  await site.until("address", "seen", "drifted", ({ status }) =>
    JSON.stringify(status).includes('"Drifted"'),
  );
  await site.reason("binding", "desk", "Registered");
  await site.reason("binding", "desk1", "Registered");
}

async function scraped(expr: string, ms = 20_000): Promise<void> {
  const found = await eventually(async () => {
    const series = await prometheus.query(expr);
    return series.length > 0 ? true : undefined;
  }, ms);
  if (found === undefined) throw new Error(`Prometheus has seen nothing of ${expr}`);
}

/** As Grafana fills it in. */
function filled(expr: string): string {
  return expr.replaceAll("$__rate_interval", "2m").replaceAll(/\$(job|namespace|account)\b/g, ".*");
}

function isFinite({ value }: Series): boolean {
  return Number.isFinite(Number(value[1]));
}

describe("the dashboard", () => {
  it.each(queries)("%s: %s", async (_title, expr) => {
    let last: readonly Series[] = [];
    const found = await eventually(async () => {
      last = await prometheus.query(filled(expr));
      return last.some((series) => isFinite(series)) ? true : undefined;
    }, 20_000);
    expect(found, `gives ${JSON.stringify(last)}`).toBe(true);
  });

  it("lets people choose by labels that there are", async () => {
    for (const { name, query } of dashboard().templating.list) {
      if (typeof query === "string") continue;
      const [, selector = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(query.query) ?? [];
      const series = await prometheus.query(filled(selector));
      expect(
        series.map(({ metric }) => metric[label]).filter((value) => value === undefined || value === ""),
        name,
      ).toEqual([]);
      expect(series.length, name).toBeGreaterThan(0);
    }
  });

  it("shows every metric of ours", () => {
    const shown = new Set(queries.flatMap(([, expr]) => metricsIn(expr)));
    const missing = createMetrics()
      .describe()
      .filter(({ name }) => ![name, `${name}_bucket`].some((series) => shown.has(series)));
    expect(missing).toEqual([]);
  });

  it("has panels side by side, none on another", () => {
    const cells = dashboard().panels.flatMap(({ title, gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => [`${x + (index % w)},${y + Math.floor(index / w)}`, title]),
    );
    expect(new Set(cells.map(([cell]) => cell)).size).toBe(cells.length);
  });
});

describe("the alerts", () => {
  it("are evaluated by the server without an error, over series that there are", async () => {
    const response = await fetch(`${prometheus.url}/api/v1/rules`);
    const { data } = (await response.json()) as {
      readonly data: {
        readonly groups: readonly {
          readonly rules: readonly { readonly name: string; readonly health: string }[];
        }[];
      };
    };
    const rules = data.groups.flatMap((group) => group.rules);
    expect(rules.map(({ name, health }) => `${name} ${health}`)).toEqual(
      alerts().map(({ alert }) => `${alert} ok`),
    );
    for (const { expr } of alerts()) for (const metric of metricsIn(expr)) await scraped(metric);
  });

  it("find what is wrong with this site, and nothing else", async () => {
    const byName = (name: string): string => alerts().find(({ alert }) => alert === name)?.expr ?? "";
    const stalled = await prometheus.query(byName("TwilioEmergencyStalled"));
    expect(stalled.map(({ metric }) => metric["reason"])).toContain("NumberNotFound");
    for (const name of ["OperatorAbsent", "DuplicateAddress", "NotConverging", "ObservationStale"])
      expect(await prometheus.query(byName(`TwilioEmergency${name}`)), name).toEqual([]);
  });
});

describe("/metrics", () => {
  it("counts this account by its object's name", { timeout: 120_000 }, async () => {
    const [site] = sites;
    const labels = `account_namespace="${site?.namespace ?? ""}", account="${site?.id ?? ""}"`;
    // What a scrape shows is some seconds old.
    await scraped(`sum(twilio_emergency_numbers{${labels}, state="registered", managed="true"}) == 2`);
    await scraped(`twilio_emergency_throttled_total{${labels}} >= 1`);
    await scraped(`twilio_emergency_max_staleness_seconds{${labels}} == 1800`);
    await scraped("twilio_emergency_serving == 1");
    expect((await prometheus.query(`twilio_emergency_numbers{${labels}}`)).length).toBeGreaterThan(0);
  });

  it("has no phone number, sid, street or name of a customer in it", async () => {
    const text = await (await fetch(`http://${target}/metrics`)).text();
    expect(text).toContain("twilio_emergency_writes_total{");
    expect(text).not.toMatch(/\b(AC|AD|PN|SD|SK)[0-9a-f]{32}\b/i);
    for (const site of sites) expect(text).not.toContain(site.phoneNumber().slice(1));
    for (const part of [CONTENT.street, "2 Side St", CONTENT.customerName, CONTENT.postalCode])
      expect(text).not.toContain(part);
  });
});
