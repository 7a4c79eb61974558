/** Before the rules of the wanted state: where the number is looked for, and what a living object needs first. */
import { describe, expect, it } from "vitest";
import { DESK, HQ, NOW, OLD, record, sid, TERMINATING, world } from "../../test/support/builders.ts";
import { numberRecord } from "../../test/support/planning.ts";
import { ANNOTATION } from "../api/names.ts";

const OTHER = sid("PN", 2);
const DIGITS = "+13035550100";
const held = { finalizers: TERMINATING.finalizers };

describe("a number that is not in the last listing", () => {
  const byDigits = { phoneNumberSid: undefined, phoneNumber: DIGITS };

  it("is looked for by its sid if it was seen before, also where the spec gives its digits", () => {
    const other = numberRecord({ sid: OTHER, phoneNumber: "+13035550101" });
    const { step } = world()
      .account()
      .binding("desk", { spec: byDigits })
      .number()
      .number(other)
      .afterwards((snapshot) => {
        // A listing that has shrunk is believed when a second one agrees.
        for (const startedAt of [NOW + 1, NOW + 2])
          snapshot.mergeListing({ numbers: [other], addresses: [], domains: [], startedAt });
      })
      .given({ now: NOW + 3, listedAt: NOW })
      .plan("PhoneNumberBinding", "desk");
    expect(step).toEqual({ type: "GetNumber", sid: DESK });
  });

  it("is not in the account once a look has said so, unless that was before we took over", () => {
    const absent = (trustedSince: number) =>
      world()
        .account()
        .binding("desk")
        .afterwards((snapshot) => snapshot.noteAbsent(DESK, NOW))
        .given({ trustedSince })
        .plan("PhoneNumberBinding", "desk");
    expect(absent(NOW)).toMatchObject({ step: { type: "None" }, reason: "NumberNotFound" });
    expect(absent(NOW + 1).step).toEqual({ type: "GetNumber", sid: DESK });
  });
});

describe("requested-at on a binding whose number failed", () => {
  const asked = (failedTargets: readonly object[] | undefined) => {
    const scene = world()
      .account()
      .tagged("hq", { sid: HQ })
      .binding("desk", { metadata: { annotations: { [ANNOTATION.requestedAt]: "now" } } })
      .number();
    if (failedTargets !== undefined) scene.address("hq", { status: { failedTargets } });
    return scene.plan("PhoneNumberBinding", "desk").step;
  };
  const entry = (addressSid: string, phoneNumberSid: string) => ({ addressSid, phoneNumberSid, time: "" });

  it("forgets the failures of this number, and of no other", () => {
    const all = [entry(HQ, DESK), entry(HQ, OTHER), entry(OLD, DESK)];
    expect(asked(all)).toEqual({
      type: "ClearFailedTargets",
      address: { kind: "EmergencyAddress", namespace: "site", name: "hq" },
      entries: [
        { addressSid: HQ, phoneNumberSid: DESK },
        { addressSid: OLD, phoneNumberSid: DESK },
      ],
    });
  });

  it("goes on where there is nothing to forget", () => {
    expect(asked([entry(HQ, OTHER)])).toMatchObject({ type: "AssociateAddress" });
    expect(asked(undefined)).toEqual({ type: "None" });
  });
});

describe("the finalizer of a settled number", () => {
  const step = (spec: object, status: object = {}) =>
    world()
      .account()
      .address("hq")
      .tagged("hq", { sid: HQ })
      .binding("desk", { metadata: held, spec, status })
      .registered(HQ)
      .plan("PhoneNumberBinding", "desk").step;

  it("stays while deleting the object asks for work, which somebody has to do", () => {
    expect(step({ deletionPolicy: "Unregister" })).toEqual({ type: "None" });
    expect(step({ deletionPolicy: "Unregister", suspend: true })).toEqual({ type: "None" });
  });

  it("goes where nothing needs it, and under Observe, which writes nothing", () => {
    expect(step({})).toEqual({ type: "ReleaseFinalizer" });
    expect(step({ deletionPolicy: "Unregister", managementPolicy: "Observe" })).toEqual({
      type: "ReleaseFinalizer",
    });
  });

  it("stays until the record of a change is gone", () => {
    expect(step({}, { operation: record(OLD, true) })).toEqual({ type: "None" });
  });
});
