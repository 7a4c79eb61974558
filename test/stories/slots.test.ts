/** Every state that a number's emergency slot can be found in, for a number that shall have an address and one that shall have none. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { condition, type Site } from "./site.ts";
import { Stage } from "./stage.ts";

const stage = new Stage("slots");
beforeAll(() => stage.open().then(() => undefined));
afterAll(() => stage.close());

const FOREIGN = `AD${"f".repeat(32)}`;

/** A site whose number is found in this state, with a foreign Address that the state may name. */
function found(sid: string | null, status: string | null, enabled = true): Promise<Site> {
  const address = {
    sid: FOREIGN,
    customer_name: "Somebody",
    street: "99 Old St",
    city: "Denver",
    region: "CO",
    postal_code: "80202",
    emergency_enabled: enabled,
  };
  return stage.site({
    addresses: [address],
    slots: [{ emergency_address_sid: sid, emergency_address_status: status }],
  });
}

async function wanted(site: Site): Promise<void> {
  await site.address();
  await site.reason("address", "hq", "Validated");
  await site.mark();
  await site.binding();
}

async function unwanted(site: Site): Promise<void> {
  await site.binding("desk", 0, { emergencyStatus: "Inactive" });
}

describe.concurrent("a number that shall have an address", () => {
  it.each([
    [null, "unregistered"],
    [null, null],
    [null, "registration-failure"],
  ])("is associated where the slot is free: %s %s", async (sid, status) => {
    const site = await found(sid, status);
    await wanted(site);
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual(["associate 0"]);
    await site.check();
  });

  it("waits where it is registered at nothing, which is a fault after the grace", async () => {
    const site = await found(null, "registered");
    await wanted(site);
    await site.until("binding", "desk", "waiting", (object) => condition(object)?.status === "Unknown");
    const fault = await site.until(
      "binding",
      "desk",
      "a fault",
      (object) => condition(object)?.status === "False",
    );
    expect(condition(fault)?.reason).toBe("UnexpectedState");
    expect(await site.writes()).toEqual([]);
    await site.check();
  });

  it.each([
    [null, "pending-registration"],
    [FOREIGN, "pending-registration"],
    [null, "pending-unregistration"],
    [FOREIGN, "pending-unregistration"],
  ])("waits while Twilio works on it: %s %s", async (sid, status) => {
    const site = await found(sid, status);
    await wanted(site);
    const reason = status === "pending-registration" ? "PendingRegistration" : "PendingUnregistration";
    await site.reason("binding", "desk", reason);
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.editNumber({ emergency_address_sid: null, emergency_address_status: "unregistered" });
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual(["associate 0"]);
    await site.check();
  });

  it("asks where it is registered at an Address that is not ours", async () => {
    const site = await found(FOREIGN, "registered");
    await wanted(site);
    await site.reason("binding", "desk", "AwaitingApproval");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });

  it.each([true, false])(
    "empties a slot that shows an Address but is unregistered (enabled: %s)",
    async (on) => {
      const site = await found(FOREIGN, "unregistered", on);
      await wanted(site);
      await site.reason("binding", "desk", "Registered");
      expect(await site.writes()).toEqual(["disassociate 0", "associate 0"]);
      const gets = (await site.records()).filter(
        ({ method, path }) => method === "GET" && path.includes(site.numberSid()),
      );
      expect(gets.length).toBeGreaterThan(1);
      await site.check();
    },
  );

  it("leaves such a slot alone that was only lagging", async () => {
    const site = await found(FOREIGN, "unregistered");
    await site.address("hq", { sid: FOREIGN });
    await site.mark();
    await site.binding();
    await site.until("binding", "desk", "looking", ({ status }) => status["emergencyAddressSid"] === FOREIGN);
    await site.editNumber({ emergency_address_sid: FOREIGN, emergency_address_status: "registered" });
    await site.until(
      "binding",
      "desk",
      "seen",
      ({ status }) => status["emergencyAddressStatus"] === "registered",
    );
    await site.quiet();
    expect((await site.writes()).filter((write) => write !== "create")).toEqual([]);
    await site.check();
  });

  it("empties a slot that failed at an Address that is not ours, without asking", async () => {
    const site = await found(FOREIGN, "registration-failure");
    await wanted(site);
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual(["disassociate 0", "associate 0"]);
    await site.check();
  });

  it("rests where it failed at the wanted Address, until somebody asks to try again", async () => {
    const site = await found(null, "unregistered");
    await stage.control.set({
      failures: [{ action: "register", phoneNumber: site.phoneNumber(), times: 1 }],
    });
    await wanted(site);
    const failed = await site.reason("binding", "desk", "RegistrationFailed");
    expect(condition(failed, "Unprotected")?.status).toBe("True");
    expect(failed.status["retry"]).toMatchObject({ count: 1 });
    await site.quiet();
    expect(await site.writes()).toEqual(["associate 0"]);
    await site.annotate("binding", "desk", "requested-at", "now");
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual(["associate 0", "disassociate 0", "associate 0"]);
    const { status } = await site.get("address", "hq");
    expect(status["failedTargets"]).toBeUndefined();
    await site.check();
  });

  it("is a fault where its unregistration failed at the very Address that is wanted", async () => {
    const site = await found(null, "unregistered");
    await site.settled();
    await site.editNumber({ emergency_address_status: "unregistration-failure" });
    const failed = await site.reason("binding", "desk", "UnregistrationFailed");
    expect(condition(failed, "Stalled")?.status).toBe("True");
    expect(condition(failed, "Unprotected")?.status).toBe("Unknown");
    await site.annotate("binding", "desk", "requested-at", "now");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });

  it("needs the same permission again where its unregistration failed elsewhere", async () => {
    const site = await found(FOREIGN, "unregistration-failure");
    await wanted(site);
    await site.reason("binding", "desk", "UnregistrationFailed");
    await site.annotate("binding", "desk", "requested-at", "now");
    await site.reason("binding", "desk", "AwaitingApproval");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.approve("desk");
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual(["disassociate 0", "associate 0"]);
    await site.check();
  });

  it("says so where Twilio reports a status that nobody knows, and writes nothing", async () => {
    const site = await found(null, "half-registered");
    await wanted(site);
    const unexpected = await site.reason("binding", "desk", "UnexpectedState");
    expect(condition(unexpected)?.message).toContain("half-registered");
    expect(condition(unexpected, "Stalled")?.status).toBe("True");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });
});

describe.concurrent("a number that shall have none", () => {
  it.each([
    [null, "unregistered"],
    [null, "registration-failure"],
  ])("is settled where the slot is free: %s %s", async (sid, status) => {
    const site = await found(sid, status);
    await unwanted(site);
    await site.reason("binding", "desk", "Unregistered");
    await site.quiet();
    expect(await site.writes()).toEqual(["ask Inactive 0"]);
    await site.check();
  });

  it("is emptied where its registration failed", async () => {
    const site = await found(FOREIGN, "registration-failure");
    await unwanted(site);
    await site.reason("binding", "desk", "Unregistered");
    expect((await site.writes())[0]).toBe("disassociate 0");
    await site.check();
  });

  it("is emptied where it shows an Address but is unregistered", async () => {
    const site = await found(FOREIGN, "unregistered");
    await unwanted(site);
    await site.reason("binding", "desk", "Unregistered");
    expect((await site.writes())[0]).toBe("disassociate 0");
    await site.check();
  });

  it("asks where it is registered at an Address that is not ours", async () => {
    const site = await found(FOREIGN, "registered");
    await unwanted(site);
    await site.reason("binding", "desk", "AwaitingApproval");
    await site.approve("desk");
    await site.reason("binding", "desk", "Unregistered");
    expect((await site.writes())[0]).toBe("disassociate 0");
    await site.check();
  });

  it("rests where the unregistration failed, until somebody asks to try again", async () => {
    const site = await found(null, "unregistered");
    await site.settled();
    await site.editNumber({ emergency_address_status: "unregistration-failure" });
    await site.patch("binding", "desk", { spec: { emergencyStatus: "Inactive" } });
    await site.reason("binding", "desk", "UnregistrationFailed");
    expect(await site.writes()).toEqual([]);
    await site.annotate("binding", "desk", "requested-at", "now");
    await site.reason("binding", "desk", "Unregistered");
    expect((await site.writes())[0]).toBe("disassociate 0");
    await site.check();
  });
});
