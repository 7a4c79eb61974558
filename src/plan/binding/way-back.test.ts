/** Where a number goes whose wanted Address fails, when no record says where it came from. */
import { describe, expect, it } from "vitest";
import { DESK, FOREIGN, HQ, OLD, world } from "../../../test/support/builders.ts";

const failed = { addressSid: HQ, phoneNumberSid: DESK, time: "2026-03-01T11:00:00Z" };

/** A free number, the Addresses that its binding has had, and what OLD is like at Twilio. */
const goesTo = (applied: readonly string[], old: object = {}): unknown => {
  const { step } = world()
    .account()
    .address("hq", { status: { failedTargets: [failed] } })
    .tagged("hq", { sid: HQ })
    .tagged("other", { sid: OLD, street: "9 Old St", ...old })
    .tagged("another", { sid: FOREIGN, street: "5 Far St" })
    .binding("desk", { status: { appliedAddressSids: applied } })
    .number()
    .plan("PhoneNumberBinding", "desk");
  return "addressSid" in step ? step.addressSid : step.type;
};

describe("a number that lost its address outside a change, with a target that fails", () => {
  it("goes to the one that it had last", () => {
    expect(goesTo([FOREIGN, OLD])).toBe(OLD);
    expect(goesTo([OLD, FOREIGN])).toBe(FOREIGN);
  });

  it("passes over one that is not enabled for emergencies, one that is gone, and the target", () => {
    expect(goesTo([FOREIGN, OLD], { emergencyEnabled: false })).toBe(FOREIGN);
    expect(goesTo([FOREIGN, "AD99999999999999999999999999999999", HQ])).toBe(FOREIGN);
  });

  it("tries the target again where it never had one: there is nowhere else", () => {
    expect(goesTo([])).toBe(HQ);
  });
});
