/** EmergencyStatus in both of Twilio's ways: accepted and ignored, as today, or applied, as it used to be. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { condition, type Site } from "./site.ts";
import { Stage } from "./stage.ts";

const current = new Stage("mode-current");
const legacy = new Stage("mode-legacy");
beforeAll(async () => {
  await Promise.all([current.open(), legacy.open()]);
  await legacy.control.set({ mode: "legacy" });
});
afterAll(() => Promise.all([current.close(), legacy.close()]));

const INACTIVE = [{ emergency_status: "Inactive" }];

/** Never in the same request as the address. */
async function asksInCallsOfTheirOwn(site: Site): Promise<boolean> {
  const records = await site.records();
  const asking = records.filter(({ form }) => form["EmergencyStatus"] !== undefined);
  return asking.length > 0 && asking.every(({ form }) => form["EmergencyAddressSid"] === undefined);
}

describe.concurrent("where Twilio reports what is wanted", () => {
  it.each([
    ["current", current],
    ["legacy", legacy],
  ])("nothing is asked for: %s", async (_, stage) => {
    const site = await stage.site();
    await site.address();
    await site.binding();
    const object = await site.reason("binding", "desk", "Registered");
    expect(condition(object, "EmergencyStatusApplied")).toBeUndefined();
    await site.quiet();
    expect(await site.writes()).toEqual(["create", "associate 0"]);
    await site.check();
  });
});

describe.concurrent("where Twilio ignores EmergencyStatus", () => {
  it("is asked once, after the registration, and then says that it was ignored", async () => {
    const site = await current.site({ slots: INACTIVE });
    await site.address();
    await site.binding();
    const asked = await site.until(
      "binding",
      "desk",
      "asked",
      (object) => condition(object, "EmergencyStatusApplied")?.reason === "Requested",
    );
    expect(condition(asked)?.status).toBe("Unknown");
    expect(condition(asked, "EmergencyStatusApplied")?.status).toBe("Unknown");
    expect(asked.status["requestedEmergencyStatus"]).toMatchObject({ value: "Active" });
    const object = await site.reason("binding", "desk", "Registered", 20_000);
    expect(condition(object, "EmergencyStatusApplied")).toMatchObject({
      status: "False",
      reason: "IgnoredByTwilio",
    });
    expect(object.status["emergencyStatus"]).toBe("Inactive");
    await site.quiet();
    expect(await site.writes()).toEqual(["create", "associate 0", "ask Active 0"]);
    expect(await asksInCallsOfTheirOwn(site)).toBe(true);
    await site.check();
  });
});

describe.concurrent("where Twilio applies EmergencyStatus", () => {
  it("is Ready once the pending activation has ended", async () => {
    const site = await legacy.site({ slots: INACTIVE });
    await site.address();
    await site.binding();
    const object = await site.reason("binding", "desk", "Registered", 20_000);
    expect(object.status["emergencyStatus"]).toBe("Active");
    expect(condition(object, "EmergencyStatusApplied")).toMatchObject({ status: "True", reason: "Applied" });
    expect(await site.writes()).toEqual(["create", "associate 0", "ask Active 0"]);
    expect(await asksInCallsOfTheirOwn(site)).toBe(true);
    await site.check();
  });

  it("deactivates after the address is unregistered, and asks again when the wish changes back", async () => {
    const site = await legacy.site();
    await site.settled();
    await site.binding("desk", 0, { emergencyStatus: "Inactive" });
    await site.until(
      "binding",
      "desk",
      "Inactive at Twilio",
      (object) => object.status["emergencyStatus"] === "Inactive",
    );
    await site.patch("binding", "desk", { spec: { emergencyStatus: "Active" } });
    const object = await site.reason("binding", "desk", "Registered", 20_000);
    expect(object.status["emergencyStatus"]).toBe("Active");
    expect(await site.writes()).toEqual(["disassociate 0", "ask Inactive 0", "associate 0", "ask Active 0"]);
    await site.check();
  });
});

describe.concurrent("an address that Twilio would store in another form", () => {
  const TYPED = { street: "645 Harrison Streat", city: "San Francisco", region: "CA", postalCode: "94107" };

  it("is refused with the suggestion, in the names of the spec, and accepted once it is taken over", async () => {
    const site = await current.site();
    await site.address("hq", TYPED);
    await site.binding();
    const object = await site.reason("address", "hq", "AddressRejected");
    expect(condition(object, "Stalled")?.status).toBe("True");
    expect(object.status["lastError"]).toMatchObject({ code: 21629 });
    expect(object.status["suggestedAddress"]).toMatchObject({ street: "645 HARRISON ST" });
    expect(condition(object)?.message).toContain("645 HARRISON ST");
    await site.quiet();
    expect(await site.writes()).toEqual(["create"]);
    await site.patch("address", "hq", { spec: object.status["suggestedAddress"] as object });
    const healed = await site.reason("address", "hq", "Validated");
    expect(healed.status["suggestedAddress"]).toBeUndefined();
    expect(healed.status["lastError"]).toBeUndefined();
    await site.reason("binding", "desk", "Registered");
    await site.check();
  });

  it("is stored in Twilio's form with autoCorrect, and that is no drift", async () => {
    const site = await current.site();
    await site.address("hq", { ...TYPED, autoCorrect: true });
    const object = await site.reason("address", "hq", "Validated");
    expect(object.status["address"]).toMatchObject({ street: "645 HARRISON ST" });
    await site.quiet();
    expect(await site.writes()).toEqual(["create"]);
    await site.check();
  });
});
