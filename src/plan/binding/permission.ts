/**
 * May a registered address be taken away? Without asking only when the Address is ours, the spec asks for the change,
 * changePolicy is Rolling, no enabled domain has the number as its caller and the country is certain. Everything else
 * needs the approval of exactly this plan.
 */
import { ANNOTATION } from "../../api/names.ts";
import { annotation, isDeleting, type PhoneNumberBinding } from "../../api/objects.ts";
import { shortHash, unambiguous } from "../../lib/hash.ts";
import type { DomainRecord } from "../../twilio/types.ts";
import { blockingDomains, domainsOfNumber } from "../domain/domains-of-number.ts";
import { countryMatch, type NumberFacts } from "./facts.ts";
import { isOurs } from "../address/ownership.ts";
import type { PendingPlan, Ruling } from "../rule.ts";
import { wait } from "../rule.ts";
import { WORKING } from "../../api/reasons.ts";

export type Permission =
  | { readonly kind: "granted"; readonly approval?: string; readonly pendingPlan?: PendingPlan }
  | { readonly kind: "asked"; readonly ruling: Ruling };

/** Permission to disassociate the number from `taken`, where it is (or may still be) registered. */
export function permission(facts: NumberFacts, taken: string): Permission {
  const blocking = blockingDomains(facts.world, facts.account, facts.number.sid);
  const objections = objectionsTo(facts, taken, blocking);
  if (objections.length === 0) return { kind: "granted" };
  const plan = planToApprove(facts, taken);
  const given = approvalGiven(facts, plan.hash);
  if (given === "accepted") return { kind: "granted", approval: plan.hash, pendingPlan: plan };
  return {
    kind: "asked",
    ruling: askRuling(facts, { plan, blocking, objections, stale: given === "stale" }),
  };
}

function objectionsTo(
  facts: NumberFacts,
  taken: string,
  blocking: readonly DomainRecord[],
): readonly string[] {
  const { account, applied, owned, target } = facts;
  const isForeign = !isOurs(account.view.address(taken)?.value, { sid: taken, owned, applied });
  const isUncertain = target !== undefined && countryMatch(facts, target) === "unknown";
  const objections: readonly (readonly [boolean, string])[] = [
    [isForeign, `${taken} was not put there by this object for its present spec`],
    [isManual(facts), "changePolicy is Manual"],
    [blocking.length > 0, `it is the emergency caller of ${names(blocking)}`],
    [isUncertain, `whether the number belongs to ${target?.isoCountry ?? ""} cannot be told from it`],
  ];
  return objections.filter(([applies]) => applies).map(([, text]) => text);
}

/** A confirmed deletion is an approval of its own. */
function isManual({ object, wanted }: NumberFacts): boolean {
  const isConfirmed = isDeleting(object) && wanted === "Inactive";
  return object.spec.changePolicy === "Manual" && !isConfirmed;
}

function names(domains: readonly DomainRecord[]): string {
  return domains.map((domain) => domain.domainName).join(", ");
}

/** Covers what is taken away and why, never observed states or the budget: it does not change under way. */
function planToApprove(facts: NumberFacts, taken: string): PendingPlan {
  const { object, number, owned, target, world } = facts;
  const { namespace, name } = object.metadata;
  const domains = domainsOfNumber(world, facts.account, { sid: number.sid, binding: { namespace, name } });
  // The target is named by its content: the sid of the same content may change under way.
  const goal = target === undefined ? "" : (owned?.wantedHash ?? "");
  const identity =
    world.commandLine === undefined
      ? [object.metadata.uid, String(object.metadata.generation)]
      : [namespace, name, specText(object)];
  const requested = annotation(object, ANNOTATION.requestedAt) ?? "";
  const sids = domains.map((domain) => domain.sid);
  const hash = shortHash(unambiguous([...identity, number.sid, taken, goal, ...sids, requested]), 16);
  const steps = [
    `DisassociateAddress ${number.sid} from ${taken}: from here on it has no registered address`,
  ];
  if (target === undefined) steps.push(`wait until ${number.sid} is unregistered; it stays so`);
  else
    steps.push(`AssociateAddress ${number.sid} with ${target.sid}`, `wait until ${number.sid} is registered`);
  return { hash, steps, domains: sids };
}

function specText(object: PhoneNumberBinding): string {
  return unambiguous(
    Object.entries(object.spec)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([field, value]) => [field, JSON.stringify(value)]),
  );
}

/** An approval counts once, and only if it was written after the plan that it names. */
function approvalGiven(facts: NumberFacts, hash: string): "accepted" | "absent" | "stale" {
  const { object, world } = facts;
  if (world.commandLine !== undefined)
    return world.commandLine.approvals.includes(hash) ? "accepted" : "absent";
  if (annotation(object, ANNOTATION.approve) !== hash) return "absent";
  const isFresh = object.status?.pendingPlan?.hash === hash && object.status.usedApproval !== hash;
  return isFresh ? "accepted" : "stale";
}

interface Question {
  readonly plan: PendingPlan;
  readonly blocking: readonly DomainRecord[];
  readonly objections: readonly string[];
  readonly stale: boolean;
}

function askRuling(facts: NumberFacts, question: Question): Ruling {
  const { plan, blocking, objections, stale } = question;
  const intent = facts.target === undefined ? "unregister its address" : `move it to ${facts.target.sid}`;
  const why = `To ${intent}, its registered address must be taken away, which needs approval because ${objections.join("; ")}.`;
  const memory = stale ? { memory: { usedApproval: plan.hash } } : {};
  const message = `${why} ${cure(facts, plan, stale)}${otherWays(facts, blocking)}`;
  const deleting = isDeleting(facts.object);
  const reason = deleting ? "DeletionBlocked" : blocking.length > 0 ? "InUse" : "AwaitingApproval";
  return { ...wait(reason, message, { pendingPlan: plan, ...memory }), class: WORKING };
}

function cure(facts: NumberFacts, plan: PendingPlan, stale: boolean): string {
  const { namespace, name } = facts.object.metadata;
  if (stale) {
    return `The approval of ${plan.hash} stood there before this plan, or was used already, and does not count: set ${ANNOTATION.requestedAt} to a new value and approve the new hash.`;
  }
  if (facts.world.commandLine !== undefined) return `Approve it with \`--approve ${plan.hash}\`.`;
  const command = `kubectl -n ${namespace} annotate --overwrite phonenumberbinding ${name} ${ANNOTATION.approve}=${plan.hash}`;
  return `Approve it with \`${command}\`.`;
}

function otherWays(facts: NumberFacts, blocking: readonly DomainRecord[]): string {
  if (blocking.length > 0) return ` Or give ${names(blocking)} another emergency caller first.`;
  if (isDeleting(facts.object)) return " Or set spec.deletionPolicy to Retain.";
  return " If the Address is the one you want, name it in spec.sid of a new EmergencyAddress and refer to that, use the --owner-id it was made under, or start from `import`: these cost no protection.";
}
