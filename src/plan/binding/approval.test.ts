/** An approval that was given in time counts until it is used, whatever comes in between. */
import { describe, expect, it } from "vitest";
import { DESK, HQ, NOW, OLD, record, sid, world } from "../../../test/support/builders.ts";
import { ANNOTATION } from "../../api/names.ts";
import type { Status } from "../status.ts";

const OTHER = sid("PN", 2);

interface Given {
  readonly approved?: string;
  readonly status?: object;
  /** What Twilio says of another number that is in the middle of its move to HQ. */
  readonly other?: "pending-registration" | "registration-failure";
  readonly account?: object;
}

/** DESK is to move from OLD to HQ under changePolicy Manual. */
function scene({ approved, status = {}, other, account = {} }: Given) {
  const failedTargets = [{ addressSid: HQ, phoneNumberSid: OTHER, time: "2026-03-01T10:00:00Z" }];
  const built = world()
    .account()
    .address("hq", { status: other === "registration-failure" ? { failedTargets } : {} })
    .tagged("hq", { sid: HQ })
    .twilioAddress({ sid: OLD, street: "2 Old St" })
    .binding("desk", {
      metadata: { annotations: approved === undefined ? {} : { [ANNOTATION.approve]: approved } },
      spec: { changePolicy: "Manual" },
      status: { appliedAddressSids: [OLD], ...status },
    })
    .registered(OLD)
    .given({ account });
  if (other !== undefined) {
    built
      .binding("aaa", {
        spec: { phoneNumberSid: OTHER },
        status: { previousAddressSid: OLD, operation: record(OLD, true) },
      })
      .number({
        ...{ sid: OTHER, phoneNumber: "+13035550101" },
        ...{ emergencyAddressSid: HQ, emergencyAddressStatus: other },
      });
  }
  return built.build();
}

const statusOf = (given: Given): Status => scene(given).status("PhoneNumberBinding", "desk");
const ruling = (given: Given) => scene(given).plan("PhoneNumberBinding", "desk");
const hashIn = (status: Status): string => (status["pendingPlan"] as { readonly hash: string }).hash;
const STALE = { lastSuccessAt: NOW - 7_200_000, maxStalenessMs: 3_600_000 };
const FROZEN = { maxUnprotected: 0 };

const asked = statusOf({});
const approved = hashIn(asked);

describe("an approval that waits for the budget", () => {
  const waiting = statusOf({ approved, status: asked, account: FROZEN });

  it("is used when the budget allows it", () => {
    expect(waiting["pendingPlan"]).toMatchObject({ hash: approved });
    expect(ruling({ approved, status: waiting }).step).toMatchObject({ takesAway: true, approval: approved });
  });

  it("outlives a failure of another number, which stops the roll-out until it is cured", () => {
    const stopped = statusOf({ approved, status: waiting, other: "registration-failure" });
    expect(stopped["conditions"]).toContainEqual(expect.objectContaining({ reason: "RolloutStopped" }));
    expect(ruling({ approved, status: stopped }).step).toMatchObject({ approval: approved });
  });

  it("outlives a time in which the account is not seen", () => {
    const stale = statusOf({ approved, status: waiting, account: STALE });
    expect(stale["conditions"]).toContainEqual(expect.objectContaining({ reason: "ObservationStale" }));
    expect(ruling({ approved, status: stale }).step).toMatchObject({ approval: approved });
  });
});

describe("a plan that waits for approval", () => {
  it("can be approved while the account is not seen: it stays in the status", () => {
    const stale = statusOf({ status: asked, account: STALE });
    expect(ruling({ approved, status: stale }).step).toMatchObject({ approval: approved });
  });

  it("is forgotten when something else has come first and nobody had approved it", () => {
    expect(statusOf({ status: asked, other: "registration-failure" })).not.toHaveProperty("pendingPlan");
  });
});

describe("an approval that was used", () => {
  it("is not kept for the next time", () => {
    const used = { ...asked, usedApproval: approved };
    expect(ruling({ approved, status: used }).reason).toBe("AwaitingApproval");
    const stopped = statusOf({ approved, status: used, other: "registration-failure" });
    expect(stopped).not.toHaveProperty("pendingPlan");
  });
});

it("a number that has arrived has no plan left", () => {
  const built = world()
    .account()
    .address("hq")
    .tagged("hq", { sid: HQ })
    .binding("desk", { metadata: { annotations: { [ANNOTATION.approve]: approved } }, status: asked })
    .number({ sid: DESK, emergencyAddressSid: HQ, emergencyAddressStatus: "registered" });
  expect(built.status("PhoneNumberBinding", "desk")).not.toHaveProperty("pendingPlan");
});
