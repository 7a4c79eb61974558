import { describe, expect, it } from "vitest";
import { DESK, HQ, NOW, OLD, sid, world, type Circumstances } from "../../test/support/builders.ts";
import { aDomain, worldOf } from "../../test/support/planning.ts";
import { ANNOTATION } from "../api/names.ts";
import { wait } from "./rule.ts";
import { merge, nextStatus } from "./status.ts";

const ASKED = { annotations: { [ANNOTATION.requestedAt]: "noon" } };
const failed = { addressSid: HQ, phoneNumberSid: DESK, time: "2026-03-01T11:00:00Z" };

/** The target has failed for the number, which has gone back to OLD; then somebody asks for another try. */
const asked = (spec: object = {}, circumstances: Circumstances["account"] = {}) =>
  world()
    .account()
    .address("hq", { status: { failedTargets: [failed] } })
    .tagged("hq", { sid: HQ })
    .tagged("hq", { sid: OLD, street: "9 Old St" })
    .binding("desk", { spec, metadata: ASKED })
    .number({ emergencyAddressSid: OLD, emergencyAddressStatus: "registered" })
    .given({ account: circumstances })
    .build();

describe("the status of an object that is only observed", () => {
  // A rule that keeps the status until its step is made would keep it for ever where no step is made.
  it.each(["Unregister", "Retain"])("is told with deletionPolicy %s too", (deletionPolicy) => {
    const spec = { managementPolicy: "Observe", deletionPolicy };
    const scene = world().account().address("hq").binding("desk", { spec }).number().build();
    expect(scene.status("PhoneNumberBinding", "desk")).toMatchObject({ phoneNumberSid: DESK });
  });
});

describe("lastHandledReconcileAt", () => {
  // A pass that does something else first may be the one that sees the request: it must not use it up.
  it("stays as it is while the failures that it is about are still to be cleared", () => {
    const scene = asked();
    expect(scene.plan("PhoneNumberBinding", "desk").step.type).toBe("ClearFailedTargets");
    expect(scene.status("PhoneNumberBinding", "desk")).not.toHaveProperty("lastHandledReconcileAt");
  });

  it.each([{ managementPolicy: "Observe" }, { suspend: true }])(
    "stays as it is where nothing may be cleared yet, and holds up nothing else: %j",
    (spec) => {
      const status = asked(spec).status("PhoneNumberBinding", "desk");
      expect(status).toMatchObject({ phoneNumberSid: DESK, observedGeneration: 1 });
      expect(status).not.toHaveProperty("lastHandledReconcileAt");
    },
  );

  it("stays as it is while the account cannot be used: nobody has acted on it", () => {
    const stale = { lastSuccessAt: NOW - 7_200_000, maxStalenessMs: 3_600_000 };
    const scene = asked({}, stale);
    expect(scene.status("PhoneNumberBinding", "desk")).not.toHaveProperty("lastHandledReconcileAt");
    expect(scene.plan("PhoneNumberBinding", "desk").reason).toBe("ObservationStale");
  });

  it("says what was asked for where the failures recorded are another number's", () => {
    const others = world()
      .account()
      .address("hq", { status: { failedTargets: [{ ...failed, phoneNumberSid: sid("PN", 2) }] } })
      .tagged("hq", { sid: HQ })
      .binding("desk", { spec: { suspend: true }, metadata: ASKED })
      .registered(HQ);
    expect(others.status("PhoneNumberBinding", "desk")).toMatchObject({ lastHandledReconcileAt: "noon" });
  });

  it("says what was asked for when nothing is left to do", () => {
    const scene = world()
      .account()
      .address("hq")
      .tagged("hq", { sid: HQ })
      .binding("desk", { metadata: ASKED })
      .number({ emergencyAddressSid: HQ, emergencyAddressStatus: "registered" })
      .build();
    expect(scene.plan("PhoneNumberBinding", "desk").step.type).toBe("None");
    expect(scene.status("PhoneNumberBinding", "desk")).toMatchObject({ lastHandledReconcileAt: "noon" });
  });
});

describe("the conditions of an object", () => {
  const now = NOW + 999;
  const ruling = { ...wait("Pending", "Planned."), rule: "a rule" };
  const { status: _, ...fresh } = aDomain("sip", { metadata: { generation: 7 } });

  it("carry the spec they are about, and the whole second since which they are so", () => {
    const status = nextStatus(worldOf({ objects: [], world: { now } }), fresh, ruling);
    const stamp = { observedGeneration: 7, lastTransitionTime: "2026-03-01T12:00:00Z" };
    const { reason, message } = ruling;
    expect(status).toMatchObject({
      observedGeneration: 7,
      conditions: [
        { type: "Ready", status: "Unknown", reason, message, ...stamp },
        { type: "Reconciling", status: "True", reason, message, ...stamp },
      ],
    });
  });
});

describe("a status that is merged with news", () => {
  it("keeps what they do not name, takes what they name, and loses what they take away", () => {
    const before = { kept: 1, replaced: 1, removed: 1, unset: 1 };
    const news = { replaced: 2, removed: null, unset: undefined, added: 0, empty: "" };
    expect(merge(before, news)).toStrictEqual({ kept: 1, replaced: 2, added: 0, empty: "" });
  });
});
