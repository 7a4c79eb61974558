/** What an operator at work leaves behind: a line of audit for every write, and spans where an SDK is loaded, at no cost elsewhere. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONTENT } from "../support/planning.ts";
import { fault } from "./faults.ts";
import type { Site } from "./site.ts";
import { type OperatorProcess, Stage } from "./stage.ts";

const TRACERS = fileURLToPath(new URL("preload/tracers.mjs", import.meta.url));
const PRELOAD = fileURLToPath(new URL("preload/tracing.mjs", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "spans-"));
const spansFile = join(folder, "spans.jsonl");
// Audit lines come whatever the level.
const tracers = { traced: join(folder, "traced.txt"), untraced: join(folder, "untraced.txt") };
const stage = new Stage("telemetry", {
  flags: ["--log-level", "error"],
  launch: {
    node: ["--import", PRELOAD, "--import", TRACERS],
    env: { SPANS: spansFile, TRACERS: tracers.traced },
  },
});
const untraced = new Stage("untraced", {
  launch: { node: ["--import", TRACERS], env: { TRACERS: tracers.untraced } },
});
beforeAll(() => Promise.all([stage.open(), untraced.open()]).then(() => undefined));
afterAll(async () => {
  await Promise.all([stage.close(), untraced.close()]);
  rmSync(folder, { recursive: true });
});

interface AuditSeen {
  readonly log?: string;
  readonly object: string;
  readonly operation: string;
  readonly result: string;
  readonly requestId: string | null;
  readonly before: string | null;
  readonly after: string | null;
}

function auditOf(operator: OperatorProcess, site: Site): readonly AuditSeen[] {
  const lines = operator.log
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as AuditSeen);
  return lines.filter(({ log, object }) => log === "audit" && object.includes(`/${site.id}`));
}

interface SpanSeen {
  readonly name: string;
  readonly id: string;
  readonly parent?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: number };
}

function spans(): readonly SpanSeen[] {
  const text = existsSync(spansFile) ? readFileSync(spansFile, "utf8") : "";
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as SpanSeen);
}

describe("the audit log", () => {
  it("has one line for each write that Twilio got, with its request id and result", async () => {
    const site = await stage.site({ numbers: 1, domains: 1 });
    const busy = { type: "answer", status: 409, code: 20409, message: "Busy" } as const;
    await fault(site, { match: { method: "POST", path: site.numberSid() }, times: 1, action: busy });
    await site.address();
    await site.binding();
    // The operator has only just been started.
    await site.reason("binding", "desk", "Registered", 60_000);
    await site.domain("sip", {}, "desk");
    await site.reason("domain", "sip", "Configured");
    const writes = await site.control.writes(site.sid);
    const lines = auditOf(stage.operator, site);
    expect(lines.map(({ operation, result }) => `${operation} ${result}`)).toEqual([
      "CreateAddress done",
      "AssociateAddress busy",
      "AssociateAddress done",
      "EnableEmergencyCalling done",
      "SetEmergencyCaller done",
    ]);
    expect(lines.map(({ requestId }) => requestId)).toEqual(writes.map(({ requestId }) => requestId));
    for (const { before, after } of lines.slice(2)) expect(before).not.toBe(after);
    const text = JSON.stringify(lines);
    for (const personal of [CONTENT.street, CONTENT.customerName, site.phoneNumber()])
      expect(text).not.toContain(personal);
  });
});

describe("traces", () => {
  it("show each call inside the pass that made it, without a phone number or an address", async () => {
    const site = await stage.site();
    await site.settled();
    await site.quiet();
    const all = spans();
    const passes = new Map(
      all.filter(({ name }) => name.startsWith("reconcile ")).map((span) => [span.id, span]),
    );
    const parentOf = (name: string): string[] =>
      all
        .filter((span) => span.name === name)
        .map(({ parent = "" }) => passes.get(parent))
        .filter((pass) => String(pass?.attributes["k8s.object.name"]).startsWith(site.id))
        .map((pass) => pass?.name ?? "");
    expect(parentOf("POST Addresses")).toEqual(["reconcile EmergencyAddress"]);
    expect(parentOf("POST IncomingPhoneNumbers/{sid}")).toEqual(["reconcile PhoneNumberBinding"]);
    const patches = parentOf("patch phonenumberbindings.emergency.twilio-operator.io/status");
    expect(new Set(patches)).toEqual(new Set(["reconcile PhoneNumberBinding"]));
    const created = all.find(({ name }) => name === "POST Addresses");
    expect(created?.attributes).toMatchObject({
      "http.request.method": "POST",
      "url.template": "Addresses",
      "http.response.status_code": 201,
      "twilio.request_id": expect.stringMatching(/^RQ/) as unknown,
    });
    const text = JSON.stringify(all);
    for (const personal of [CONTENT.street, CONTENT.customerName, site.phoneNumber()])
      expect(text).not.toContain(personal);
  });

  it("cost nothing where no SDK is loaded: no tracer is ever asked for", async () => {
    const site = await untraced.site();
    await site.address();
    await site.reason("address", "hq", "Validated", 60_000);
    expect(existsSync(tracers.untraced)).toBe(false);
    expect(readFileSync(tracers.traced, "utf8")).toBe("twilio-emergency-operator\n");
  });
});
