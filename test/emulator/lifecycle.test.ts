/** How a number's emergency address lives in the emulator, and each behaviour that Twilio does not document. */
import { afterEach, describe, expect, it } from "vitest";
import type { Settings } from "../support/emulator.ts";
import { ACCOUNT, DOMAIN, NUMBER, OFFICE, run, type Running } from "./running.ts";

let twilio: Running;

afterEach(() => twilio.stop());

const PATH = `/IncomingPhoneNumbers/${NUMBER}.json`;

async function start(settings: Partial<Settings> = {}): Promise<string> {
  twilio = await run(settings);
  return (await twilio.post("/Addresses.json", OFFICE)).body.sid;
}

async function slot(): Promise<readonly unknown[]> {
  const { body } = await twilio.get(PATH);
  return [body["emergency_address_sid"], body["emergency_address_status"]];
}

const associate = (sid: string) => twilio.post(PATH, { EmergencyAddressSid: sid });

describe("registration", () => {
  it("takes its time, and as long as the clock says", async () => {
    const sid = await start({ registrationMs: 60_000, unregistrationMs: 30_000 });
    await associate(sid);
    expect(await slot()).toEqual([sid, "pending-registration"]);
    await twilio.control.advance(59_000);
    expect(await slot()).toEqual([sid, "pending-registration"]);
    await twilio.control.advance(1_000);
    expect(await slot()).toEqual([sid, "registered"]);
    await associate("");
    expect(await slot()).toEqual([null, "pending-unregistration"]);
    await twilio.control.settle();
    expect(await slot()).toEqual([null, "unregistered"]);
  });

  it("fails by rule, as often as the rule says", async () => {
    const sid = await start({ failures: [{ action: "register", phoneNumber: "+14155550100", times: 1 }] });
    await associate(sid);
    await twilio.control.settle();
    expect(await slot()).toEqual([sid, "registration-failure"]);
    await associate("");
    await associate(sid);
    await twilio.control.settle();
    expect(await slot()).toEqual([sid, "registered"]);
  });

  it("writes down who was protected when", async () => {
    const sid = await start();
    await associate(sid);
    await twilio.control.settle();
    await associate("");
    const { timeline, violations } = await twilio.control.timeline();
    expect(timeline.map(({ registeredAt }) => registeredAt)).toEqual([sid, null]);
    expect(violations).toEqual([]);
  });
});

describe("what Twilio does not document is a setting", () => {
  it.each([
    ["atOnce", null],
    ["whenUnregistered", "kept"],
  ] as const)("sidClears %s", async (sidClears, shown) => {
    const sid = await start({ sidClears });
    await associate(sid);
    await twilio.control.settle();
    await associate("");
    expect(await slot()).toEqual([shown === null ? null : sid, "pending-unregistration"]);
  });

  it.each([
    ["null", null],
    ["empty", ""],
  ] as const)("emptySid %s", async (emptySid, shown) => {
    await start({ emptySid });
    expect(await slot()).toEqual([shown, "unregistered"]);
  });

  it.each([
    [true, "kept"],
    [false, null],
  ] as const)("failureKeepsSid %s", async (failureKeepsSid, shown) => {
    const sid = await start({ failureKeepsSid, failures: [{ action: "register" }] });
    await associate(sid);
    await twilio.control.settle();
    expect(await slot()).toEqual([shown === null ? null : sid, "registration-failure"]);
  });

  it.each([
    ["unregistered", 200],
    ["refuse", 400],
  ] as const)("notEnabledAddress %s", async (notEnabledAddress, status) => {
    await start({ notEnabledAddress });
    const { body } = await twilio.post("/Addresses.json", { ...OFFICE, EmergencyEnabled: "false" });
    expect((await associate(body.sid)).status).toBe(status);
    expect((await slot())[1]).toBe("unregistered");
  });

  it.each([
    ["refuse", 400],
    ["accept", 200],
  ] as const)("whilePending %s", async (whilePending, status) => {
    const sid = await start({ whilePending });
    await associate(sid);
    const reply = await associate("");
    expect(reply.status).toBe(status);
    expect(reply.body.message?.includes("pending") ?? false).toBe(whilePending === "refuse");
  });

  it.each([
    ["refuse", 400],
    ["accept", 200],
  ] as const)("directSwap %s, a violation either way", async (directSwap, status) => {
    const sid = await start({ directSwap });
    const other = (await twilio.post("/Addresses.json", { ...OFFICE, Street: "2 Main St" })).body.sid;
    await associate(sid);
    await twilio.control.settle();
    expect((await associate(other)).status).toBe(status);
    expect((await twilio.control.timeline()).violations.map(({ what }) => what)).toEqual([
      "direct swap of a registered address",
    ]);
  });

  it.each([
    ["fail", 200],
    ["refuse", 400],
  ] as const)("otherCountry %s", async (otherCountry, status) => {
    await start({ otherCountry });
    const london = { ...OFFICE, IsoCountry: "GB", Region: "London", PostalCode: "SW1A 1AA" };
    const { body } = await twilio.post("/Addresses.json", london);
    expect((await associate(body.sid)).status).toBe(status);
    await twilio.control.settle();
    expect((await slot())[1]).toBe(otherCountry === "fail" ? "registration-failure" : "unregistered");
  });

  it.each([
    ["accept", 200],
    ["refuse", 400],
  ] as const)("unregisteredCaller %s", async (unregisteredCaller, status) => {
    await start({ unregisteredCaller });
    expect((await twilio.post(`/SIP/Domains/${DOMAIN}.json`, { EmergencyCallerSid: NUMBER })).status).toBe(
      status,
    );
  });

  it.each([
    ["accept", 200],
    ["refuse", 400],
  ] as const)("enableWithoutNumbers %s", async (enableWithoutNumbers, status) => {
    await start({ enableWithoutNumbers });
    expect(
      (await twilio.post(`/SIP/Domains/${DOMAIN}.json`, { EmergencyCallingEnabled: "true" })).status,
    ).toBe(status);
  });

  it("initialStatus Inactive", async () => {
    await start({ initialStatus: "Inactive" });
    const { body } = await twilio.post("/IncomingPhoneNumbers.json", { PhoneNumber: "+14155550199" });
    expect(body["emergency_status"]).toBe("Inactive");
  });

  it("refuses a setting that it does not have", async () => {
    await start();
    await expect(twilio.control.set({ nonsense: 1 } as Partial<Settings>)).rejects.toThrow(
      "unknown settings: nonsense",
    );
  });
});

describe("EmergencyStatus", () => {
  it("is ignored in the current mode, with warning 22222", async () => {
    await start();
    const { body, status } = await twilio.post(PATH, { EmergencyStatus: "Inactive" });
    expect([status, body["emergency_status"]]).toEqual([200, "Active"]);
    expect((await twilio.control.timeline()).warnings).toMatchObject([{ code: 22222, sid: NUMBER }]);
  });

  it("passes through a Pending state in the legacy mode", async () => {
    await start({ mode: "legacy", statusMs: 60_000 });
    expect((await twilio.post(PATH, { EmergencyStatus: "Inactive" })).body["emergency_status"]).toBe(
      "Pending Deactivation",
    );
    await twilio.control.advance(60_000);
    expect((await twilio.get(PATH)).body["emergency_status"]).toBe("Inactive");
  });

  it("in one request with an address is a violation", async () => {
    const sid = await start();
    await twilio.post(PATH, { EmergencyStatus: "Active", EmergencyAddressSid: sid });
    expect((await twilio.control.timeline()).violations).toMatchObject([
      { what: "EmergencyStatus and EmergencyAddressSid in one request" },
    ]);
  });
});

it("somebody in the Console may change anything", async () => {
  const sid = await start();
  await twilio.control.edit(ACCOUNT, NUMBER, {
    emergency_address_sid: sid,
    emergency_address_status: "unregistration-failure",
  });
  expect(await slot()).toEqual([sid, "unregistration-failure"]);
  await twilio.control.remove(ACCOUNT, sid);
  expect((await twilio.get(`/Addresses/${sid}.json`)).status).toBe(404);
});
