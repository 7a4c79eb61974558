/** A listing that began after our write may still show the number as it was before. */
import { describe, expect, it } from "vitest";
import { DESK, HQ, NOW, OLD, record, sid, TERMINATING, world } from "../../../test/support/builders.ts";
import { numberRecord } from "../../../test/support/planning.ts";
import type { AccountSnapshot } from "../../twilio/snapshot.ts";
import type { NumberRecord } from "../../twilio/types.ts";

const ELSEWHERE = { street: "9 Old St" };
const SECOND = sid("PN", 2);
const WROTE = NOW + 1;
const LISTED = NOW + 2;

const scene = (status: object) =>
  world()
    .account()
    .address("hq")
    .tagged("hq", { sid: HQ })
    .tagged("hq", { sid: OLD, ...ELSEWHERE })
    .binding("desk", { metadata: { finalizers: TERMINATING.finalizers }, status })
    .given({ now: NOW + 3, listedAt: NOW });

/** We wrote to the number; a listing that began later shows it like this. */
const listedAs =
  (...numbers: readonly NumberRecord[]) =>
  (snapshot: AccountSnapshot): void => {
    snapshot.noteWrite(DESK, WROTE);
    snapshot.mergeListing({ numbers, startedAt: LISTED });
  };

const before = numberRecord({ emergencyAddressSid: OLD, emergencyAddressStatus: "registered" });
const going = { emergencyAddressSid: OLD, emergencyAddressStatus: "pending-unregistration" };
const begun = { operation: record(OLD, true), previousAddressSid: OLD };

describe("a listing that shows a number registered that we have disassociated", () => {
  it("is no ground for a step, and does not end the record", () => {
    const ruling = scene(begun).number(going).afterwards(listedAs(before)).plan("PhoneNumberBinding", "desk");
    expect(ruling.step).toEqual({ type: "GetNumber", sid: DESK });
    expect(ruling.memory).not.toHaveProperty("operation");
    expect(ruling.memory).not.toHaveProperty("previousAddressSid");
  });

  it("does not end it after a restart either", () => {
    const ruling = scene(begun)
      .afterwards((snapshot) => snapshot.mergeListing({ numbers: [before], startedAt: LISTED }))
      .plan("PhoneNumberBinding", "desk");
    expect(ruling.step).toEqual({ type: "GetNumber", sid: DESK });
  });

  it("frees no budget", () => {
    const second = numberRecord({ ...before, sid: SECOND, phoneNumber: "+13035550101" });
    const ruling = scene(begun)
      .binding("spare", { spec: { phoneNumberSid: SECOND }, status: { appliedAddressSids: [OLD] } })
      .number(going)
      .number(second)
      .afterwards(listedAs(before, second))
      .plan("PhoneNumberBinding", "spare");
    expect(ruling).toMatchObject({ step: { type: "None" }, reason: "WaitingForBudget" });
  });

  it("ends both once a direct look says the same", () => {
    const ruling = scene(begun)
      .number(going)
      .afterwards((snapshot) => {
        listedAs(before)(snapshot);
        snapshot.mergeNumber(before, NOW + 3);
      })
      .plan("PhoneNumberBinding", "desk");
    expect(ruling.memory).toMatchObject({ operation: null, previousAddressSid: null });
  });
});

describe("a listing that shows a slot free where we have associated an Address", () => {
  const registering = { emergencyAddressSid: HQ, emergencyAddressStatus: "pending-registration" };

  it("is no ground for associating once more", () => {
    const ruling = scene({})
      .number(registering)
      .afterwards(listedAs(numberRecord()))
      .plan("PhoneNumberBinding", "desk");
    expect(ruling.step).toEqual({ type: "GetNumber", sid: DESK });
  });

  it("is none after a restart: the status remembers what was applied", () => {
    const ruling = scene({ appliedAddressSids: [HQ] })
      .afterwards((snapshot) => snapshot.mergeListing({ numbers: [numberRecord()], startedAt: LISTED }))
      .plan("PhoneNumberBinding", "desk");
    expect(ruling.step).toEqual({ type: "GetNumber", sid: DESK });
  });
});

it("a listing that shows a new number registered where it shall be is enough: no look for each of many", () => {
  const registered = numberRecord({ emergencyAddressSid: HQ, emergencyAddressStatus: "registered" });
  const ruling = world()
    .account()
    .address("hq")
    .tagged("hq", { sid: HQ })
    .binding("desk")
    .number({ emergencyAddressSid: HQ, emergencyAddressStatus: "pending-registration" })
    .afterwards(listedAs(registered))
    .given({ now: NOW + 3, listedAt: NOW })
    .plan("PhoneNumberBinding", "desk");
  expect(ruling).toMatchObject({ step: { type: "None" }, reason: "Registered" });
});

describe("a listing that is not in doubt", () => {
  const step = (status: object, number: NumberRecord, spec: object = {}) =>
    world()
      .account()
      .address("hq")
      .tagged("hq", { sid: HQ })
      .tagged("hq", { sid: OLD, ...ELSEWHERE })
      .binding("desk", { spec, status })
      .afterwards((snapshot) => snapshot.mergeListing({ numbers: [number], startedAt: LISTED }))
      .given({ now: NOW + 3, listedAt: NOW })
      .plan("PhoneNumberBinding", "desk").step;

  it("is the ground of a step where we have written nothing to the number", () => {
    expect(step({}, before)).toMatchObject({ type: "DisassociateAddress", addressSid: OLD });
    expect(step({}, numberRecord())).toMatchObject({ type: "AssociateAddress", addressSid: HQ });
  });

  it("is one after a restart, unless it shows free what was associated", () => {
    expect(step({ appliedAddressSids: [HQ] }, before)).toMatchObject({ type: "DisassociateAddress" });
    expect(step({ appliedAddressSids: [OLD] }, numberRecord())).toMatchObject({ type: "AssociateAddress" });
  });

  it("suffices for a number that shall have none and shows none", () => {
    const spec = { emergencyStatus: "Inactive" };
    const free = numberRecord({ emergencyStatus: "Inactive" });
    expect(step({ appliedAddressSids: [HQ] }, free, spec)).toEqual({ type: "None" });
  });
});

it("a listing that shows a number where it was, whose address we have taken for good, is no ground for anything", () => {
  const atHq = numberRecord({ emergencyAddressSid: HQ, emergencyAddressStatus: "registered" });
  const ruling = world()
    .account()
    .address("hq")
    .tagged("hq", { sid: HQ })
    .binding("desk", { spec: { emergencyStatus: "Inactive" } })
    .number({ emergencyAddressSid: HQ, emergencyAddressStatus: "pending-unregistration" })
    .afterwards(listedAs(atHq))
    .given({ now: NOW + 3, listedAt: NOW })
    .plan("PhoneNumberBinding", "desk");
  expect(ruling.step).toEqual({ type: "GetNumber", sid: DESK });
});
