/**
 * PhoneNumberBinding: the number has the wanted emergency address, registered; or none at all.
 *
 *   free ──Associate──▶ pending-registration ──▶ registered (settled)
 *    ▲                          └──▶ failed ──Disassociate──▶ free ──▶ the way back
 *    └──◀── pending-unregistration ◀──Disassociate (takes protection away)── registered elsewhere
 */
import { isDeleting, type PhoneNumberBinding } from "../api/objects.ts";
import type { FailedTarget } from "./address/facts.ts";
import { ACTIVE_RULES } from "./binding/active.ts";
import { DELETION_RULES, heldByDeletion } from "./binding/deletion.ts";
import { INACTIVE_RULES } from "./binding/inactive.ts";
import { BindingFacts, isSettled, NumberFacts, retryInputs } from "./binding/facts.ts";
import { rivalOfBinding } from "./claims.ts";
import { addFinalizer, asksForWork, hasFinalizer } from "./deletion.ts";
import { lookForNumber, numberName } from "./lookup.ts";
import { notConverging } from "./convergence.ts";
import { mayWrite, underPolicy, usableAccount } from "./policy.ts";
import { firstRuling, look, stillWorking, wait, type NamedRuling, type Rule, type Ruling } from "./rule.ts";
import { unhandledRequest } from "./retry.ts";
import { bindingMemory } from "./binding/memory.ts";
import { isWrite } from "./step.ts";
import type { World } from "./world.ts";

export function planBinding(world: World, object: PhoneNumberBinding): NamedRuling {
  const account = usableAccount(world, object);
  if ("reason" in account) return account;
  const facts = new BindingFacts(world, account, object);
  const ruling = remembering(facts, ruleOnBinding(facts));
  return underPolicy(world, object, account, notConverging(world, object, ruling));
}

/** Would this binding take a registered address away now if the budget allowed it? */
export function readyToTakeAway(world: World, object: PhoneNumberBinding): boolean {
  const account = usableAccount(world, object);
  if ("reason" in account || !mayWrite(world, object, account)) return false;
  const ruling = ruleOnBinding(new BindingFacts(world, account, object, true));
  const { step } = notConverging(world, object, ruling);
  return step.type === "DisassociateAddress" && step.takesAway;
}

/** What the rules alone say; without what is to be remembered, and before the policies. */
export function ruleOnBinding(facts: BindingFacts): NamedRuling {
  const known = knownNumber(facts);
  if (known === undefined) return firstRuling(MISSING_RULES, facts);
  const ruling = firstRuling(rulesFor(known), known);
  return isDeleting(known.object) ? heldByDeletion(known, ruling) : ruling;
}

function knownNumber(facts: BindingFacts): NumberFacts | undefined {
  const { seen } = facts;
  return seen === undefined || seen.missing ? undefined : new NumberFacts(facts, seen);
}

function remembering(facts: BindingFacts, ruling: NamedRuling): NamedRuling {
  const known = knownNumber(facts);
  if (known === undefined) return ruling;
  const inputs = isWrite(ruling.step) ? { inputs: retryInputs(known) } : {};
  // Under Observe or suspend they are cleared later: the request is not done with.
  const unheard =
    facts.mode !== "manage" && requestedToClear(known).length > 0 ? { unheard: true as const } : {};
  return { ...ruling, ...inputs, ...unheard, memory: { ...bindingMemory(known, ruling), ...ruling.memory } };
}

function rulesFor(facts: NumberFacts): readonly Rule<NumberFacts>[] {
  const start = isDeleting(facts.object) ? DELETION_RULES : LIVE_RULES;
  return [...start, ...wantedRules(facts)];
}

function wantedRules({ wanted }: NumberFacts): readonly Rule<NumberFacts>[] {
  return wanted === "Active" ? ACTIVE_RULES : INACTIVE_RULES;
}

/** While the number is not known. */
export const MISSING_RULES: readonly Rule<BindingFacts>[] = [
  { name: "a terminating object without our finalizer is not ours to hold", rule: goingAnyway },
  { name: "a number missing from a listing is looked for directly", rule: lookForMissing },
  { name: "a terminating object whose number is gone is released", rule: releaseWithoutNumber },
  { name: "a number that is not in the account is a fault after the grace", rule: numberNotFound },
];

/** Before the rules of the wanted state, while the object lives. */
export const LIVE_RULES: readonly Rule<NumberFacts>[] = [
  { name: "another object owns the number", rule: conflict },
  { name: "a person's request clears this number's failed targets", rule: clearOnRequest },
  { name: "what was observed before our last write is observed again", rule: observeAgain },
  { name: "a deletionPolicy that asks for work needs the finalizer", rule: addFinalizer },
  { name: "a finalizer that nothing needs any more is released", rule: releaseUnneeded },
];

function goingAnyway({ object }: BindingFacts): Ruling | undefined {
  if (!isDeleting(object) || hasFinalizer(object)) return undefined;
  return { ...wait("Pending", "Being deleted."), keep: true };
}

function lookForMissing({ account, object, seen, world }: BindingFacts): Ruling | undefined {
  if (seen !== undefined) return look(object, { type: "GetNumber", sid: seen.value.sid });
  const absent = account.view.absentAt(numberName(object));
  return absent === undefined || absent < world.trustedSince
    ? look(object, lookForNumber(object))
    : undefined;
}

function releaseWithoutNumber({ object }: BindingFacts): Ruling | undefined {
  if (!isDeleting(object)) return undefined;
  return {
    step: { type: "ReleaseFinalizer" },
    reason: "NumberNotFound",
    message: "The number is not in the account: nothing is left to do.",
  };
}

function numberNotFound({ world, account, object }: BindingFacts): Ruling {
  const since = world.watchedSince(object, "NumberNotFound") ?? world.now;
  const until = since + world.timings.grace;
  const what = numberName(object).startsWith("PN") ? numberName(object) : "The number in spec.phoneNumber";
  const message = `${what} is not in account ${account.view.accountSid}. Buy or transfer it there, or correct the spec.`;
  const ruling = wait("NumberNotFound", message, { watch: "NumberNotFound" });
  if (world.now >= until) return ruling;
  return stillWorking({ ...ruling, wakeAt: until, poll: lookForNumber(object) });
}

/** The loser's record is void, and with it what the record held: budget and finalizer. */
function conflict({ world, account, object, number }: NumberFacts): Ruling | undefined {
  const rival = rivalOfBinding(world, account, object, number);
  if (rival === undefined) return undefined;
  const { namespace, name } = rival.metadata;
  const message = `PhoneNumberBinding ${namespace}/${name} already stands for ${number.sid}: this one writes nothing. Delete one of the two.`;
  const ruling = wait("Conflict", message, { memory: { operation: null, previousAddressSid: null } });
  const isHeldByRecord = hasFinalizer(object) && !asksForWork(object);
  return isHeldByRecord ? { ...ruling, step: { type: "ReleaseFinalizer" } } : ruling;
}

/** requested-at means "try again": it clears the entries of this number, and only these. */
function clearOnRequest(facts: NumberFacts): Ruling | undefined {
  const { addressObject } = facts;
  const entries = requestedToClear(facts);
  if (facts.mode !== "manage" || addressObject === undefined || entries.length === 0) return undefined;
  const { namespace, name } = addressObject.metadata;
  return {
    step: {
      type: "ClearFailedTargets",
      address: { kind: "EmergencyAddress", namespace, name },
      entries: entries.map(({ addressSid, phoneNumberSid }) => ({ addressSid, phoneNumberSid })),
    },
    reason: "PendingRegistration",
    message: "Asked to try again: the failure recorded for this number is cleared.",
    // A pass that did something else, and only then saw the request, must not note it as handled: this is still to be done.
    keep: true,
  };
}

/** The failures recorded for this number that a person has asked to forget, and that still stand there. */
function requestedToClear({ object, failedTargets, number }: NumberFacts): readonly FailedTarget[] {
  if (unhandledRequest(object) === undefined) return [];
  return failedTargets.filter((entry) => entry.phoneNumberSid === number.sid);
}

function observeAgain(facts: NumberFacts): Ruling | undefined {
  return facts.isEvident ? undefined : look(facts.object, { type: "GetNumber", sid: facts.number.sid });
}

/**
 * Only when protection is settled: outside a change nothing needs it but a deletionPolicy. Nor is it released in front of
 * a disassociation, which would set it again: where the record cannot be written the two would take turns for ever.
 */
function releaseUnneeded(facts: NumberFacts): Ruling | undefined {
  const { object } = facts;
  if (!hasFinalizer(object) || !isSettled(facts) || facts.operation !== undefined) return undefined;
  if (asksForWork(object) && facts.mode !== "observe") return undefined;
  if (facts.mode === "manage" && isAboutToChange(facts)) return undefined;
  return {
    step: { type: "ReleaseFinalizer" },
    reason: "Pending",
    message: "No change is open: the finalizer is released.",
    keep: true,
  };
}

function isAboutToChange(facts: NumberFacts): boolean {
  return firstRuling(wantedRules(facts), facts).step.type === "DisassociateAddress";
}
