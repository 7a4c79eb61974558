/** What is never taken away without a person's word, and what that word covers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { condition, type Seen, type Site } from "./site.ts";
import { Stage } from "./stage.ts";

const stage = new Stage("approval");
beforeAll(() => stage.open().then(() => undefined));
afterAll(() => stage.close());

const MOVED = ["create", "disassociate 0", "associate 0", "delete"];
const FOREIGN = `AD${"e".repeat(32)}`;

interface PendingPlan {
  readonly hash: string;
  readonly steps: readonly string[];
  readonly domains: readonly string[];
}

const pendingPlan = (object: Seen): PendingPlan => object.status["pendingPlan"] as PendingPlan;

/** The usual site whose address has got new content. */
async function asked(site: Site, reason: string, binding: object = {}): Promise<Seen> {
  await site.settled(1, binding);
  if (site.options.domains === 1) {
    await site.domain("sip", {}, "desk");
    await site.reason("domain", "sip", "Configured");
    await site.quiet();
    await site.mark();
  }
  await site.patch("address", "hq", { spec: { street: "2 Side St" } });
  return site.reason("binding", "desk", reason);
}

async function moved(site: Site): Promise<void> {
  await site.until(
    "address",
    "hq",
    "tidy",
    ({ status }) => status["retiringSids"] === undefined && status["boundNumbers"] === 1,
  );
  expect((await site.twilio()).addresses.map((address) => address["street"])).toEqual(["2 Side St"]);
}

describe.concurrent("changePolicy Manual", () => {
  it("waits with a plan that says what is taken away, and goes on once it is approved", async () => {
    const site = await stage.site();
    const waiting = await asked(site, "AwaitingApproval", { changePolicy: "Manual" });
    expect(condition(waiting, "Reconciling")?.status).toBe("True");
    expect(condition(waiting)?.message).toContain(pendingPlan(waiting).hash);
    expect(pendingPlan(waiting).steps.join()).toContain(site.numberSid());
    await site.quiet();
    expect(await site.writes()).toEqual(["create"]);
    await site.approve("desk");
    const done = await site.reason("binding", "desk", "Registered");
    await moved(site);
    expect(await site.writes()).toEqual(MOVED);
    expect(done.status["pendingPlan"]).toBeUndefined();
    expect(done.status["usedApproval"]).toBe(pendingPlan(waiting).hash);
    await site.check();
  });

  it("takes no approval of another plan", async () => {
    const site = await stage.site();
    await asked(site, "AwaitingApproval", { changePolicy: "Manual" });
    await site.annotate("binding", "desk", "approve", "abcdefghijkl2345");
    await site.quiet();
    expect(await site.writes()).toEqual(["create"]);
    await site.check();
  });

  it("takes an approval once: going there and back again needs another", async () => {
    const site = await stage.site();
    await asked(site, "AwaitingApproval", { changePolicy: "Manual" });
    await site.approve("desk");
    await moved(site);
    await site.patch("address", "hq", { spec: { street: "1 Main St" } });
    await site.reason("binding", "desk", "AwaitingApproval");
    await site.quiet();
    const writes = await site.writes();
    expect(writes.filter((write) => write === "disassociate 0")).toHaveLength(1);
    await site.check();
  });

  it("does not take an approval that stood there before the plan: requested-at gives a new one", async () => {
    const site = await stage.site();
    const first = await asked(site, "AwaitingApproval", { changePolicy: "Manual" });
    const { hash } = pendingPlan(first);
    await site.patch("address", "hq", { spec: { street: "1 Main St" } });
    await site.reason("binding", "desk", "Registered");
    await site.annotate("binding", "desk", "approve", hash);
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    const again = await site.until("binding", "desk", "a stale approval", (object) =>
      /does not count/.test(condition(object)?.message ?? ""),
    );
    expect(pendingPlan(again).hash).toBe(hash);
    await site.quiet();
    expect((await site.writes()).includes("disassociate 0")).toBe(false);
    await site.annotate("binding", "desk", "requested-at", "again");
    await site.until("binding", "desk", "a new hash", (object) => pendingPlan(object)?.hash !== hash);
    await site.approve("desk");
    await moved(site);
    await site.check();
  });
});

describe.concurrent("an Address that somebody else put on the number", () => {
  it("is taken away only with approval, and stays at Twilio", async () => {
    const site = await stage.site({
      addresses: [
        {
          sid: FOREIGN,
          friendly_name: "Head office",
          customer_name: "Acme",
          street: "9 Other St",
          city: "Denver",
          region: "CO",
          postal_code: "80202",
          iso_country: "US",
        },
      ],
      slots: [{ emergency_address_sid: FOREIGN, emergency_address_status: "registered" }],
    });
    await site.address();
    await site.binding();
    const waiting = await site.reason("binding", "desk", "AwaitingApproval");
    expect(condition(waiting)?.message).toContain(FOREIGN);
    expect(condition(waiting)?.message).toContain("spec.sid");
    await site.quiet();
    expect(await site.writes()).toEqual(["create"]);
    await site.approve("desk");
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual(["create", "disassociate 0", "associate 0"]);
    expect((await site.twilio()).addresses.map(({ sid }) => sid)).toContain(FOREIGN);
    await site.check();
  });
});

describe.concurrent("the number of an emergency caller", () => {
  it("is InUse, naming the domain and both ways out; approved, it moves while the domain waits", async () => {
    const site = await stage.site({ domains: 1 });
    const waiting = await asked(site, "InUse");
    expect(pendingPlan(waiting).domains).toEqual([site.domainSid()]);
    expect(condition(waiting)?.message).toMatch(/Approve it .* emergency caller first/s);
    await site.quiet();
    expect(await site.writes()).toEqual(["create"]);
    await site.approve("desk");
    const domain = await site.reason("domain", "sip", "WaitingForNumber");
    expect(condition(domain)?.status).toBe("Unknown");
    await moved(site);
    await site.reason("domain", "sip", "Configured");
    expect(await site.writes()).toEqual(MOVED);
    await site.check();
  });

  it("moves without approval once the domain has another caller", async () => {
    const site = await stage.site({ domains: 1, numbers: 2 });
    await asked(site, "InUse");
    await site.binding("desk1", 1);
    await site.reason("binding", "desk1", "Registered");
    await site.domain("sip", { emergencyCallerRef: { name: `${site.id}-desk1` } });
    await site.reason("binding", "desk", "Registered");
    await site.reason("domain", "sip", "Configured");
    const writes = await site.writes();
    expect(writes.indexOf("set caller")).toBeLessThan(writes.indexOf("disassociate 0"));
    await site.check();
  });
});
