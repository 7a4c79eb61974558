/** Where a number goes whose wanted Address fails, when no record says where it came from. */
import { describe, expect, it } from "vitest";
import { DESK, FOREIGN, HQ, OLD, record, sid, TERMINATING, world } from "../../../test/support/builders.ts";

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

describe("a number in mid-change whose target fails", () => {
  /** Without a record, its finalizer is what shows that it has lost its address. */
  const goesBackTo = (status: object, failedTargets: readonly object[] = [failed]): unknown => {
    const { step } = world()
      .account()
      .address("hq", { status: { failedTargets } })
      .tagged("hq", { sid: HQ })
      .tagged("hq", { sid: OLD, street: "9 Old St" })
      .twilioAddress({ sid: FOREIGN, street: "5 Far St" })
      .binding("desk", { metadata: { finalizers: TERMINATING.finalizers }, status })
      .number()
      .plan("PhoneNumberBinding", "desk");
    return "addressSid" in step ? step.addressSid : step.type;
  };
  const from = (previousAddressSid: string) => ({ operation: record(OLD, true), previousAddressSid });

  it("goes back to where it was, even if its own object has another Address", () => {
    expect(goesBackTo(from(FOREIGN))).toBe(FOREIGN);
  });

  it("goes to another Address of its own object where nobody knows where it was, or that is gone", () => {
    expect(goesBackTo({})).toBe(OLD);
    expect(goesBackTo(from("AD99999999999999999999999999999999"))).toBe(OLD);
  });

  it("goes on to its target where only another number failed there, or this one elsewhere", () => {
    expect(goesBackTo(from(OLD), [{ ...failed, phoneNumberSid: sid("PN", 2) }])).toBe(HQ);
    expect(goesBackTo(from(OLD), [{ ...failed, addressSid: OLD }])).toBe(HQ);
  });
});

describe("a number that waits for its Address", () => {
  it.each([
    ["the record", { operation: record(OLD, true) }],
    ["where it was", { previousAddressSid: OLD }],
  ])("gets it although that is being deleted: %s is enough to know that it waits", (_, status) => {
    const { step } = world()
      .account()
      .address("hq", { metadata: TERMINATING })
      .tagged("hq", { sid: HQ })
      .binding("desk", { status })
      .number()
      .plan("PhoneNumberBinding", "desk");
    expect(step).toMatchObject({ type: "AssociateAddress", addressSid: HQ });
  });
});
