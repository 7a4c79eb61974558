import { describe, expect, it } from "vitest";
import { aBinding } from "../../test/support/planning.ts";
import type { PhoneNumberBinding } from "../api/objects.ts";
import { mayBeHeld } from "./held-status.ts";
import { wait } from "./rule.ts";

const PENDING = { ...wait("PendingRegistration", "Twilio is registering the number."), rule: "" };
const seen = { emergencyAddressStatus: "pending-registration", observedGeneration: 1 };

function binding(ready?: "True" | "False" | "Unknown", more: object = {}) {
  const condition = { type: "Ready", reason: "x", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" };
  const conditions = ready === undefined ? [] : [{ ...condition, status: ready }];
  return {
    ...aBinding("desk"),
    status: { observedGeneration: -1, conditions, ...more },
  } as never as PhoneNumberBinding;
}

describe("a status may wait for the next", () => {
  it("while nobody has heard anything but that it is being worked on", () => {
    for (const object of [binding(), binding("Unknown"), aBinding("desk")])
      expect(mayBeHeld(object, { ...object.status, ...seen }, PENDING)).toBe(true);
    const { status: _, ...fresh } = aBinding("desk");
    expect(mayBeHeld(fresh, seen, PENDING)).toBe(true);
  });

  it.each([
    "Pending",
    "WaitingForAccount",
    "WaitingForAddress",
    "WaitingForNumber",
    "PendingRegistration",
    "PendingUnregistration",
  ] as const)("while it says no more than %s", (reason) => {
    expect(mayBeHeld(binding(), seen, { ...PENDING, reason })).toBe(true);
  });

  it("where it says no more than the next look finds again", () => {
    const found = {
      conditions: [{ type: "Ready", status: "Unknown" }],
      lastHandledReconcileAt: "noon",
      phoneNumber: "+13035550100",
      phoneNumberSid: "PN",
      accountSid: "AC",
      emergencyStatus: "Active",
      emergencyAddressSid: "AD",
      appliedAddressSids: ["AD"],
      unprotectedSince: "2026-01-01T00:00:00Z",
    };
    for (const [field, value] of Object.entries(found))
      expect(mayBeHeld(aBinding("desk"), { ...seen, [field]: value }, PENDING)).toBe(true);
  });

  it("but not where it takes back that all is well, or a fault", () => {
    for (const object of [binding("True"), binding("False")])
      expect(mayBeHeld(object, { ...object.status, ...seen }, PENDING)).toBe(false);
  });

  it("but not a record that is written before a step, nor what cannot be found again", () => {
    const object = binding();
    const records = {
      operation: { type: "DisassociateAddress", target: "AD", startedAt: "2026-01-01T00:00:00Z" },
      previousAddressSid: "AD",
      usedApproval: "hash",
      requestedEmergencyStatus: { value: "Active" },
      lastError: { message: "no" },
      retry: { count: 1 },
      pendingPlan: { hash: "x" },
    };
    for (const [field, value] of Object.entries(records)) {
      expect(mayBeHeld(object, { ...object.status, [field]: value }, PENDING)).toBe(false);
      expect(mayBeHeld(binding(undefined, { [field]: value }), {}, PENDING)).toBe(false);
    }
  });

  it("but not what a person has to read: a fault, an approval, a deletion", () => {
    const object = binding();
    for (const reason of ["RegistrationFailed", "AwaitingApproval", "InUse", "WaitingForBudget"] as const)
      expect(mayBeHeld(object, { ...seen }, { ...PENDING, reason })).toBe(false);
    const deleting = {
      ...object,
      metadata: { ...object.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" },
    };
    expect(mayBeHeld(deleting, { ...seen }, PENDING)).toBe(false);
  });
});
