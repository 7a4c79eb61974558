/** Where an object stands on its way. */
import { findCondition } from "../../api/conditions.ts";
import { keyOf, type AnyObject } from "../../api/objects.ts";
import type { PendingPlan } from "../../api/types.gen.ts";
import { accountName } from "../../plan/policy.ts";

/**
 * `approval`: waits for a person's yes. `fault`: for a person's correction. `frozen`: for a person's end of a freeze.
 * `working`: for us or for Twilio.
 */
export type Standing = "settled" | "approval" | "fault" | "frozen" | "working";

/** Nothing happens to these until their spec changes. */
const HELD: ReadonlySet<string> = new Set(["Suspended", "Observing"]);

/** By its own status alone: what is frozen works, for all that this shows. */
export function standingOf(object: AnyObject): Standing {
  const ready = findCondition(object.status?.conditions, "Ready");
  if (ready === undefined || object.status?.observedGeneration !== object.metadata.generation)
    return "working";
  if (isStalled(object)) return "fault";
  if (ready.status === "True" || HELD.has(ready.reason)) return "settled";
  return pendingPlanOf(object) === undefined ? "working" : "approval";
}

/** The same for all of them, where a wait for an object that a person must deal with is that person's too. */
export function standingsOf(objects: readonly AnyObject[]): ReadonlyMap<string, Standing> {
  const byKey = new Map(objects.map((object) => [keyOf(object), object]));
  const frozen = frozenAccounts(objects);
  const found = new Map<string, Standing>();
  const waiting = (object: AnyObject): Standing => {
    if (isFrozen(object, frozen)) return "frozen";
    const needed = neededBy(object);
    if (needed === undefined) return "working";
    const need = byKey.get(needed);
    return need === undefined ? "fault" : inherited(of(need));
  };
  const of = (object: AnyObject): Standing => {
    const known = found.get(keyOf(object));
    if (known !== undefined) return known;
    // Should two ever wait for each other, they work.
    found.set(keyOf(object), "working");
    const own = standingOf(object);
    const standing = own === "working" ? waiting(object) : own;
    found.set(keyOf(object), standing);
    return standing;
  };
  for (const object of objects) of(object);
  return found;
}

function inherited(standing: Standing): Standing {
  return standing === "settled" ? "working" : standing;
}

/** `namespace/name` of the TwilioAccounts whose Twilio account any of them freezes. */
function frozenAccounts(objects: readonly AnyObject[]): ReadonlySet<string> {
  const accounts = objects.filter((object) => object.kind === "TwilioAccount");
  const sids = new Set(
    accounts.filter(({ spec }) => spec.maxUnprotected === 0).map(({ spec }) => spec.accountSid),
  );
  return new Set(
    accounts
      .filter(({ spec }) => sids.has(spec.accountSid))
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
  );
}

function isFrozen(object: AnyObject, frozen: ReadonlySet<string>): boolean {
  if (object.kind === "TwilioAccount") return false;
  const reason = findCondition(object.status?.conditions, "Ready")?.reason;
  return reason === "WaitingForBudget" && frozen.has(`${object.metadata.namespace}/${accountName(object)}`);
}

/** Key of the object that this one waits for, as its Ready condition says. */
function neededBy(object: AnyObject): string | undefined {
  const { namespace } = object.metadata;
  const reason = findCondition(object.status?.conditions, "Ready")?.reason;
  if (reason === "WaitingForAddress") return `EmergencyAddress/${namespace}/${refOf(object, "addressRef")}`;
  if (reason === "WaitingForNumber")
    return `PhoneNumberBinding/${namespace}/${refOf(object, "emergencyCallerRef")}`;
  return undefined;
}

function refOf({ spec }: AnyObject, field: string): string {
  return (
    (spec as unknown as Readonly<Record<string, { readonly name?: string } | undefined>>)[field]?.name ?? ""
  );
}

function isStalled(object: AnyObject): boolean {
  return findCondition(object.status?.conditions, "Stalled")?.status === "True";
}

const ASKS: ReadonlySet<string> = new Set(["AwaitingApproval", "InUse", "DeletionBlocked"]);

/** The plan that somebody must approve before anything more happens. */
function pendingPlanOf(object: AnyObject): PendingPlan | undefined {
  if (object.kind !== "PhoneNumberBinding") return undefined;
  const reason = findCondition(object.status?.conditions, "Ready")?.reason ?? "";
  return ASKS.has(reason) ? object.status?.pendingPlan : undefined;
}

/** What Ready says of an object that is not settled. */
export interface Obstacle {
  /** `Kind/namespace/name`. */
  readonly object: string;
  readonly reason: string;
  readonly message: string;
}

/** What a person must correct, or what waits for that. */
export function faultsOf(objects: readonly AnyObject[]): readonly Obstacle[] {
  return obstaclesOf(objects, ["fault"]);
}

export function obstaclesOf(objects: readonly AnyObject[], which: readonly Standing[]): readonly Obstacle[] {
  const standings = standingsOf(objects);
  return objects
    .filter((object) => which.includes(standings.get(keyOf(object)) ?? "settled"))
    .map((object) => {
      const ready = findCondition(object.status?.conditions, "Ready");
      return { object: keyOf(object), reason: ready?.reason ?? "", message: ready?.message ?? "" };
    });
}

export interface Approval {
  readonly object: string;
  readonly hash: string;
  /** Sid of the Address that the number would lose. */
  readonly takesAway: string;
  readonly domains: readonly string[];
}

export function approvalsOf(objects: readonly AnyObject[]): readonly Approval[] {
  return objects.flatMap((object) => {
    const plan = pendingPlanOf(object);
    if (plan === undefined || object.kind !== "PhoneNumberBinding") return [];
    const takesAway = object.status?.emergencyAddressSid ?? "";
    return [{ object: keyOf(object), hash: plan.hash, takesAway, domains: plan.domains ?? [] }];
  });
}
