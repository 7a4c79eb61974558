/** S5: an Address goes only when nothing uses it; and a refused deletion is not repeated at once. */
import { describe, expect, it } from "vitest";
import {
  DESK,
  FOREIGN,
  HQ,
  NOW,
  OLD,
  record,
  retrying,
  sid,
  TERMINATING,
  withoutStatus,
  world,
} from "../../../test/support/builders.ts";
import { aBinding } from "../../../test/support/planning.ts";

const OLD_STREET = { street: "9 Old St" };
const held = { finalizers: TERMINATING.finalizers };

/** The Address object "hq" with its present Address and a superseded one. */
const scene = (status: object = {}) =>
  world()
    .account()
    .address("hq", { status })
    .tagged("hq", { sid: HQ })
    .tagged("hq", { sid: OLD, ...OLD_STREET });

describe("a superseded Address", () => {
  it("goes once nothing uses it", () => {
    expect(scene().plan("EmergencyAddress", "hq")).toMatchObject({
      step: { type: "DeleteAddress", sid: OLD },
      reason: "Validated",
    });
  });

  const stepOf = (built: ReturnType<typeof scene>): string => built.plan("EmergencyAddress", "hq").step.type;

  it("stays while a number has it as emergency address", () =>
    expect(stepOf(scene().registered(OLD))).toBe("None"));

  it("stays while a number has it as regulatory address", () =>
    expect(stepOf(scene().number({ addressSid: OLD }))).toBe("None"));

  it("stays while a binding of any object names it as its way back or in its record", () => {
    expect(
      stepOf(
        scene()
          .binding("other", { spec: { addressRef: { name: "else" } }, status: { previousAddressSid: OLD } })
          .registered(FOREIGN),
      ),
    ).toBe("None");
    expect(
      stepOf(
        scene()
          .binding("other", {
            spec: { addressRef: { name: "else" } },
            status: { operation: record(OLD, true) },
          })
          .registered(FOREIGN),
      ),
    ).toBe("None");
  });

  it("stays while an Active binding of its object is not registered", () =>
    expect(stepOf(scene().binding("desk").number())).toBe("None"));

  it("stays while a terminating binding in mid-change, its status lost, may need it", () =>
    expect(stepOf(scene().binding("desk", { metadata: TERMINATING }).number())).toBe("None"));

  it("goes although a binding is unregistered that wants nothing, is leaving or has no number here", () => {
    const gone = { deletionTimestamp: TERMINATING.deletionTimestamp };
    expect(
      stepOf(
        scene()
          .binding("desk", { spec: { emergencyStatus: "Inactive" } })
          .number(),
      ),
    ).toBe("DeleteAddress");
    expect(stepOf(scene().binding("desk", { metadata: gone }).number())).toBe("DeleteAddress");
    expect(stepOf(scene().binding("desk"))).toBe("DeleteAddress");
    const fresh = scene()
      .object(withoutStatus(aBinding("desk")))
      .registered(HQ);
    expect(stepOf(fresh)).toBe("DeleteAddress");
  });

  it("stays while one of several Active bindings is not registered", () => {
    const spare = { sid: sid("PN", 2), phoneNumber: "+13035550101" };
    const two = scene()
      .binding("desk")
      .registered(HQ)
      .binding("spare", { spec: { phoneNumberSid: spare.sid } })
      .number(spare);
    expect(stepOf(two)).toBe("None");
  });

  it("stays while the last listing is suspect", () => {
    const built = scene()
      .number()
      .number({ sid: sid("PN", 2), phoneNumber: "+13035550101" });
    expect(
      stepOf(
        built.afterwards((snapshot) => {
          snapshot.mergeListing({ numbers: [], addresses: [], domains: [], startedAt: NOW + 1 });
        }),
      ),
    ).toBe("None");
  });

  it("needs a listing begun after our last write to it", () => {
    const built = scene().afterwards((snapshot) => snapshot.noteWrite(OLD, NOW + 1));
    expect(built.plan("EmergencyAddress", "hq").step).toEqual({ type: "ListAccount" });
  });

  it("needs a listing begun when we took over or later", () => {
    expect(stepOf(scene().given({ trustedSince: NOW }))).toBe("DeleteAddress");
    const built = scene().given({ trustedSince: NOW + 1 });
    expect(built.plan("EmergencyAddress", "hq").step).toEqual({ type: "ListAccount" });
  });

  it("stays where nothing may be written", () => {
    for (const spec of [{ suspend: true }, { managementPolicy: "Observe" }]) {
      const built = world().account().address("hq", { spec }).tagged("hq", { sid: HQ });
      expect(stepOf(built.tagged("hq", { sid: OLD, ...OLD_STREET }))).toBe("None");
    }
  });

  it("that Twilio refused to delete is left alone until the slow retry is due", () => {
    const refused = { lastError: { message: "no" }, retry: retrying(1, 60_000) };
    const ruling = scene(refused).plan("EmergencyAddress", "hq");
    expect(ruling).toMatchObject({ step: { type: "None" }, reason: "Validated", wakeAt: NOW + 60_000 });
    expect(scene(refused).status("EmergencyAddress", "hq")).toMatchObject(refused);
    const due = { ...refused, retry: retrying(1, -1) };
    expect(scene(due).plan("EmergencyAddress", "hq").step).toEqual({ type: "DeleteAddress", sid: OLD });
  });
});

describe("an adopted Address that was replaced", () => {
  const replaced = (status: object) =>
    world()
      .account()
      .address("hq", { spec: { sid: FOREIGN }, status })
      .tagged("hq", { sid: HQ })
      .twilioAddress({ sid: FOREIGN, ...OLD_STREET });

  it("is never deleted", () => {
    const ruling = replaced({ sid: HQ, adoptedSid: FOREIGN }).plan("EmergencyAddress", "hq");
    expect(ruling).toMatchObject({ step: { type: "None" }, reason: "Validated" });
  });

  it("is no conflict after the status was lost", () => {
    const status = replaced({}).status("EmergencyAddress", "hq");
    expect(replaced(status).plan("EmergencyAddress", "hq").reason).toBe("Validated");
  });
});

describe("a terminating EmergencyAddress with deletionPolicy Delete", () => {
  const deleted = (metadata: object) =>
    world()
      .account()
      .address("hq", { metadata: { ...TERMINATING, ...metadata }, spec: { deletionPolicy: "Delete" } })
      .tagged("hq", { sid: HQ });
  const confirmed = { annotations: { "emergency.twilio-operator.io/confirm-delete": "hq" } };

  it("names what it would delete until it is confirmed", () => {
    const { message, reason } = deleted({}).plan("EmergencyAddress", "hq");
    expect(reason).toBe("DeletionBlocked");
    expect(message).toContain(HQ);
  });

  it("names the numbers that still carry it", () => {
    const { message, step } = deleted(confirmed).registered(HQ).plan("EmergencyAddress", "hq");
    expect(step).toEqual({ type: "None" });
    expect(message).toContain(DESK);
  });

  it("is deleted at Twilio once nothing uses it", () => {
    expect(deleted(confirmed).plan("EmergencyAddress", "hq").step).toEqual({
      type: "DeleteAddress",
      sid: HQ,
    });
  });

  it("is held for a binding in mid-change", () => {
    const { reason, step } = deleted(confirmed)
      .binding("desk", { metadata: held, status: { operation: record(OLD, true) } })
      .number()
      .plan("EmergencyAddress", "hq");
    expect({ reason, step }).toEqual({ reason: "DeletionBlocked", step: { type: "None" } });
  });
});
