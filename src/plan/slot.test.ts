import { expect, it } from "vitest";
import { numberRecord, sid } from "../../test/support/planning.ts";
import { registeredAt, slotOf } from "./slot.ts";

const HQ = sid("AD", 1);

it.each([
  [null, null, { kind: "free", failed: false }],
  [null, "unregistered", { kind: "free", failed: false }],
  [null, "registration-failure", { kind: "free", failed: true }],
  [null, "registered", { kind: "lagging" }],
  [HQ, null, { kind: "notEnabled", sid: HQ }],
  [HQ, "unregistered", { kind: "notEnabled", sid: HQ }],
  [HQ, "registered", { kind: "registered", sid: HQ }],
  [HQ, "registration-failure", { kind: "failed", sid: HQ }],
  [HQ, "unregistration-failure", { kind: "unregistrationFailed", sid: HQ }],
  [HQ, "pending-registration", { kind: "pending", direction: "registration", sid: HQ }],
  [HQ, "pending-unregistration", { kind: "pending", direction: "unregistration", sid: HQ }],
  [HQ, "something-new", { kind: "unknown", status: "something-new" }],
])(
  "a number with address %s and status %s has the slot %j",
  (emergencyAddressSid, emergencyAddressStatus, slot) => {
    const number = numberRecord({ emergencyAddressSid, emergencyAddressStatus });
    expect(slotOf(number)).toEqual(slot);
    expect(registeredAt(number)).toBe(slot.kind === "registered" ? HQ : undefined);
  },
);

it("a number that Twilio does not have is registered nowhere", () => {
  expect(registeredAt(undefined)).toBeUndefined();
});
