/** What a binding must remember across passes, and when it may forget: pure bookkeeping over one look. */
import { ANNOTATION } from "../../api/names.ts";
import { annotation, type PhoneNumberBinding } from "../../api/objects.ts";
import type { NumberFacts } from "./facts.ts";
import { isSettled, retryInputs } from "./facts.ts";
import { forgetRequest } from "./emergency-status.ts";
import { nextRetry, storedRetry } from "../retry.ts";
import { classOf, type NamedRuling } from "../rule.ts";

type Memory = Readonly<Record<string, unknown>>;

/** How many Addresses a binding remembers to have put on its number. */
const APPLIED = 4;

export function bindingMemory(facts: NumberFacts, ruling: NamedRuling): Memory {
  return {
    ...recordMemory(facts, ruling),
    ...appliedMemory(facts),
    ...forgetRequest(facts),
    ...retryMemory(facts, ruling),
  };
}

const OVER: Memory = { operation: null, previousAddressSid: null };

/** The write-ahead record: begun once the slot has changed, over once protection is settled, dropped if not to be sent. */
function recordMemory(facts: NumberFacts, ruling: NamedRuling): Memory {
  // A look that began before our last write, or a listing that lags, says nothing about what the write did.
  if (!facts.isEvident) return {};
  const { object, operation } = facts;
  if (isSettled(facts)) return settledRecord(facts, ruling);
  if (operation === undefined || operation.begun) return {};
  return { operation: { ...operation, begun: true }, ...usedApproval(object) };
}

function settledRecord({ object, operation, slot }: NumberFacts, ruling: NamedRuling): Memory {
  if (operation === undefined) return forgottenWayBack(object);
  const isUntouched = slot.kind === "registered" && !operation.begun && slot.sid === operation.target;
  if (!isUntouched) return OVER;
  return isStillSent(ruling, operation.target) ? {} : OVER;
}

function forgottenWayBack({ status }: PhoneNumberBinding): Memory {
  return status?.previousAddressSid === undefined ? {} : OVER;
}

function isStillSent(ruling: NamedRuling, target: string | undefined): boolean {
  if (ruling.keep === true) return true;
  return ruling.step.type === "DisassociateAddress" && ruling.step.addressSid === target;
}

/** The answer was lost, but the slot has changed: the approval that permitted it is used all the same. */
function usedApproval(object: PhoneNumberBinding): Memory {
  const approved = annotation(object, ANNOTATION.approve);
  return approved !== undefined && object.status?.pendingPlan?.hash === approved
    ? { usedApproval: approved }
    : {};
}

/** An Address at which we found the number settled as desired counts as put there by this object. */
function appliedMemory(facts: NumberFacts): Memory {
  const { object, slot } = facts;
  return slot.kind === "registered" && facts.atTarget ? withApplied(object, slot.sid) : {};
}

export function withApplied(object: PhoneNumberBinding, sid: string): Memory {
  const applied = object.status?.appliedAddressSids ?? [];
  return applied.includes(sid) ? {} : { appliedAddressSids: [...applied, sid].slice(-APPLIED) };
}

/** First failure: entered. Started over: due now. Settled: forgotten, with the last error. */
function retryMemory(facts: NumberFacts, ruling: NamedRuling): Memory {
  if (classOf(ruling).ready === "True" && ruling.step.type === "None")
    return { retry: null, lastError: null };
  const { retry, world } = facts;
  // The label stays where a deletion gives another reason.
  const rests = ruling.watch === "RegistrationFailed" || ruling.watch === "UnregistrationFailed";
  if (retry.kind === "none")
    return rests ? { retry: storedRetry(nextRetry(0, world.now, world.timings), retryInputs(facts)) } : {};
  return retry.kind === "due" && retry.retry.count === 0
    ? { retry: storedRetry(retry.retry, retryInputs(facts)), lastError: null }
    : {};
}
