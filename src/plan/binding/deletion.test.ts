/** A binding that is being deleted: what holds it, and what it may still write. */
import { describe, expect, it } from "vitest";
import { DESK, HQ, OLD, record, retrying, sid, TERMINATING, world } from "../../../test/support/builders.ts";
import { ANNOTATION } from "../../api/names.ts";
import type { NumberRecord } from "../../twilio/types.ts";

const at = (emergencyAddressStatus: string, emergencyAddressSid: string | null = null) => ({
  emergencyAddressStatus,
  emergencyAddressSid,
});
const CONFIRMED = { ...TERMINATING, annotations: { [ANNOTATION.confirmDelete]: "desk" } };
const UNREGISTER = { deletionPolicy: "Unregister" };
const MOVING = { operation: record(OLD, true), previousAddressSid: OLD };

/** DESK, which shall be at HQ, as far as `parts` of its binding do not say otherwise. */
const scene = (parts: object, number: Partial<NumberRecord>) =>
  world()
    .account()
    .address("hq")
    .tagged("hq", { sid: HQ })
    .tagged("hq", { sid: OLD, street: "9 Old St" })
    .binding("desk", parts)
    .number(number);

const ruling = (parts: object, number: Partial<NumberRecord>) =>
  scene(parts, number).plan("PhoneNumberBinding", "desk");

describe("an object that only somebody else's finalizer holds", () => {
  const metadata = { ...TERMINATING, finalizers: ["example.com/other"] };

  it("writes nothing more, neither at Twilio nor into its status", () => {
    const left = scene({ metadata, status: MOVING }, at("unregistered"));
    expect(left.plan("PhoneNumberBinding", "desk")).toMatchObject({
      step: { type: "None" },
      reason: "Pending",
      message: "Being deleted.",
    });
    expect(left.status("PhoneNumberBinding", "desk")).toEqual({ observedGeneration: 1, ...MOVING });
  });
});

describe("another object that claims the number", () => {
  const older = { creationTimestamp: "2025-01-01T00:00:00Z" };
  const claimed = (metadata: object, number: Partial<NumberRecord>, status: object = {}) =>
    scene({ metadata: { ...metadata, ...older }, spec: UNREGISTER, status }, number)
      .binding("copy", { spec: { addressRef: { name: "other" } } })
      .plan("PhoneNumberBinding", "desk");

  it("lets a confirmed deletion go without a write", () => {
    expect(claimed(CONFIRMED, at("registered", HQ)).step).toEqual({ type: "ReleaseFinalizer" });
  });

  it("does not confirm a deletion that nobody has confirmed", () => {
    expect(claimed(TERMINATING, at("registered", HQ))).toMatchObject({
      step: { type: "None" },
      reason: "DeletionBlocked",
    });
  });

  it("does not end a change that is open", () => {
    expect(claimed(CONFIRMED, at("pending-unregistration", OLD), MOVING)).toMatchObject({
      step: { type: "None" },
      reason: "PendingUnregistration",
    });
  });
});

describe("an Unregister that nobody has confirmed", () => {
  it("counts as Retain for a number that is free: it gets its Address back", () => {
    expect(ruling({ metadata: TERMINATING, spec: UNREGISTER }, at("unregistered")).step).toEqual({
      type: "AssociateAddress",
      numberSid: DESK,
      addressSid: HQ,
    });
  });

  it("lets go of a number that is free as it shall be, and not before it is", () => {
    const parts = { metadata: TERMINATING, spec: { ...UNREGISTER, emergencyStatus: "Inactive" } };
    expect(ruling(parts, at("unregistered")).step).toEqual({ type: "ReleaseFinalizer" });
    expect(ruling(parts, at("pending-unregistration", OLD))).toMatchObject({
      step: { type: "None" },
      reason: "PendingUnregistration",
    });
  });
});

describe("confirm-delete", () => {
  it("says nothing while the object is not being deleted", () => {
    const parts = { metadata: { ...CONFIRMED, deletionTimestamp: undefined }, spec: UNREGISTER };
    expect(ruling(parts, at("registered", HQ))).toMatchObject({
      step: { type: "None" },
      reason: "Registered",
    });
  });

  it("takes nothing away where deletionPolicy is Retain: the number gets its Address back", () => {
    expect(ruling({ metadata: CONFIRMED, status: MOVING }, at("unregistered")).step).toMatchObject({
      type: "AssociateAddress",
      addressSid: HQ,
    });
  });

  it("waits until the number is unregistered", () => {
    const parts = { metadata: CONFIRMED, spec: UNREGISTER };
    expect(ruling(parts, at("pending-unregistration", HQ)).reason).toBe("PendingUnregistration");
    expect(ruling(parts, at("unregistered")).step).toEqual({ type: "ReleaseFinalizer" });
  });

  it("says that it waits for the budget, which lets it go by itself", () => {
    const next = { sid: sid("PN", 2), phoneNumber: "+13035550101" };
    const waits = scene({ metadata: CONFIRMED, spec: UNREGISTER }, at("registered", HQ))
      .binding("next", { spec: { phoneNumberSid: next.sid }, status: MOVING })
      .number({ ...next, ...at("unregistered") })
      .plan("PhoneNumberBinding", "desk");
    expect(waits).toMatchObject({ step: { type: "None" }, reason: "WaitingForBudget" });
  });
});

describe("a change that is open when its object is deleted", () => {
  it("goes on after a failure: that is recorded first, as for any other", () => {
    const failed = ruling({ metadata: TERMINATING, status: MOVING }, at("registration-failure", HQ));
    expect(failed).toMatchObject({ step: { type: "RecordFailedTarget" }, reason: "RegistrationFailed" });
  });

  it("is waited for while Twilio is working on it", () => {
    const waits = ruling({ metadata: TERMINATING, status: MOVING }, at("pending-registration", HQ));
    expect(waits).toMatchObject({ step: { type: "None" }, reason: "PendingRegistration" });
  });

  it("that Twilio has refused says what to do, since nothing goes on by itself", () => {
    const status = { ...MOVING, retry: retrying(1, 60_000), lastError: { message: "Not now" } };
    const refused = ruling({ metadata: TERMINATING, status }, at("unregistered"));
    expect(refused).toMatchObject({ step: { type: "None" }, reason: "DeletionBlocked" });
    expect(refused.message).toContain("Not now");
    expect(refused.message).toContain(`${ANNOTATION.confirmAbandon}=desk`);
  });
});
