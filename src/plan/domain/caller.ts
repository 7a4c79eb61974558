/** The emergency caller of a domain: only ever a registered number that is not about to move (S9). */
import { isDeleting, type PhoneNumberBinding } from "../../api/objects.ts";
import type { NumberRecord } from "../../twilio/types.ts";
import { planAddress } from "../address.ts";
import { planBinding } from "../binding.ts";
import type { DomainFacts, KnownDomain } from "./facts.ts";
import { addressObjectOf, isEvidence } from "../lookup.ts";
import { accountName } from "../policy.ts";
import type { UsableAccount } from "../policy.ts";
import { classOf, wait, type Ruling } from "../rule.ts";
import { registeredAt, slotOf } from "../slot.ts";
import type { World } from "../world.ts";

/**
 * Which caller this object set, when the answer was never recorded: one that the record names and Twilio shows is ours,
 * and one that Twilio does not show any more is no longer ours.
 */
export function callerMemory({
  world,
  account,
  seen,
  object,
}: DomainFacts): Readonly<Record<string, unknown>> {
  if (seen === undefined || !isEvidence(world, account, seen)) return {};
  const { operation, appliedCallerSid: applied } = object.status ?? {};
  const shown = seen.value.emergencyCallerSid;
  const over = operation === undefined ? {} : { operation: null };
  if (operation?.target === shown) return { ...over, appliedCallerSid: shown };
  return applied === undefined || applied === shown ? over : { ...over, appliedCallerSid: null };
}

function isRegistered({ account }: KnownDomain, numberSid: string): boolean {
  return registeredAt(account.view.number(numberSid)?.value) !== undefined;
}

/** The caller that a domain which is still off shows, if it is not registered. */
function deadCaller(facts: KnownDomain): string | undefined {
  const { domain, object } = facts;
  const { emergencyCallerSid: sid } = domain;
  if (!object.spec.emergencyCallingEnabled || domain.emergencyCallingEnabled || sid === null)
    return undefined;
  return isRegistered(facts, sid) ? undefined : sid;
}

export function waitForOwnCaller(facts: KnownDomain): Ruling | undefined {
  const sid = deadCaller(facts);
  if (sid === undefined || sid !== facts.callerNumber?.sid) return undefined;
  return wait("WaitingForNumber", `The domain is enabled once its emergency caller ${sid} is registered.`);
}

export function replaceDeadCaller(facts: KnownDomain): Ruling | undefined {
  if (deadCaller(facts) === undefined) return undefined;
  return (
    setCaller(facts) ?? {
      step: { type: "ClearEmergencyCaller", domainSid: facts.domain.sid },
      reason: "Pending",
      message:
        "The domain's emergency caller has no registered address and is cleared before the domain is enabled.",
    }
  );
}

export function clearOwnCaller({ domain, object }: KnownDomain): Ruling | undefined {
  const { appliedCallerSid: applied, operation } = object.status ?? {};
  const sid = domain.emergencyCallerSid;
  if (object.spec.emergencyCallerRef !== undefined) return undefined;
  if (sid !== applied && sid !== operation?.target) return undefined;
  return {
    step: { type: "ClearEmergencyCaller", domainSid: domain.sid },
    reason: "Pending",
    message: "The emergency caller that this object set is cleared.",
  };
}

/** Only a registered number whose registration is not about to be taken away. */
export function setCaller(facts: KnownDomain): Ruling | undefined {
  const { domain, caller, callerNumber, world } = facts;
  if (caller === undefined || callerNumber === undefined || domain.emergencyCallerSid === callerNumber.sid)
    return undefined;
  if (!isRegistered(facts, callerNumber.sid)) return undefined;
  // Whoever may move the number, not only the one that this domain names: where two claim it, the winner does.
  const bindings = world.objects.bindingsNaming(facts.account.view.accountSid, callerNumber);
  if ([caller, ...bindings].some((binding) => isAboutToMove(world, binding))) return undefined;
  return {
    step: { type: "SetEmergencyCaller", domainSid: domain.sid, numberSid: callerNumber.sid },
    reason: "Pending",
    message: `${callerNumber.sid} becomes the emergency caller.`,
  };
}

/** Also while its next Address is still being made: once this domain had it as caller, its move would need approval. */
function isAboutToMove(world: World, caller: PhoneNumberBinding): boolean {
  if (caller.status?.operation !== undefined) return true;
  const { step, reason } = planBinding(world, caller);
  if (step.type === "DisassociateAddress" || reason === "WaitingForBudget") return true;
  if (reason !== "WaitingForAddress") return false;
  const address = addressObjectOf(world, caller);
  return address !== undefined && !isDeleting(address) && classOf(planAddress(world, address)).reconciling;
}

/** Only numbers of its own account can be a domain's caller: waiting would be for ever. */
export function callerElsewhere({ world, account, object, caller }: KnownDomain): Ruling | undefined {
  if (caller === undefined || !object.spec.emergencyCallingEnabled) return undefined;
  const { namespace, name } = caller.metadata;
  const its = world.account(namespace, accountName(caller))?.object.spec.accountSid;
  const { accountSid } = account.view;
  if (its === undefined || its === accountSid) return undefined;
  return wait(
    "AccountMismatch",
    `PhoneNumberBinding "${name}" is of account ${its}, but this domain of ${accountSid}. Name one in spec.emergencyCallerRef whose spec.accountRef stands for ${accountSid} too.`,
  );
}

export function waitForCaller({ object, domain, callerNumber }: KnownDomain): Ruling | undefined {
  const name = object.spec.emergencyCallerRef?.name;
  if (name === undefined || !object.spec.emergencyCallingEnabled) return undefined;
  if (callerNumber !== undefined && callerNumber.sid === domain.emergencyCallerSid) return undefined;
  return wait(
    "WaitingForNumber",
    `The emergency caller is set once PhoneNumberBinding "${name}" is registered and settled.`,
  );
}

function isChanging(world: World, account: UsableAccount, number: NumberRecord): boolean {
  return world.objects
    .bindingsNaming(account.view.accountSid, number)
    .some((binding) => binding.status?.operation !== undefined);
}

/** In the middle of an approved change the caller stays set, and what the domain says is Unknown. */
export function callerNotRegistered(facts: KnownDomain): Ruling | undefined {
  const { domain, account, world } = facts;
  const sid = domain.emergencyCallerSid;
  if (!domain.emergencyCallingEnabled || sid === null || isRegistered(facts, sid)) return undefined;
  const number = account.view.number(sid)?.value;
  if (number !== undefined && (slotOf(number).kind === "pending" || isChanging(world, account, number))) {
    return wait(
      "WaitingForNumber",
      `The emergency caller ${sid} is being registered: until then calls show a caller without an address.`,
    );
  }
  return wait(
    "CallerNotRegistered",
    `The emergency caller ${sid} has no registered address. Register it, or name another binding in spec.emergencyCallerRef.`,
  );
}
