/** Who comes first, where maxUnprotected lets one number go at a time. */
import { describe, expect, it } from "vitest";
import { DESK, FOREIGN, HQ, NOW, OLD, record, sid, tagOf, world } from "../../../test/support/builders.ts";

const NEXT = sid("PN", 2);
const FAR = sid("AD", 3);

/** Two numbers of one account at Twilio, in two namespaces: both are to move from OLD to an Address of their own. */
const scene = (first: object) =>
  world()
    .account("default", { metadata: { namespace: "a" }, ...first })
    .account("default", { metadata: { namespace: "b" } })
    .address("hq", { metadata: { namespace: "a" } })
    .address("hq", { metadata: { namespace: "b" } })
    .twilioAddress({ sid: sid("AD", 11), friendlyName: tagOf("hq", {}, 0, { namespace: "a" }) })
    .twilioAddress({ sid: sid("AD", 12), friendlyName: tagOf("hq", {}, 0, { namespace: "b" }) })
    .twilioAddress({ sid: OLD, street: "2 Old St" })
    .binding("desk", { metadata: { namespace: "a" }, status: { appliedAddressSids: [OLD] } })
    .binding("next", {
      metadata: { namespace: "b" },
      spec: { phoneNumberSid: NEXT },
      status: { appliedAddressSids: [OLD] },
    })
    .registered(OLD)
    .registered(OLD, { sid: NEXT, phoneNumber: "+13035550101" });

const goes = (built: ReturnType<typeof scene>, name: string, namespace: string): boolean =>
  built.plan("PhoneNumberBinding", name, namespace).step.type === "DisassociateAddress";

describe("the number that comes first", () => {
  it("goes, and the next one waits for it", () => {
    expect(goes(scene({}), "desk", "a")).toBe(true);
    expect(goes(scene({}), "next", "b")).toBe(false);
  });

  it("holds nobody up while its account object only observes", () => {
    const observed = scene({ spec: { managementPolicy: "Observe" } });
    expect(goes(observed, "desk", "a")).toBe(false);
    expect(goes(observed, "next", "b")).toBe(true);
  });

  it("holds nobody up while it belongs to another account than its account object says", () => {
    const elsewhere = scene({}).given({});
    elsewhere.binding("desk", {
      metadata: { namespace: "a" },
      status: { appliedAddressSids: [OLD], accountSid: `AC${"9".repeat(32)}` },
    });
    expect(goes(elsewhere, "next", "b")).toBe(true);
  });

  it("holds nobody up while somebody undoes what was done to it", () => {
    const signature = `DisassociateAddress ${DESK} ${OLD} true 1  0`;
    const undone = scene({}).given({ lastWrites: { desk: { signature, at: NOW - 60_000 } } });
    expect(undone.plan("PhoneNumberBinding", "desk", "a").reason).toBe("NotConverging");
    expect(goes(undone, "next", "b")).toBe(true);
  });
});

/** DESK is to move from OLD to HQ. */
const moving = (desk: object = { status: { appliedAddressSids: [OLD] } }) =>
  world()
    .account()
    .address("hq")
    .tagged("hq", { sid: HQ })
    .twilioAddress({ sid: OLD, street: "2 Old St" })
    .binding("desk", desk)
    .registered(OLD);

describe("a number of the same account", () => {
  const failedAtFar: object = {
    status: { failedTargets: [{ addressSid: FAR, phoneNumberSid: NEXT, time: "" }] },
  };
  const open = (begun: boolean) => ({ operation: record(OLD, begun), previousAddressSid: OLD });
  const at = (emergencyAddressStatus: string, emergencyAddressSid: string | null = null) => ({
    emergencyAddressStatus,
    emergencyAddressSid,
  });
  const NO_WAY = { operation: record(FOREIGN, true) };
  const WANTS_NONE = { emergencyStatus: "Inactive" };

  /** DESK is to move to HQ; what it waits for is the number NEXT, which shall be at `far` and comes later in the order. */
  const leavesRoom = (slot: object, binding: { spec?: object; status?: object }, far: object = {}) => {
    const { reason, step } = moving()
      .address("far", { spec: { street: "7 Far St" }, ...far })
      .tagged("far", { sid: FAR, street: "7 Far St" })
      .binding("next", {
        ...binding,
        spec: { phoneNumberSid: NEXT, addressRef: { name: "far" }, ...binding.spec },
      })
      .number({ sid: NEXT, phoneNumber: "+13035550101", ...slot })
      .plan("PhoneNumberBinding", "desk");
    expect(reason).toBe(step.type === "None" ? "WaitingForBudget" : "PendingRegistration");
    return step.type === "DisassociateAddress";
  };

  it.each([
    ["is being unregistered, whoever did it", at("pending-unregistration", OLD), {}],
    ["could not be unregistered, whoever tried", at("unregistration-failure", OLD), {}],
    ["is about to be disassociated", at("registered", OLD), { status: open(false) }],
    ["is free in mid-change", at("unregistered"), { status: open(true) }],
    ["is being registered in mid-change", at("pending-registration", FAR), { status: open(true) }],
    ["is free in mid-change without a way back, its Address untried", at("unregistered"), { status: NO_WAY }],
    ["can go back after its Address has failed", at("unregistered"), { status: open(true) }, failedAtFar],
    [
      "is being registered where it failed before",
      at("pending-registration", FAR),
      { status: NO_WAY },
      failedAtFar,
    ],
    ["has a status in mid-change that nobody knows", at("brand-new"), { status: open(true) }],
    [
      "shows a failed registration in mid-change, and shall have none",
      at("registration-failure", FAR),
      { spec: WANTS_NONE, status: open(true) },
    ],
  ])("takes the only place while it %s", (_, slot, binding, far = {}) => {
    expect(leavesRoom(slot, binding, far)).toBe(false);
  });

  it.each([
    ["is registered again", at("registered", OLD), { status: open(true), spec: { changePolicy: "Manual" } }],
    ["is unregistered as it shall be", at("unregistered"), { spec: WANTS_NONE, status: open(true) }],
    ["is free outside a change", at("unregistered"), {}],
    ["is being registered outside a change", at("pending-registration", FAR), {}],
    ["is not seen at Twilio", { sid: sid("PN", 3) }, { status: open(true) }],
    [
      "has failed, and there is no way back",
      at("registration-failure", FAR),
      { status: NO_WAY },
      failedAtFar,
    ],
    [
      "is free, its Address has failed, and there is no way back",
      at("unregistered"),
      { status: NO_WAY },
      failedAtFar,
    ],
  ])("leaves it once it %s", (_, slot, binding, far = {}) => {
    expect(leavesRoom(slot, binding, far)).toBe(true);
  });

  it("that is to be emptied, and is not registered, does not hold up the next one", () => {
    const failed = { ...at("registration-failure", FOREIGN), sid: NEXT, phoneNumber: "+13035550101" };
    const scene = moving()
      .binding("before", { spec: { phoneNumberSid: NEXT } })
      .number(failed);
    expect(scene.plan("PhoneNumberBinding", "before").step).toMatchObject({ takesAway: false });
    expect(scene.plan("PhoneNumberBinding", "desk").step).toMatchObject({ takesAway: true });
  });

  it("that has used the budget is what is named, not who would come first", () => {
    const THIRD = { sid: sid("PN", 3), phoneNumber: "+13035550102" };
    const { message } = moving()
      .binding("before", { spec: { phoneNumberSid: NEXT }, status: { appliedAddressSids: [OLD] } })
      .registered(OLD, { sid: NEXT, phoneNumber: "+13035550101" })
      .binding("third", { spec: { phoneNumberSid: THIRD.sid }, status: open(true) })
      .number(THIRD)
      .plan("PhoneNumberBinding", "desk");
    expect(message).toBe(
      "1 other number is without protection because of changes; spec.maxUnprotected of the TwilioAccount allows 1.",
    );
  });

  it("that comes first goes first, although a later one has written its record", () => {
    const recorded = { appliedAddressSids: [OLD], operation: record(OLD, false), previousAddressSid: OLD };
    const scene = moving({ status: recorded })
      .binding("before", { spec: { phoneNumberSid: NEXT }, status: { appliedAddressSids: [OLD] } })
      .registered(OLD, { sid: NEXT, phoneNumber: "+13035550101" });
    expect(scene.plan("PhoneNumberBinding", "desk")).toMatchObject({
      reason: "WaitingForBudget",
      memory: { operation: null, previousAddressSid: null },
    });
  });
});
