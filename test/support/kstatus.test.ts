import { describe, expect, it } from "vitest";
import { falselyRegistered, violationsOf, type ConditionSeen, type ObjectSeen } from "./kstatus.ts";

const is = (type: string, status: string, reason: string): ConditionSeen => ({
  type,
  status,
  reason,
  message: "So it is.",
  observedGeneration: 2,
});

function binding(...conditions: readonly ConditionSeen[]): ObjectSeen {
  return {
    kind: "PhoneNumberBinding",
    metadata: { name: "desk", generation: 2 },
    spec: { addressRef: { name: "hq" } },
    status: { observedGeneration: 2, phoneNumberSid: "PN1", conditions },
  };
}

describe("the invariants of every status", () => {
  it("hold for each of the three verdicts", () => {
    expect(violationsOf(binding(is("Ready", "True", "Registered")))).toEqual([]);
    expect(
      violationsOf(binding(is("Ready", "Unknown", "InUse"), is("Reconciling", "True", "InUse"))),
    ).toEqual([]);
    expect(
      violationsOf(binding(is("Ready", "False", "Conflict"), is("Stalled", "True", "Conflict"))),
    ).toEqual([]);
  });

  it("let Ready tell the truth where a policy forbids to write", () => {
    for (const reason of ["Observing", "Suspended"])
      for (const ready of ["True", "False", "Unknown"])
        expect(violationsOf(binding(is("Ready", ready, reason)))).toEqual([]);
    const stalled = binding(is("Ready", "False", "Observing"), is("Stalled", "True", "Observing"));
    expect(violationsOf(stalled)).toHaveLength(1);
  });

  it.each([
    ["no Ready", binding(is("Registered", "True", "Registered"))],
    [
      "Reconciling and Stalled at once",
      binding(
        is("Ready", "False", "Conflict"),
        is("Stalled", "True", "Conflict"),
        is("Reconciling", "True", "X"),
      ),
    ],
    ["False without Stalled", binding(is("Ready", "False", "Conflict"))],
    [
      "working and yet True",
      binding(is("Ready", "True", "Registered"), is("Reconciling", "True", "Registered")),
    ],
    ["a reason of another kind", binding(is("Ready", "True", "Validated"))],
    ["a reason that nobody knows", binding(is("Ready", "True", "Fine"))],
    ["a fault that is settled", binding(is("Ready", "True", "Conflict"))],
    ["an empty message", binding({ ...is("Ready", "True", "Registered"), message: " " })],
    ["a hole in a message", binding({ ...is("Ready", "True", "Registered"), message: "at undefined" })],
    ["a generation to come", binding({ ...is("Ready", "True", "Registered"), observedGeneration: 3 })],
    ["a condition twice", binding(is("Ready", "True", "Registered"), is("Ready", "True", "Registered"))],
  ])("are broken by %s", (_, object) => {
    expect(violationsOf(object)).not.toEqual([]);
  });
});

describe("what is said to be registered", () => {
  const claim = binding(is("Ready", "True", "Registered"));
  const hq: ObjectSeen = {
    kind: "EmergencyAddress",
    metadata: { name: "hq" },
    spec: { street: "1 Main St" },
    status: {},
  };
  const number = { sid: "PN1", emergency_address_sid: "AD1", emergency_address_status: "registered" };
  const address = { sid: "AD1", street: "1 MAIN ST" };

  it("is so at Twilio", () => {
    expect(falselyRegistered([claim, hq], { numbers: [number], addresses: [address] })).toEqual([]);
  });

  it("is false where Twilio says otherwise, or has another street", () => {
    const pending = { ...number, emergency_address_status: "pending-registration" };
    expect(falselyRegistered([claim, hq], { numbers: [pending], addresses: [address] })).toHaveLength(1);
    const moved = { ...address, street: "2 Main St" };
    expect(falselyRegistered([claim, hq], { numbers: [number], addresses: [moved] })).toHaveLength(1);
    expect(falselyRegistered([claim, hq], { numbers: [], addresses: [address] })).toHaveLength(1);
  });
});
