/** status.failedTargets: what stops a roll-out, and when it says nothing any more. */
import { describe, expect, it } from "vitest";
import {
  DESK,
  FOREIGN,
  HQ,
  NOW,
  OLD,
  record,
  sid,
  TERMINATING,
  world,
} from "../../../test/support/builders.ts";

const failed = { addressSid: HQ, phoneNumberSid: DESK, time: "2026-03-01T11:00:00Z" };
const TWIN = sid("AD", 3);
const CLEAR = {
  type: "ClearFailedTargets",
  entries: [{ addressSid: HQ, phoneNumberSid: DESK }],
};

const scene = () =>
  world()
    .account()
    .address("hq", { status: { sid: HQ, failedTargets: [failed] } })
    .tagged("hq", { sid: HQ })
    .tagged("hq", { sid: OLD, street: "9 Old St" });

const step = (built: ReturnType<typeof scene>): object => built.plan("EmergencyAddress", "hq").step;

describe("a failed target", () => {
  it("stays while its number is elsewhere", () => {
    expect(step(scene().binding("desk").registered(OLD))).toEqual({ type: "None" });
  });

  it("stays while its binding is terminating in mid-change: else the refused write would be sent again", () => {
    const metadata = TERMINATING;
    const status = { operation: record(OLD, true), previousAddressSid: OLD };
    expect(step(scene().binding("desk", { metadata, status }).number())).toEqual({ type: "None" });
  });

  it("is cleared once its number is registered there", () => {
    expect(step(scene().binding("desk").registered(HQ))).toMatchObject(CLEAR);
  });

  it("is cleared when no binding wants the number here any more", () => {
    expect(step(scene().registered(OLD))).toMatchObject(CLEAR);
    expect(
      step(
        scene()
          .binding("desk", { spec: { emergencyStatus: "Inactive" } })
          .registered(OLD),
      ),
    ).toMatchObject(CLEAR);
  });

  it("is cleared where no number of its binding is in the account, or the binding goes for good", () => {
    expect(step(scene().binding("desk"))).toMatchObject(CLEAR);
    const gone = { deletionTimestamp: TERMINATING.deletionTimestamp };
    expect(step(scene().binding("desk", { metadata: gone }).registered(OLD))).toMatchObject(CLEAR);
  });

  it("is cleared with the content that failed, once there is an Address of another", () => {
    const at = (addressSid: string) =>
      world()
        .account()
        .address("hq", { status: { sid: HQ, failedTargets: [{ ...failed, addressSid }] } })
        .binding("desk")
        .registered(FOREIGN);
    const both = (addressSid: string) =>
      at(addressSid).tagged("hq", { sid: HQ }).tagged("hq", { sid: TWIN }, 1);
    expect(step(both(OLD))).toMatchObject({
      type: "ClearFailedTargets",
      entries: [{ addressSid: OLD, phoneNumberSid: DESK }],
    });
    expect(step(both(HQ))).toEqual({ type: "None" });
    expect(step(both(TWIN))).toEqual({ type: "None" });
    const gone = at(OLD).afterwards((snapshot) => snapshot.noteAbsent(HQ, NOW));
    expect(step(gone)).toMatchObject({ type: "CreateAddress" });
  });
});
