/** Where an object stands on its way. */
import { findCondition } from "../../api/conditions.ts";
import { keyOf, type AnyObject } from "../../api/objects.ts";
import type { PendingPlan } from "../../api/types.gen.ts";

/** `approval`: waits for a person's yes. `fault`: for a person's correction. `working`: for us or for Twilio. */
export type Standing = "settled" | "approval" | "fault" | "working";

/** Nothing happens to these until their spec changes. */
const HELD: ReadonlySet<string> = new Set(["Suspended", "Observing"]);

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
  const found = new Map<string, Standing>();
  const of = (object: AnyObject): Standing => {
    const known = found.get(keyOf(object));
    if (known !== undefined) return known;
    // Should two ever wait for each other, they work.
    found.set(keyOf(object), "working");
    const needed = neededBy(object);
    const need = needed === undefined ? undefined : byKey.get(needed);
    const own = standingOf(object);
    const standing =
      needed === undefined || own !== "working" ? own : need === undefined ? "fault" : inherited(of(need));
    found.set(keyOf(object), standing);
    return standing;
  };
  for (const object of objects) of(object);
  return found;
}

function inherited(standing: Standing): Standing {
  return standing === "settled" ? "working" : standing;
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

export interface Fault {
  /** `Kind/namespace/name`. */
  readonly object: string;
  readonly reason: string;
  readonly message: string;
}

/** What a person must correct, or what waits for that. */
export function faultsOf(objects: readonly AnyObject[]): readonly Fault[] {
  const standings = standingsOf(objects);
  return objects
    .filter((object) => standings.get(keyOf(object)) === "fault")
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
