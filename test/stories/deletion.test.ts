import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { condition, type Site } from "./site.ts";
import { blocked, OTHER_STREET } from "./deletion.ts";
import { refuseAssociations } from "./faults.ts";
import { Stage } from "./stage.ts";

const stage = new Stage("deletion");
beforeAll(() => stage.open().then(() => undefined));
afterAll(() => stage.close());

describe.concurrent("deleting a binding", () => {
  it("goes at once with deletionPolicy Retain, and the number stays registered", async () => {
    const site = await stage.site();
    await site.settled();
    await site.delete("binding", "desk");
    await site.gone("binding", "desk");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    expect(await site.slot()).toMatch(/^AD\w+ registered$/);
    await site.check();
  });

  it("waits for confirmation with Unregister, then unregisters the number and goes", async () => {
    const site = await stage.site();
    await site.settled(1, { deletionPolicy: "Unregister" });
    await site.delete("binding", "desk");
    expect(await blocked(site, "binding", "desk")).toContain("confirm-delete");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.annotate("binding", "desk", "confirm-delete");
    await site.gone("binding", "desk");
    expect(await site.writes()).toEqual(["disassociate 0"]);
    expect(await site.slot()).toBe("unregistered");
    await site.check();
  });

  it("takes a confirmation that stood there before, but not one with another object's name", async () => {
    const site = await stage.site({ numbers: 2 });
    await site.settled(2, { deletionPolicy: "Unregister" });
    await site.annotate("binding", "desk", "confirm-delete");
    await site.annotate("binding", "desk1", "confirm-delete", "desk");
    await site.delete("binding", "desk");
    await site.delete("binding", "desk1");
    await site.gone("binding", "desk");
    await blocked(site, "binding", "desk1");
    expect(await site.writes()).toEqual(["disassociate 0"]);
    await site.check();
  });

  it("asks for approval when the number is the caller of an enabled domain", async () => {
    const site = await stage.site({ domains: 1 });
    await site.settled(1, { deletionPolicy: "Unregister" });
    await site.domain("sip", {}, "desk");
    await site.reason("domain", "sip", "Configured");
    await site.mark();
    await site.delete("binding", "desk");
    await site.annotate("binding", "desk", "confirm-delete");
    const object = await site.until(
      "binding",
      "desk",
      "a pending plan",
      ({ status }) => status["pendingPlan"] !== undefined,
    );
    expect(condition(object)?.reason).toBe("DeletionBlocked");
    expect(object.status["pendingPlan"]).toMatchObject({ domains: [site.domainSid()] });
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.approve("desk");
    await site.gone("binding", "desk");
    expect(await site.writes()).toEqual(["disassociate 0"]);
    await site.check();
  });

  it("is released when its deletionPolicy is set to Retain after all", async () => {
    const site = await stage.site();
    await site.settled(1, { deletionPolicy: "Unregister" });
    await site.delete("binding", "desk");
    await blocked(site, "binding", "desk");
    await site.patch("binding", "desk", { spec: { deletionPolicy: "Retain" } });
    await site.gone("binding", "desk");
    expect(await site.writes()).toEqual([]);
    await site.check();
  });

  it("is released without a write while the object is only observed", async () => {
    const site = await stage.site();
    await site.settled(1, { deletionPolicy: "Unregister" });
    await site.patch("binding", "desk", { spec: { managementPolicy: "Observe" } });
    await site.annotate("binding", "desk", "confirm-delete");
    await site.delete("binding", "desk");
    await site.gone("binding", "desk");
    expect(await site.writes()).toEqual([]);
    expect(await site.slot()).toMatch(/ registered$/);
    await site.check();
  });

  it("is held while the object is suspended, says so, and goes on afterwards", async () => {
    const site = await stage.site();
    await site.settled(1, { deletionPolicy: "Unregister" });
    await site.patch("binding", "desk", { spec: { suspend: true } });
    await site.annotate("binding", "desk", "confirm-delete");
    await site.delete("binding", "desk");
    const held = await site.until(
      "binding",
      "desk",
      "held",
      (object) => condition(object)?.message.includes("deletion is held") === true,
    );
    expect(condition(held)?.reason).toBe("Suspended");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.patch("binding", "desk", { spec: { suspend: false } });
    await site.gone("binding", "desk");
    expect(await site.writes()).toEqual(["disassociate 0"]);
    await site.check();
  });

  it("is blocked, naming the cure, while its account is gone, and goes on when it is back", async () => {
    const site = await stage.site();
    await site.settled(1, { deletionPolicy: "Unregister" });
    const { spec } = await site.get("account", site.id);
    await site.delete("account", site.id);
    await site.annotate("binding", "desk", "confirm-delete");
    await site.delete("binding", "desk");
    const message = await blocked(site, "binding", "desk");
    expect(message).toContain(`TwilioAccount "${site.id}" does not exist`);
    expect(message).toContain("deletionPolicy to Retain");
    await site.apply("account", site.id, spec);
    await site.gone("binding", "desk");
    expect(await site.writes()).toEqual(["disassociate 0"]);
    await site.check();
  });

  it("is released by Retain while its account is gone", async () => {
    const site = await stage.site();
    await site.settled(1, { deletionPolicy: "Unregister" });
    await site.delete("account", site.id);
    await site.delete("binding", "desk");
    await blocked(site, "binding", "desk");
    await site.patch("binding", "desk", { spec: { deletionPolicy: "Retain" } });
    await site.gone("binding", "desk");
    expect(await site.slot()).toMatch(/ registered$/);
    await site.check();
  });

  it("is blocked, naming the Secret, while the Secret is gone", async () => {
    const site = await stage.site();
    await site.settled(1, { deletionPolicy: "Unregister" });
    await stage.plane.send("DELETE", `/api/v1/namespaces/${site.namespace}/secrets/${site.id}`);
    await site.reason("account", site.id, "SecretNotFound");
    await site.annotate("binding", "desk", "confirm-delete");
    await site.delete("binding", "desk");
    expect(await blocked(site, "binding", "desk")).toContain(`Secret "${site.id}" does not exist`);
    await site.secret({ authToken: "token" });
    await site.gone("binding", "desk");
    expect(await site.slot()).toBe("unregistered");
    await site.check();
  });
});

describe.concurrent("deleting an EmergencyAddress", () => {
  it("leaves its Address at Twilio with deletionPolicy Retain", async () => {
    const site = await stage.site();
    await site.settled();
    await site.delete("address", "hq");
    await site.gone("address", "hq");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });

  it("names the numbers that still carry it, and deletes it once they are free", async () => {
    const site = await stage.site();
    await site.settled(1, {}, { deletionPolicy: "Delete" });
    await site.annotate("address", "hq", "confirm-delete");
    await site.delete("address", "hq");
    expect(await blocked(site, "address", "hq")).toContain(site.numberSid());
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.patch("binding", "desk", { spec: { emergencyStatus: "Inactive" } });
    await site.reason("binding", "desk", "Unregistered");
    await site.gone("address", "hq");
    // The last two are of two objects, and wait for nothing but the first.
    const [first, ...others] = await site.writes();
    expect(first).toBe("disassociate 0");
    expect(others.toSorted()).toEqual(["ask Inactive 0", "delete"]);
    expect((await site.twilio()).addresses).toEqual([]);
    await site.check();
  });

  it("asks for confirmation before it deletes anything at Twilio", async () => {
    const site = await stage.site();
    await site.address("hq", { deletionPolicy: "Delete" });
    const { status } = await site.reason("address", "hq", "Validated");
    await site.mark();
    await site.delete("address", "hq");
    const message = await blocked(site, "address", "hq");
    expect(message).toContain(status["sid"]);
    expect(message).toContain("confirm-delete");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.annotate("address", "hq", "confirm-delete");
    await site.gone("address", "hq");
    expect(await site.writes()).toEqual(["delete"]);
    await site.check();
  });

  it("is held while a number in mid-change waits for it", async () => {
    const site = await stage.site();
    await site.settled();
    await refuseAssociations(site, "busy");
    await site.patch("address", "hq", { spec: OTHER_STREET });
    await site.untilSlot(/unregist/);
    await site.delete("address", "hq");
    expect(await blocked(site, "address", "hq")).toContain(`${site.id}-desk`);
    await stage.control.removeFaults(site.id);
    await site.gone("address", "hq");
    expect(await site.slot()).toMatch(/ registered$/);
    await site.check();
  });

  it("is blocked when the account is gone, and released by Retain", async () => {
    const site = await stage.site();
    await site.settled(0, {}, { deletionPolicy: "Delete" });
    await site.reason("address", "hq", "Validated");
    await site.delete("account", site.id);
    await site.annotate("address", "hq", "confirm-delete");
    await site.delete("address", "hq");
    expect(await blocked(site, "address", "hq")).toContain("does not exist");
    await site.patch("address", "hq", { spec: { deletionPolicy: "Retain" } });
    await site.gone("address", "hq");
    await site.check();
  });
});

describe.concurrent("deleting a SIPDomainSetting", () => {
  async function enabled(spec: object): Promise<Site> {
    const site = await stage.site({ domains: 1 });
    await site.settled();
    await site.domain("sip", spec, "desk");
    await site.reason("domain", "sip", "Configured");
    await site.quiet();
    await site.mark();
    return site;
  }

  it("leaves the domain as it is with deletionPolicy Retain", async () => {
    const site = await enabled({});
    await site.delete("domain", "sip");
    await site.gone("domain", "sip");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });

  it("switches emergency calling off and clears the caller with Disable, once confirmed", async () => {
    const site = await enabled({ deletionPolicy: "Disable" });
    await site.delete("domain", "sip");
    expect(await blocked(site, "domain", "sip")).toContain("confirm-delete");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.annotate("domain", "sip", "confirm-delete");
    await site.gone("domain", "sip");
    expect(await site.writes()).toEqual(["disable", "clear caller"]);
    await site.check();
  });

  it("writes nothing while another object claims the domain", async () => {
    const site = await enabled({ deletionPolicy: "Disable" });
    await site.domain("other");
    await site.reason("domain", "other", "Conflict");
    await site.annotate("domain", "sip", "confirm-delete");
    await site.delete("domain", "sip");
    await site.gone("domain", "sip");
    await site.reason("domain", "other", "Configured");
    expect(await site.writes()).toEqual([]);
    await site.check();
  });

  it("is blocked when the account is gone, and released by confirm-abandon", async () => {
    const site = await enabled({ deletionPolicy: "Disable" });
    await site.delete("account", site.id);
    await site.annotate("domain", "sip", "confirm-delete");
    await site.delete("domain", "sip");
    await blocked(site, "domain", "sip");
    await site.annotate("domain", "sip", "confirm-abandon");
    await site.gone("domain", "sip");
    expect(await site.writes()).toEqual([]);
    await site.check();
  });
});
