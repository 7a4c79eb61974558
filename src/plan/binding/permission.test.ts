/** When a registered address may be taken away without asking, and what a person is asked otherwise. */
import { describe, expect, it } from "vitest";
import { DESK, FOREIGN, HQ, OLD, retrying, sid, TERMINATING, world } from "../../../test/support/builders.ts";
import { aBinding } from "../../../test/support/planning.ts";
import { ANNOTATION } from "../../api/names.ts";
import type { PendingPlan } from "../rule.ts";

const MANUAL = { changePolicy: "Manual" };
const INACTIVE = { emergencyStatus: "Inactive" };
const HELD = { finalizers: TERMINATING.finalizers };
const APPLIED = { appliedAddressSids: [OLD] };

interface Given {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
  readonly number?: object;
  /** Approvals of the command line; absent: in the cluster. */
  readonly approvals?: readonly string[];
  /** Twilio's form of the Address at HQ. */
  readonly hq?: object;
}

/** DESK, registered at OLD where this object has put it, is to move to HQ. */
function scene({ metadata = {}, spec = {}, status = APPLIED, number = {}, approvals, hq = {} }: Given) {
  return world()
    .account()
    .address("hq", hq)
    .tagged("hq", { sid: HQ })
    .twilioAddress({ sid: OLD, street: "2 Old St" })
    .binding("desk", { metadata, spec, status })
    .registered(OLD, number)
    .given(approvals === undefined ? {} : { approvals });
}

const ruling = (given: Given) => scene(given).plan("PhoneNumberBinding", "desk");
const isTaken = (given: Given): boolean => {
  const { step } = ruling(given);
  return step.type === "DisassociateAddress" && step.takesAway;
};
const planOf = (given: Given): PendingPlan => ruling(given).pendingPlan as PendingPlan;

describe("what is asked", () => {
  it("names every reason, and every domain that would lose its caller", () => {
    const caller = { emergencyCallingEnabled: true, emergencyCallerSid: DESK };
    const asked = scene({ spec: MANUAL, status: {}, number: { phoneNumber: "+18005550100" } })
      .twilioDomain({ sid: sid("SD", 1), domainName: "a.sip.twilio.com", ...caller })
      .twilioDomain({ sid: sid("SD", 2), domainName: "b.sip.twilio.com", ...caller })
      .plan("PhoneNumberBinding", "desk");
    expect(asked.reason).toBe("InUse");
    expect(asked.message).toContain(
      `because ${OLD} was not put there by this object for its present spec; changePolicy is Manual; ` +
        "it is the emergency caller of a.sip.twilio.com, b.sip.twilio.com; " +
        "whether the number belongs to US cannot be told from it.",
    );
    expect(asked.message).toContain(
      "Or give a.sip.twilio.com, b.sip.twilio.com another emergency caller first.",
    );
  });

  it("shows what would be done", () => {
    expect(planOf({ spec: MANUAL }).steps).toEqual([
      `DisassociateAddress ${DESK} from ${OLD}: from here on it has no registered address`,
      `AssociateAddress ${DESK} with ${HQ}`,
      `wait until ${DESK} is registered`,
    ]);
    expect(planOf({ spec: { ...MANUAL, ...INACTIVE } }).steps).toEqual([
      `DisassociateAddress ${DESK} from ${OLD}: from here on it has no registered address`,
      `wait until ${DESK} is unregistered; it stays so`,
    ]);
  });

  it("says how to approve it, where the person is", () => {
    const { hash } = planOf({ spec: MANUAL });
    const annotate = `kubectl -n site annotate --overwrite phonenumberbinding desk ${ANNOTATION.approve}=${hash}`;
    expect(ruling({ spec: MANUAL }).message).toContain(annotate);
    const typed = { spec: MANUAL, approvals: [] };
    expect(ruling(typed).message).toContain(`\`--approve ${planOf(typed).hash}\``);
  });
});

describe("changePolicy Manual", () => {
  it("asks also before the number gets none", () => {
    expect(isTaken({ spec: INACTIVE })).toBe(true);
    expect(ruling({ spec: INACTIVE })).not.toHaveProperty("pendingPlan");
    expect(ruling({ spec: { ...MANUAL, ...INACTIVE } }).reason).toBe("AwaitingApproval");
  });

  const confirmed = { ...TERMINATING, annotations: { [ANNOTATION.confirmDelete]: "desk" } };
  it("does not ask again where a deletion was confirmed", () => {
    expect(isTaken({ metadata: confirmed, spec: { ...MANUAL, deletionPolicy: "Unregister" } })).toBe(true);
  });

  it("asks while a deletion only finishes a change that is open", () => {
    const number = { emergencyAddressStatus: "unregistration-failure" };
    const status = { ...APPLIED, retry: retrying(1, -1, HQ) };
    const finishing = { metadata: TERMINATING, number, status };
    expect(isTaken(finishing)).toBe(true);
    expect(ruling({ ...finishing, spec: MANUAL })).toMatchObject({
      step: { type: "None" },
      reason: "DeletionBlocked",
      pendingPlan: { domains: [] },
    });
  });
});

describe("the plan that is approved", () => {
  const hash = (given: Given): string => planOf({ spec: MANUAL, ...given }).hash;

  it("is another one for another object, generation, number, target, or request", () => {
    const others: readonly Given[] = [
      { metadata: { uid: "another" } },
      { metadata: { generation: 2 } },
      { number: { sid: sid("PN", 2) }, spec: { ...MANUAL, phoneNumberSid: sid("PN", 2) } },
      { number: { emergencyAddressSid: FOREIGN } },
      { spec: { ...MANUAL, ...INACTIVE } },
      { metadata: { annotations: { [ANNOTATION.requestedAt]: "now" } } },
    ];
    const hashes = [{}, ...others].map(hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("is the same one while only what is observed, or the sid of the target, changes", () => {
    const now = hash({});
    expect(hash({ number: { emergencyStatus: "Inactive" } })).toBe(now);
    const twin = world()
      .account()
      .address("hq")
      .tagged("hq", { sid: sid("AD", 7) })
      .binding("desk", { spec: MANUAL, status: APPLIED })
      .registered(OLD);
    expect(twin.plan("PhoneNumberBinding", "desk").pendingPlan?.hash).toBe(now);
  });

  it("is another one, and names it, when a domain's object makes the number its caller", () => {
    const named = scene({ spec: MANUAL })
      .domain("sip", { spec: { emergencyCallerRef: { name: "desk" } } })
      .twilioDomain()
      .plan("PhoneNumberBinding", "desk").pendingPlan;
    expect(named?.domains).toEqual([sid("SD", 1)]);
    expect(named?.hash).not.toBe(hash({}));
  });
});

describe("approval on the command line", () => {
  const typed = (given: Given = {}): Given => ({ spec: MANUAL, approvals: [], ...given });
  const { hash } = planOf(typed());

  it("counts for the run that names the plan, and needs no status", () => {
    const ruled = ruling(typed({ approvals: ["other", hash], status: APPLIED }));
    expect(ruled.step).toMatchObject({ type: "DisassociateAddress", approval: hash });
    expect(ruled.pendingPlan).toEqual(planOf(typed()));
    expect(ruling(typed({ approvals: ["other"] })).reason).toBe("AwaitingApproval");
  });

  it("is not what an annotation says", () => {
    const annotated = { metadata: { annotations: { [ANNOTATION.approve]: hash } } };
    const status = { ...APPLIED, pendingPlan: planOf(typed()) };
    expect(ruling(typed({ ...annotated, status })).reason).toBe("AwaitingApproval");
  });

  it("is for the manifest: its order, the uid and the generation do not matter, every field of the spec does", () => {
    const same = {
      metadata: { uid: "another", generation: 7 },
      spec: { deletionPolicy: "Retain", ...MANUAL },
    };
    expect(planOf(typed(same)).hash).toBe(hash);
    expect(
      planOf(typed({ spec: { ...MANUAL, deletionPolicy: "Unregister" }, metadata: HELD })).hash,
    ).not.toBe(hash);
    expect(planOf(typed({ spec: { ...MANUAL, suspend: false } })).hash).not.toBe(hash);
    expect(planOf({ spec: MANUAL }).hash).not.toBe(hash);
  });
});

it("an approval that was applied together with its new object does not count", () => {
  const { hash } = planOf({ spec: MANUAL, status: {} });
  const fresh = aBinding("desk", { metadata: { annotations: { [ANNOTATION.approve]: hash } }, spec: MANUAL });
  const asked = world()
    .account()
    .address("hq")
    .tagged("hq", { sid: HQ })
    .twilioAddress({ sid: OLD, street: "2 Old St" })
    .object({ ...fresh, spec: { ...fresh.spec, deletionPolicy: "Retain" }, status: undefined } as never)
    .registered(OLD)
    .plan("PhoneNumberBinding", "desk");
  expect(asked.pendingPlan?.hash).toBe(hash);
  expect(asked).toMatchObject({ step: { type: "None" }, reason: "AwaitingApproval" });
});

describe("an approval in the cluster that does not count", () => {
  const plan = planOf({ spec: MANUAL });
  const annotated = { annotations: { [ANNOTATION.approve]: plan.hash } };

  it.each([
    ["stood there before the plan", {}],
    ["was for another plan", { pendingPlan: { ...plan, hash: "another" } }],
    ["was used already", { pendingPlan: plan, usedApproval: plan.hash }],
  ])("says so, and what to do, where it %s", (_, status) => {
    const stale = ruling({ spec: MANUAL, metadata: annotated, status: { ...APPLIED, ...status } });
    expect(stale).toMatchObject({ step: { type: "None" }, reason: "AwaitingApproval" });
    expect(stale.message).toContain(
      `The approval of ${plan.hash} stood there before this plan, or was used already, and does not count: set ${ANNOTATION.requestedAt} to a new value and approve the new hash.`,
    );
    expect(stale.memory).toMatchObject({ usedApproval: plan.hash });
  });
});
