/** From manifests to registered numbers and a SIP domain, and the way back in the right order. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { condition, type Site } from "./site.ts";
import { Stage } from "./stage.ts";

const stage = new Stage("register");
beforeAll(() => stage.open().then(() => undefined));
afterAll(() => stage.close());

type Part = "address" | "binding" | "domain";

const MAKE: Readonly<Record<Part, (site: Site) => Promise<void>>> = {
  address: (site) => site.address(),
  binding: (site) => site.binding(),
  domain: (site) => site.domain("sip", {}, "desk"),
};

async function allReady(site: Site): Promise<void> {
  await site.reason("address", "hq", "Validated");
  await site.reason("binding", "desk", "Registered");
  await site.reason("domain", "sip", "Configured");
}

describe.concurrent("a number, its address and its SIP domain", () => {
  it("are set up in the one safe order, each step by a call of its own", async () => {
    const site = await stage.site({ domains: 1 });
    for (const part of ["address", "binding", "domain"] as const) await MAKE[part](site);
    await allReady(site);
    const writes = await site.writes();
    expect(writes.toSorted()).toEqual(["associate 0", "create", "enable", "set caller"]);
    const at = (write: string): number => writes.indexOf(write);
    expect(at("create")).toBeLessThan(at("associate 0"));
    expect(at("associate 0")).toBeLessThan(at("set caller"));
    expect(at("enable")).toBeLessThan(at("set caller"));
    await site.quiet();
    expect(await site.writes()).toHaveLength(4);
    await site.check();
  });

  it("name the caller only once Twilio says that its number is registered", async () => {
    const site = await stage.site({ domains: 1 });
    for (const part of ["domain", "binding", "address"] as const) await MAKE[part](site);
    await allReady(site);
    const set = (await site.records()).find(({ form }) => form["EmergencyCallerSid"] === site.numberSid());
    const { timeline } = await stage.control.timeline();
    const registered = timeline.find(
      ({ numberSid, registeredAt }) => numberSid === site.numberSid() && registeredAt !== null,
    );
    expect(registered?.at).toBeLessThanOrEqual(set?.beganAt ?? 0);
    await site.check();
  });

  it.each<readonly Part[]>([
    ["address", "domain", "binding"],
    ["binding", "address", "domain"],
    ["binding", "domain", "address"],
    ["domain", "address", "binding"],
    ["domain", "binding", "address"],
  ])("come to the same end when they are made as %s, %s, %s", async (...order) => {
    const site = await stage.site({ domains: 1 });
    for (const part of order) {
      await MAKE[part](site);
      await site.quiet();
    }
    await allReady(site);
    expect((await site.writes()).toSorted()).toEqual(["associate 0", "create", "enable", "set caller"]);
    await site.check();
  });

  it("wait for an account that comes last", async () => {
    const site = await stage.site({ domains: 1 });
    await site.delete("account", site.id);
    await site.gone("account", site.id);
    for (const part of ["address", "binding", "domain"] as const) await MAKE[part](site);
    const waiting = await site.reason("binding", "desk", "WaitingForAccount");
    expect(condition(waiting)?.message).toContain(site.id);
    await site.reason("domain", "sip", "WaitingForAccount");
    await site.apply("account", site.id, {
      accountSid: site.sid,
      credentialsSecretRef: { name: site.id },
    });
    await allReady(site);
    await site.check();
  });
});

describe.concurrent("two numbers at one address", () => {
  it("share the Address", async () => {
    const site = await stage.site({ numbers: 2 });
    await site.address();
    await site.binding();
    await site.binding("desk1", 1);
    await site.reason("binding", "desk", "Registered");
    await site.reason("binding", "desk1", "Registered");
    expect((await site.writes()).toSorted()).toEqual(["associate 0", "associate 1", "create"]);
    const address = await site.until(
      "address",
      "hq",
      "two numbers",
      ({ status }) => status["boundNumbers"] === 2,
    );
    expect(address.status["sid"]).toMatch(/^AD/);
    await site.check();
  });
});

describe.concurrent("a number that shall have no emergency address", () => {
  it("is unregistered, and its SIP domain is disabled after that", async () => {
    const site = await stage.site({ domains: 1 });
    await site.settled();
    await site.domain();
    await site.reason("domain", "sip", "Configured");
    await site.mark();
    await site.binding("desk", 0, { emergencyStatus: "Inactive" });
    await site.reason("binding", "desk", "Unregistered");
    await site.domain("sip", { emergencyCallingEnabled: false });
    await site.reason("domain", "sip", "Configured");
    expect(await site.writes()).toEqual(["disassociate 0", "ask Inactive 0", "disable"]);
    await site.check();
  });

  it("keeps the domain of which it is the caller enabled until it is unregistered", async () => {
    const site = await stage.site({ domains: 1 });
    await site.settled();
    await site.domain("sip", {}, "desk");
    await site.reason("domain", "sip", "Configured");
    await site.mark();
    await site.binding("desk", 0, { emergencyStatus: "Inactive" });
    const used = await site.reason("binding", "desk", "InUse");
    expect(condition(used)?.message).toContain(`${site.id}-0.sip.twilio.com`);
    await site.domain("sip", { emergencyCallingEnabled: false });
    await site.reason("binding", "desk", "Unregistered");
    await site.reason("domain", "sip", "Configured");
    const writes = await site.writes();
    expect(writes).toEqual(expect.arrayContaining(["disassociate 0", "disable"]));
    expect(writes.indexOf("disassociate 0")).toBeLessThan(writes.indexOf("disable"));
    await site.check();
  });

  it("needs no address at all", async () => {
    const site = await stage.site();
    await site.binding("desk", 0, { emergencyStatus: "Inactive", addressRef: null });
    await site.reason("binding", "desk", "Unregistered");
    expect(await site.writes()).toEqual(["ask Inactive 0"]);
    await site.check();
  });

  it("comes back when it is wanted again", async () => {
    const site = await stage.site();
    await site.settled();
    await site.binding("desk", 0, { emergencyStatus: "Inactive" });
    await site.reason("binding", "desk", "Unregistered");
    await site.patch("binding", "desk", { spec: { emergencyStatus: "Active" } });
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual(["disassociate 0", "ask Inactive 0", "associate 0"]);
    await site.check();
  });
});
