/** SIPDomainSetting: emergency calling on or off, and the caller whose number an emergency centre calls back. */
import { isDeleting, type PhoneNumberBinding, type SIPDomainSetting } from "../api/objects.ts";
import type { DomainRecord, NumberRecord, Observation } from "../twilio/types.ts";
import { planBinding } from "./binding.ts";
import { rivalOfDomain } from "./claims.ts";
import { notConverging } from "./convergence.ts";
import { asksForWork, hasFinalizer } from "./deletion.ts";
import { DOMAIN_DELETION_RULES } from "./domain-deletion.ts";
import { numberRecordOf, isEvidence, seenDomain } from "./lookup.ts";
import { modeOf, underPolicy, usableAccount, type Mode, type UsableAccount } from "./policy.ts";
import { retryState, storedRetry, type RetryState } from "./retry.ts";
import {
  classOf,
  firstRuling,
  look,
  stillWorking,
  wait,
  type NamedRuling,
  type Rule,
  type Ruling,
} from "./rule.ts";
import { registeredAt, slotOf } from "./slot.ts";
import type { World } from "./world.ts";

export interface DomainFacts {
  readonly world: World;
  readonly account: UsableAccount;
  readonly mode: Mode;
  readonly object: SIPDomainSetting;
  readonly seen: Observation<DomainRecord> | undefined;
  /** The binding in spec.emergencyCallerRef, and its number. */
  readonly caller: PhoneNumberBinding | undefined;
  readonly callerNumber: NumberRecord | undefined;
  readonly retry: RetryState;
}

export interface KnownDomain extends DomainFacts {
  readonly seen: Observation<DomainRecord>;
  readonly domain: DomainRecord;
}

export function planDomain(world: World, object: SIPDomainSetting): NamedRuling {
  const account = usableAccount(world, object);
  if ("reason" in account) return account;
  const facts = domainFacts(world, account, object);
  const ruling = ruleOn(facts);
  const remembered = {
    ...ruling,
    inputs: domainInputs(facts.callerNumber),
    memory: { ...retryMemory(facts, ruling), ...ruling.memory },
  };
  return underPolicy(world, object, account, notConverging(world, object, remembered));
}

function ruleOn(facts: DomainFacts): NamedRuling {
  const { seen } = facts;
  if (seen === undefined || seen.missing) return firstRuling(MISSING_RULES, facts);
  const known = { ...facts, seen, domain: seen.value };
  return firstRuling(isDeleting(facts.object) ? DOMAIN_DELETION_RULES : DOMAIN_RULES, known);
}

function domainFacts(world: World, account: UsableAccount, object: SIPDomainSetting): DomainFacts {
  const name = object.spec.emergencyCallerRef?.name;
  const caller = name === undefined ? undefined : world.objects.binding(object.metadata.namespace, name);
  const callerNumber = caller === undefined ? undefined : numberRecordOf(account, caller);
  return {
    world,
    account,
    mode: modeOf(world, object, account),
    object,
    seen: seenDomain(account, object),
    caller,
    callerNumber,
    retry: retryState(world, object, account, domainInputs(callerNumber)),
  };
}

/** A refusal may be about the caller: once it is registered, the refused call is made again at once. */
export function domainInputs(callerNumber: NumberRecord | undefined): string {
  return `${callerNumber?.sid ?? ""} ${registeredAt(callerNumber) === undefined ? "" : "registered"}`.trim();
}

function retryMemory(facts: DomainFacts, ruling: NamedRuling): Readonly<Record<string, unknown>> {
  if (classOf(ruling).ready === "True" && ruling.step.type === "None")
    return { retry: null, lastError: null };
  const { retry } = facts;
  if (retry.kind !== "due" || retry.retry.count > 0) return {};
  return { retry: storedRetry(retry.retry, domainInputs(facts.callerNumber)), lastError: null };
}

const MISSING_RULES: readonly Rule<DomainFacts>[] = [
  { name: "a domain missing from the listing is looked for directly", rule: lookForMissing },
  { name: "a terminating object whose domain is gone is released", rule: releaseWithoutDomain },
  { name: "a domain that is not in the account is a fault after the grace", rule: domainNotFound },
];

const DOMAIN_RULES: readonly Rule<KnownDomain>[] = [
  { name: "another object owns the domain", rule: conflict },
  { name: "a deletionPolicy that asks for work needs the finalizer", rule: addFinalizer },
  { name: "a finalizer that nothing needs is released", rule: releaseUnneeded },
  { name: "what was observed before our last write is observed again", rule: observeAgain },
  { name: "the last write was refused: tried again slowly", rule: refused },
  {
    name: "to be disabled: waits for its caller's number only while that is going",
    rule: waitBeforeDisabling,
  },
  { name: "to be disabled: disable", rule: disable },
  {
    name: "to be enabled, with a caller of ours that is not registered yet: wait for it",
    rule: waitForOwnCaller,
  },
  {
    name: "to be enabled, with another caller that is not registered: ours instead, or none",
    rule: replaceDeadCaller,
  },
  { name: "to be enabled: enable", rule: enable },
  { name: "the reference was taken away: our caller is cleared", rule: clearOwnCaller },
  { name: "another caller than the wanted one: set it, once it is registered and stays so", rule: setCaller },
  { name: "the wanted caller is not registered yet: wait", rule: waitForCaller },
  { name: "the caller has no registered address", rule: callerNotRegistered },
  { name: "settled", rule: configured },
];

function lookForMissing({ account, object, seen, world }: DomainFacts): Ruling | undefined {
  if (seen !== undefined) return look(object, { type: "GetDomain", sid: seen.value.sid });
  const { domainSid } = object.spec;
  if (domainSid === undefined) {
    return (account.view.listedAt ?? 0) < world.trustedSince
      ? look(object, { type: "ListAccount" })
      : undefined;
  }
  const absent = account.view.absentAt(domainSid);
  return absent === undefined || absent < world.trustedSince
    ? look(object, { type: "GetDomain", sid: domainSid })
    : undefined;
}

function releaseWithoutDomain({ object }: DomainFacts): Ruling | undefined {
  if (!isDeleting(object)) return undefined;
  if (!hasFinalizer(object)) return { ...wait("Pending", "Being deleted."), keep: true };
  return {
    step: { type: "ReleaseFinalizer" },
    reason: "DomainNotFound",
    message: "The domain is not in the account: nothing is left to do.",
  };
}

function domainNotFound({ world, account, object }: DomainFacts): Ruling {
  const until = (world.watchedSince(object, "DomainNotFound") ?? world.now) + world.timings.grace;
  const name = object.spec.domainName ?? object.spec.domainSid ?? "";
  const message = `${name} is not in account ${account.view.accountSid}. Create the domain there (the operator never does), or correct the spec.`;
  const ruling = wait("DomainNotFound", message, { watch: "DomainNotFound" });
  return world.now >= until
    ? ruling
    : stillWorking({ ...ruling, wakeAt: until, poll: { type: "ListAccount" } });
}

function conflict({ world, account, object, domain }: KnownDomain): Ruling | undefined {
  const rival = rivalOfDomain(world, account, object);
  if (rival === undefined) return undefined;
  const { namespace, name } = rival.metadata;
  return wait(
    "Conflict",
    `SIPDomainSetting ${namespace}/${name} already stands for ${domain.sid}: this one writes nothing. Delete one of the two.`,
  );
}

function addFinalizer({ object, mode }: KnownDomain): Ruling | undefined {
  if (mode !== "manage" || !asksForWork(object) || hasFinalizer(object)) return undefined;
  return {
    step: { type: "AddFinalizer" },
    reason: "Pending",
    message: "The finalizer is set, since deleting this object asks for work at Twilio.",
    keep: true,
  };
}

function releaseUnneeded({ object, mode }: KnownDomain): Ruling | undefined {
  if (!hasFinalizer(object) || (asksForWork(object) && mode !== "observe")) return undefined;
  return {
    step: { type: "ReleaseFinalizer" },
    reason: "Pending",
    message: "Nothing needs the finalizer: it is released.",
    keep: true,
  };
}

export function observeAgain({ world, account, object, seen }: KnownDomain): Ruling | undefined {
  return isEvidence(world, account, seen)
    ? undefined
    : look(object, { type: "GetDomain", sid: seen.value.sid });
}

export function refused({ object, retry }: KnownDomain): Ruling | undefined {
  const error = object.status?.lastError;
  if (retry.kind !== "waiting" || error === undefined) return undefined;
  const code = error.code === undefined ? "" : ` ${error.code}`;
  return wait(
    "RejectedByTwilio",
    `Twilio refused (error${code}, request ${error.requestId ?? "unknown"}): ${error.message}`,
    {
      wakeAt: retry.retry.nextTime,
    },
  );
}

/** A call during the change still reaches an emergency centre: the domain goes off after its caller's number. */
export function waitBeforeDisabling(facts: KnownDomain): Ruling | undefined {
  const { domain, world, account, object } = facts;
  const wants = isDeleting(object) || !object.spec.emergencyCallingEnabled;
  if (!wants || !domain.emergencyCallingEnabled || domain.emergencyCallerSid === null) return undefined;
  const number = account.view.number(domain.emergencyCallerSid)?.value;
  if (number === undefined) return undefined;
  const slot = slotOf(number);
  const isGoing = slot.kind === "pending" && slot.direction === "unregistration";
  if (
    !isGoing &&
    !world.objects
      .bindingsNaming(account.view.accountSid, number)
      .some((binding) => isNextToGo(world, binding))
  )
    return undefined;
  return wait(
    "WaitingForNumber",
    `Its caller's number ${number.sid} is being unregistered: the domain is disabled right after it.`,
  );
}

function isNextToGo(world: World, binding: PhoneNumberBinding): boolean {
  return planBinding(world, binding).step.type === "DisassociateAddress";
}

function disable({ domain, object }: KnownDomain): Ruling | undefined {
  if (object.spec.emergencyCallingEnabled || !domain.emergencyCallingEnabled) return undefined;
  return {
    step: { type: "DisableEmergencyCalling", domainSid: domain.sid },
    reason: "Pending",
    message: "Emergency calling is being disabled.",
  };
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

function waitForOwnCaller(facts: KnownDomain): Ruling | undefined {
  const sid = deadCaller(facts);
  if (sid === undefined || sid !== facts.callerNumber?.sid) return undefined;
  return wait("WaitingForNumber", `The domain is enabled once its emergency caller ${sid} is registered.`);
}

function replaceDeadCaller(facts: KnownDomain): Ruling | undefined {
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

function enable({ domain, object }: KnownDomain): Ruling | undefined {
  if (!object.spec.emergencyCallingEnabled || domain.emergencyCallingEnabled) return undefined;
  return {
    step: { type: "EnableEmergencyCalling", domainSid: domain.sid },
    reason: "Pending",
    message: "Emergency calling is being enabled.",
  };
}

function clearOwnCaller({ domain, object }: KnownDomain): Ruling | undefined {
  const applied = object.status?.appliedCallerSid;
  if (object.spec.emergencyCallerRef !== undefined || applied === undefined) return undefined;
  if (domain.emergencyCallerSid !== applied) return undefined;
  return {
    step: { type: "ClearEmergencyCaller", domainSid: domain.sid },
    reason: "Pending",
    message: "The emergency caller that this object set is cleared.",
  };
}

/** Only a registered number whose registration is not about to be taken away. */
function setCaller(facts: KnownDomain): Ruling | undefined {
  const { domain, caller, callerNumber, world } = facts;
  if (caller === undefined || callerNumber === undefined || domain.emergencyCallerSid === callerNumber.sid)
    return undefined;
  if (
    !isRegistered(facts, callerNumber.sid) ||
    caller.status?.operation !== undefined ||
    isAboutToMove(world, caller)
  )
    return undefined;
  return {
    step: { type: "SetEmergencyCaller", domainSid: domain.sid, numberSid: callerNumber.sid },
    reason: "Pending",
    message: `${callerNumber.sid} becomes the emergency caller.`,
  };
}

function isAboutToMove(world: World, caller: PhoneNumberBinding): boolean {
  const { step, reason } = planBinding(world, caller);
  return step.type === "DisassociateAddress" || reason === "WaitingForBudget";
}

function waitForCaller({ object, domain, callerNumber }: KnownDomain): Ruling | undefined {
  const name = object.spec.emergencyCallerRef?.name;
  if (name === undefined || !object.spec.emergencyCallingEnabled) return undefined;
  if (callerNumber !== undefined && callerNumber.sid === domain.emergencyCallerSid) return undefined;
  return wait(
    "WaitingForNumber",
    `The emergency caller is set once PhoneNumberBinding "${name}" is registered and settled.`,
  );
}

/** In the middle of an approved change the caller stays set, and what the domain says is Unknown. */
function callerNotRegistered(facts: KnownDomain): Ruling | undefined {
  const { domain, account, world } = facts;
  const sid = domain.emergencyCallerSid;
  if (!domain.emergencyCallingEnabled || sid === null || isRegistered(facts, sid)) return undefined;
  const number = account.view.number(sid)?.value;
  const bindings = number === undefined ? [] : world.objects.bindingsNaming(account.view.accountSid, number);
  const isChanging = bindings.some((binding) => binding.status?.operation !== undefined);
  if (isChanging || (number !== undefined && slotOf(number).kind === "pending")) {
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

function configured({ domain }: KnownDomain): Ruling {
  const calling = domain.emergencyCallingEnabled ? "enabled" : "disabled";
  const caller =
    domain.emergencyCallerSid === null
      ? "no emergency caller"
      : `emergency caller ${domain.emergencyCallerSid}`;
  return wait("Configured", `Emergency calling is ${calling}, with ${caller}.`);
}
