/** What a binding says of its number: Registered, Unprotected and EmergencyStatusApplied, in words that people read. */
import { describe, expect, it } from "vitest";
import type { Condition } from "../../api/types.gen.ts";
import { HQ, NOW, OLD, world } from "../../../test/support/builders.ts";
import { aBinding } from "../../../test/support/planning.ts";
import type { NumberRecord } from "../../twilio/types.ts";
import type { Status } from "../status.ts";

const at = (emergencyAddressStatus: string | null, emergencyAddressSid: string | null = null) => ({
  emergencyAddressStatus,
  emergencyAddressSid,
});

function statusOf(number: Partial<NumberRecord>, parts: object = {}): Status {
  return world()
    .account()
    .address("hq")
    .tagged("hq", { sid: HQ })
    .twilioAddress({ sid: OLD })
    .binding("desk", parts)
    .number(number)
    .status("PhoneNumberBinding", "desk");
}

/** `Status Reason: message` of one condition. */
function saidOf(status: Status, type: string): string | undefined {
  const conditions = status["conditions"] as readonly Condition[];
  const found = conditions.find((condition) => condition.type === type);
  return found && `${found.status} ${found.reason}: ${found.message}`;
}

describe("Registered", () => {
  it.each([
    [at("registered", HQ), `True Registered: Twilio says registered, at ${HQ}.`],
    [
      at("registered", OLD),
      `False RegisteredElsewhere: Twilio says registered, but at ${OLD}, which is not the desired Address.`,
    ],
    [at("pending-registration", HQ), "False NotRegistered: Twilio says pending-registration."],
    [at(null), "False NotRegistered: Twilio says unregistered."],
  ])("says what Twilio says: %j", (number, said) => {
    expect(saidOf(statusOf(number), "Registered")).toBe(said);
  });
});

describe("Unprotected", () => {
  it.each([
    [
      at("registered", OLD),
      `False Protected: The number has a registered emergency address: ${OLD}.`,
      undefined,
    ],
    [
      at("unregistration-failure", OLD),
      "Unknown Uncertain: Twilio says unregistration-failure: whether an address is registered is not certain.",
      undefined,
    ],
    [
      at("registered"),
      "Unknown Uncertain: Twilio says registered: whether an address is registered is not certain.",
      undefined,
    ],
    [
      at("brand-new"),
      "Unknown Uncertain: Twilio says brand-new: whether an address is registered is not certain.",
      undefined,
    ],
    [
      at(null),
      "True NoRegisteredAddress: The number has no registered emergency address (unregistered).",
      "2026-03-01T12:00:00.000Z",
    ],
    [
      at("registration-failure", HQ),
      "True NoRegisteredAddress: The number has no registered emergency address (registration-failure).",
      "2026-03-01T12:00:00.000Z",
    ],
  ])("says whether a call reaches the right place: %j", (number, said, since) => {
    const status = statusOf(number);
    expect(saidOf(status, "Unprotected")).toBe(said);
    expect(status["unprotectedSince"]).toBe(since);
  });

  it("keeps the time at which the number was first seen without protection", () => {
    const since = "2026-02-01T00:00:00.000Z";
    expect(statusOf(at(null), { status: { unprotectedSince: since } })["unprotectedSince"]).toBe(since);
  });

  it("is not said of a number that shall have no address", () => {
    const status = statusOf(at(null), { spec: { emergencyStatus: "Inactive" } });
    expect(saidOf(status, "Unprotected")).toBeUndefined();
    expect(status).not.toHaveProperty("unprotectedSince");
  });
});

describe("EmergencyStatusApplied", () => {
  const asked = (firstSeen: number, value = "Active") => ({
    status: {
      requestedEmergencyStatus: { value, generation: 1, firstSeen: new Date(firstSeen).toISOString() },
    },
  });
  const registered = at("registered", HQ);
  const MINUTES = 60_000;

  it("is said only where it had to be asked for, and for what is wanted now", () => {
    expect(saidOf(statusOf(registered), "EmergencyStatusApplied")).toBeUndefined();
    const other = statusOf({ ...registered, emergencyStatus: "Inactive" }, asked(NOW, "Inactive"));
    expect(saidOf(other, "EmergencyStatusApplied")).toBeUndefined();
  });

  it.each([
    ["Active", 0, "True Applied: Twilio reports Active, as asked."],
    ["Inactive", 5 * MINUTES - 1, "Unknown Requested: Active was asked for; Twilio reports Inactive."],
    [
      "Inactive",
      5 * MINUTES,
      "False IgnoredByTwilio: Twilio was asked for Active once and still reports Inactive. It decides this by country today: no fault.",
    ],
    [
      "Pending Activation",
      60 * MINUTES,
      "Unknown Requested: Active was asked for; Twilio reports Pending Activation.",
    ],
  ])("says what became of it: %s after %d ms", (emergencyStatus, ago, said) => {
    const status = statusOf({ ...registered, emergencyStatus }, asked(NOW - ago));
    expect(saidOf(status, "EmergencyStatusApplied")).toBe(said);
  });

  it("is remembered while Twilio still reports what was asked for before, and forgotten when that has changed", () => {
    const before = asked(NOW, "Inactive");
    const status = statusOf({ ...registered, emergencyStatus: "Inactive" }, before);
    expect(status["requestedEmergencyStatus"]).toEqual(before.status.requestedEmergencyStatus);
    const changed = statusOf({ ...registered, emergencyStatus: "Active" }, before);
    expect(changed).not.toHaveProperty("requestedEmergencyStatus");
  });
});

describe("a number of which nothing can be said", () => {
  const unseen = (parts: object) => world().binding("desk", parts).status("PhoneNumberBinding", "desk");

  it("leaves what shall be true Unknown, with the reason", () => {
    const said = 'Unknown WaitingForAccount: TwilioAccount "default" does not exist in this namespace.';
    expect(saidOf(unseen({}), "Registered")).toBe(said);
    expect(saidOf(unseen({}), "Unprotected")).toBe(said);
    const none = unseen({ spec: { emergencyStatus: "Inactive" } });
    expect(saidOf(none, "Registered")).toBe(said);
    expect(saidOf(none, "Unprotected")).toBeUndefined();
  });

  it("is shown by its digits as far as they are known", () => {
    const digits = "+13035550100";
    expect(unseen({})).not.toHaveProperty("phoneNumber");
    const fresh = world().object({ ...aBinding("desk"), status: undefined } as never);
    expect(fresh.status("PhoneNumberBinding", "desk")).not.toHaveProperty("phoneNumber");
    expect(unseen({ status: { phoneNumber: digits } })["phoneNumber"]).toBe(digits);
    const named = { phoneNumberSid: undefined, phoneNumber: digits };
    expect(unseen({ spec: named })["phoneNumber"]).toBe(digits);
  });
});
