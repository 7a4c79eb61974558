/** A number that shall have no address. */
import { describe, expect, it } from "vitest";
import { DESK, HQ, NOW, OLD, record, retrying, world } from "../../../test/support/builders.ts";

const scene = (number: object, parts: { readonly spec?: object; readonly status?: object } = {}) =>
  world()
    .account()
    .twilioAddress({ sid: OLD, street: "2 Old St" })
    .binding("desk", {
      spec: { emergencyStatus: "Inactive", addressRef: undefined, ...parts.spec },
      status: { appliedAddressSids: [OLD, HQ], ...parts.status },
    })
    .number(number);

const ruling = (...given: Parameters<typeof scene>) => scene(...given).plan("PhoneNumberBinding", "desk");

describe("an unregistration that Twilio could not make", () => {
  const failed = (sid: string | null) => ({
    emergencyAddressStatus: "unregistration-failure",
    emergencyAddressSid: sid,
  });
  const due = { retry: retrying(1, -1) };
  const taken = (number: object, status: object): unknown => {
    const { step } = ruling(number, { status });
    return step.type === "DisassociateAddress" ? step.addressSid : step.type;
  };

  const typedHash = (): string => {
    const asked = scene(failed(null), { status: due }).given({ approvals: [] });
    return asked.plan("PhoneNumberBinding", "desk").pendingPlan?.hash ?? "";
  };

  it("is tried again when the slow retry is due, and not before", () => {
    expect(taken(failed(OLD), due)).toBe(OLD);
    const waits = ruling(failed(OLD), { status: { retry: retrying(1, 60_000) } });
    expect(waits).toMatchObject({ step: { type: "None" }, wakeAt: NOW + 60_000 });
    expect(ruling(failed(OLD))).toMatchObject({ step: { type: "None" }, memory: { retry: { count: 1 } } });
  });

  it("goes by what Twilio shows, else by the record", () => {
    expect(taken(failed(HQ), { ...due, operation: record(OLD, true) })).toBe(HQ);
    expect(taken(failed(null), { ...due, operation: record(OLD, true) })).toBe(OLD);
  });

  it("needs approval where nobody knows any more which Address it was", () => {
    const asked = ruling(failed(null), { status: due });
    expect(asked).toMatchObject({ step: { type: "None" }, reason: "AwaitingApproval" });
    const approvals = [typedHash()];
    const approved = scene(failed(null), { status: due }).given({ approvals });
    expect(approved.plan("PhoneNumberBinding", "desk").step).toMatchObject({
      addressSid: "",
      takesAway: true,
    });
  });
});

describe("EmergencyStatus of a number that is free", () => {
  const free = { emergencyStatus: "Active" };

  it("is asked for once", () => {
    expect(ruling(free).step).toEqual({ type: "SetEmergencyStatus", numberSid: DESK, value: "Inactive" });
  });

  it("is no difference while the object only observes: nothing waits for it", () => {
    const status = scene(free, { spec: { managementPolicy: "Observe" } }).status(
      "PhoneNumberBinding",
      "desk",
    );
    expect(status["conditions"]).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
    expect(status["conditions"]).not.toContainEqual(expect.objectContaining({ type: "Drifted" }));
  });
});
