/** The number shall be registered at the Address of its EmergencyAddress object. */
import { isDeleting, type PhoneNumberBinding } from "../../api/objects.ts";
import type { FailedTarget } from "../address/facts.ts";
import { countryMatch, hasFailed, type NumberFacts } from "./facts.ts";
import { askForActive } from "./emergency-status.ts";
import { accountName } from "../policy.ts";
import { look, wait, type Rule, type Ruling } from "../rule.ts";
import type { Slot } from "../slot.ts";
import { disassociateFailed, lagging, notEnabled, pending, unknownStatus } from "./shared-rules.ts";
import { takeAway } from "./take-away.ts";

export const ACTIVE_RULES: readonly Rule<NumberFacts>[] = [
  { name: "Twilio is working on the slot: wait", rule: pending },
  { name: "registered without a sid is a lag, then a fault", rule: lagging },
  { name: "a failed registration at the target is recorded before any other write", rule: recordFailure },
  { name: "registered at the target: EmergencyStatus is asked for once", rule: askActiveOnce },
  { name: "registered at the target: settled", rule: settled },
  {
    name: "unregistration failed: tried again slowly, unless the spec wants that very Address",
    rule: unregistrationFailed,
  },
  { name: "registered elsewhere after the target failed: stays there", rule: backAfterFailure },
  { name: "registered elsewhere, and there is no target yet: stays there", rule: staysWithoutTarget },
  {
    name: "registered elsewhere, and another number failed at the target: stays there",
    rule: rolloutStopped,
  },
  { name: "registered elsewhere, and the target is of another country: stays there", rule: staysInCountry },
  {
    name: "registered elsewhere, and Twilio refused to disassociate: tried again slowly",
    rule: refusedTakeAway,
  },
  { name: "registered elsewhere: its address is taken away, with permission and budget", rule: moveToTarget },
  { name: "a failed slot that can go on is emptied", rule: emptyFailed },
  { name: "a failed slot that cannot go on rests on the slow retry", rule: failedForGood },
  { name: "an Address not enabled for emergencies is a lag, then emptied", rule: notEnabled },
  { name: "free, and the target will not do: the way back", rule: wayBack },
  { name: "free, and there is no target: wait for it", rule: noTarget },
  { name: "free, and the target is of another country", rule: countryMismatch },
  { name: "free, and the last attempt was refused: tried again slowly", rule: refusedAssociation },
  { name: "free: associate", rule: associate },
  { name: "a status of Twilio's that nobody knows", rule: unknownStatus },
];

function recordFailure(facts: NumberFacts): Ruling | undefined {
  const { number, owned } = facts;
  const failedAt = failedAddress(facts, facts.slot);
  if (failedAt === undefined || owned?.equivalents.has(failedAt) !== true) return undefined;
  if (hasFailed(facts, failedAt)) return undefined;
  const { namespace, name } = owned.object.metadata;
  return {
    step: {
      type: "RecordFailedTarget",
      address: { kind: "EmergencyAddress", namespace, name },
      addressSid: failedAt,
      phoneNumberSid: number.sid,
    },
    reason: "RegistrationFailed",
    message: failureMessage(facts, failedAt),
  };
}

/** Twilio may empty the slot on failure; then only our own last write tells where it failed. */
function failedAddress(facts: NumberFacts, slot: Slot): string | undefined {
  if (slot.kind === "failed") return slot.sid;
  if (slot.kind !== "free" || !slot.failed || facts.target === undefined) return undefined;
  const last = facts.world.lastWrite(facts.object)?.signature;
  return last?.startsWith(`AssociateAddress ${facts.number.sid} ${facts.target.sid} `) === true
    ? facts.target.sid
    : undefined;
}

function failureMessage({ object }: NumberFacts, sid: string): string {
  return `Twilio could not register the number at ${sid} (${nameOfWanted(object)}). Check that the address exists as written and serves this number; Twilio's support can say why.`;
}

function nameOfWanted({ spec }: PhoneNumberBinding): string {
  return `EmergencyAddress "${spec.addressRef?.name ?? ""}"`;
}

function askActiveOnce(facts: NumberFacts): Ruling | undefined {
  return facts.atTarget ? askForActive(facts) : undefined;
}

function settled(facts: NumberFacts): Ruling | undefined {
  return facts.atTarget
    ? wait("Registered", `Registered at ${facts.number.emergencyAddressSid}.`)
    : undefined;
}

function unregistrationFailed(facts: NumberFacts): Ruling | undefined {
  const { slot } = facts;
  if (slot.kind !== "unregistrationFailed") return undefined;
  const message =
    "Twilio could not unregister the number's address; it may still be registered. Twilio's support can say why.";
  const wantsThat = slot.sid !== null && isEquivalent(facts, slot.sid);
  if (wantsThat || facts.retry.kind !== "due" || !isOpenTarget(facts))
    return wait("UnregistrationFailed", message, { ...retryAt(facts), watch: "UnregistrationFailed" });
  return takeAway(facts, slot.sid ?? facts.operation?.target ?? "");
}

/** There is a target, it is of the number's country, and no number failed there. */
function isOpenTarget(facts: NumberFacts): boolean {
  const { target } = facts;
  return (
    target !== undefined && failuresAt(facts, target.sid).length === 0 && countryMatch(facts, target) !== "no"
  );
}

function failuresAt({ failedTargets }: NumberFacts, sid: string): readonly FailedTarget[] {
  return failedTargets.filter((entry) => entry.addressSid === sid);
}

function isEquivalent({ owned }: NumberFacts, sid: string): boolean {
  return owned?.equivalents.has(sid) === true;
}

function retryAt({ retry }: NumberFacts): { readonly wakeAt?: number } {
  return retry.kind === "waiting" ? { wakeAt: retry.retry.nextTime } : {};
}

function backAfterFailure(facts: NumberFacts): Ruling | undefined {
  const { slot, target } = facts;
  if (slot.kind !== "registered" || target === undefined || !facts.targetFailed) return undefined;
  const cure = `Correct the EmergencyAddress, or set requested-at on this object to try ${target.sid} again.`;
  return wait(
    "RegistrationFailed",
    `Registration at ${target.sid} failed. The number is protected by ${slot.sid}, where it was before. ${cure}`,
    { settled: true },
  );
}

function staysWithoutTarget(facts: NumberFacts): Ruling | undefined {
  if (facts.slot.kind !== "registered" || facts.target !== undefined) return undefined;
  const { reason, message } = whyNoTarget(facts);
  return wait(reason, `${message} Meanwhile the number stays registered at ${facts.slot.sid}.`);
}

/** Something that will come, unless the two objects belong to different accounts. */
function whyNoTarget({ addressObject, object, account, world }: NumberFacts): Ruling {
  const what = nameOfWanted(object);
  if (addressObject === undefined)
    return wait("WaitingForAddress", `${what} does not exist in this namespace.`);
  if (isDeleting(addressObject)) return wait("WaitingForAddress", `${what} is being deleted.`);
  const { namespace } = addressObject.metadata;
  const its = world.account(namespace, accountName(addressObject))?.object.spec.accountSid;
  const { accountSid } = account.view;
  if (its === undefined || its === accountSid)
    return wait("WaitingForAddress", `${what} has no validated Address at Twilio yet.`);
  return wait(
    "AccountMismatch",
    `${what} is of account ${its}, but this number of ${accountSid}. Name one in spec.addressRef whose spec.accountRef stands for ${accountSid} too.`,
  );
}

function rolloutStopped(facts: NumberFacts): Ruling | undefined {
  const { slot, target } = facts;
  if (slot.kind !== "registered" || target === undefined) return undefined;
  const failed = failuresAt(facts, target.sid);
  if (failed.length === 0) return undefined;
  const where = failed.map((entry) => entry.phoneNumberSid).join(", ");
  return wait(
    "RolloutStopped",
    `Registration at ${target.sid} failed for ${where}, so this number stays at ${slot.sid}, registered. Correct the EmergencyAddress, or set requested-at on the binding that failed.`,
  );
}

function staysInCountry(facts: NumberFacts): Ruling | undefined {
  return facts.slot.kind === "registered" ? countryMismatch(facts) : undefined;
}

function countryMismatch(facts: NumberFacts): Ruling | undefined {
  const { target } = facts;
  if (target === undefined || countryMatch(facts, target) !== "no") return undefined;
  return wait(
    "CountryMismatch",
    `The number is not of ${target.isoCountry}, the country of ${target.sid}. Refer to an EmergencyAddress in the number's own country.`,
  );
}

function refusedTakeAway(facts: NumberFacts): Ruling | undefined {
  return facts.slot.kind === "registered" ? refused(facts) : undefined;
}

/** The last write of this object was refused, and the slow retry is not due. */
export function refused({ object, retry }: Pick<NumberFacts, "object" | "retry">): Ruling | undefined {
  if (retry.kind !== "waiting") return undefined;
  const { lastError: error } = object.status ?? {};
  if (error === undefined) return undefined;
  const code = error.code === undefined ? "" : ` ${error.code}`;
  return wait(
    "RejectedByTwilio",
    `Twilio refused (error${code}, request ${error.requestId ?? "unknown"}): ${error.message}`,
    {
      wakeAt: retry.retry.nextTime,
    },
  );
}

function moveToTarget(facts: NumberFacts): Ruling | undefined {
  return facts.slot.kind === "registered" ? takeAway(facts, facts.slot.sid) : undefined;
}

/** Taking nothing away: the new target, the way back, a person's request or the slow retry go on from an empty slot. */
function emptyFailed(facts: NumberFacts): Ruling | undefined {
  const { slot } = facts;
  if (slot.kind !== "failed") return undefined;
  const goesOn =
    facts.retry.kind === "due" || hasNewTarget(facts, slot.sid) || goesBackFirst(facts, slot.sid);
  return goesOn ? disassociateFailed(facts, slot.sid) : undefined;
}

function hasNewTarget(facts: NumberFacts, failedAt: string): boolean {
  return facts.target !== undefined && !isEquivalent(facts, failedAt) && !facts.targetFailed;
}

/** The first failure in mid-change does not wait for the slow retry. */
function goesBackFirst(facts: NumberFacts, failedAt: string): boolean {
  if (facts.retry.kind !== "none" || !facts.midChange) return false;
  const { wayBack: back } = facts;
  return back !== undefined && back !== failedAt && (facts.targetFailed || facts.target === undefined);
}

function failedForGood(facts: NumberFacts): Ruling | undefined {
  const { slot } = facts;
  if (slot.kind !== "failed") return undefined;
  const message = `${failureMessage(facts, slot.sid)} The number has no registered address. requested-at on this object tries at once.`;
  return wait("RegistrationFailed", message, { ...retryAt(facts), watch: "RegistrationFailed" });
}

/** S11: a number that we left without protection goes where it can, even if that is where it came from. */
function wayBack(facts: NumberFacts): Ruling | undefined {
  const { slot, number } = facts;
  if (slot.kind !== "free" || !(facts.midChange || facts.targetFailed)) return undefined;
  const { wayBack: back, target } = facts;
  if (back === undefined) return undefined;
  if (target !== undefined && countryMatch(facts, target) !== "no" && !prefersWayBack(facts))
    return undefined;
  const held = refused(facts);
  if (held !== undefined) return { ...held, reason: "RegistrationFailed" };
  return {
    step: { type: "AssociateAddress", numberSid: number.sid, addressSid: back },
    reason: "PendingRegistration",
    message: `The number goes back to ${back}, since the wanted Address cannot be had now.`,
  };
}

/** The first time after a failure: the way back. On the slow retry the wanted Address and the way back take turns. */
function prefersWayBack(facts: NumberFacts): boolean {
  if (!facts.targetFailed) return false;
  const { retry } = facts;
  return retry.kind === "none" || retry.retry.count % 2 === 0;
}

function noTarget(facts: NumberFacts): Ruling | undefined {
  if (facts.slot.kind !== "free" || facts.target !== undefined) return undefined;
  return whyNoTarget(facts);
}

function refusedAssociation(facts: NumberFacts): Ruling | undefined {
  if (facts.slot.kind !== "free") return undefined;
  const held = refused(facts);
  return held === undefined || !facts.targetFailed ? held : { ...held, reason: "RegistrationFailed" };
}

function associate(facts: NumberFacts): Ruling | undefined {
  const { target, number, account, object, slot } = facts;
  if (slot.kind !== "free" || target === undefined) return undefined;
  const seen = account.view.address(target.sid);
  if (seen?.missing === true) return look(object, { type: "GetAddress", sid: target.sid });
  return {
    step: { type: "AssociateAddress", numberSid: number.sid, addressSid: target.sid },
    reason: "PendingRegistration",
    message: `The number is being registered at ${target.sid}.`,
  };
}
