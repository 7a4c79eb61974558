/** SIPDomainSetting: emergency calling on or off, and the caller whose number an emergency centre calls back. */
import { isDeleting, type PhoneNumberBinding, type SIPDomainSetting } from "../api/objects.ts";
import { planBinding } from "./binding.ts";
import { rivalOfDomain } from "./claims.ts";
import { notConverging } from "./convergence.ts";
import { addFinalizer, asksForWork, hasFinalizer } from "./deletion.ts";
import { DOMAIN_DELETION_RULES } from "./domain/deletion.ts";
import {
  callerElsewhere,
  callerMemory,
  callerNotRegistered,
  clearOwnCaller,
  replaceDeadCaller,
  setCaller,
  waitForCaller,
  waitForOwnCaller,
} from "./domain/caller.ts";
import { domainFacts, domainInputs, type DomainFacts, type KnownDomain } from "./domain/facts.ts";
import { isEvidence } from "./lookup.ts";
import { underPolicy, usableAccount } from "./policy.ts";
import { storedRetry } from "./retry.ts";
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
import { slotOf } from "./slot.ts";
import type { World } from "./world.ts";

export function planDomain(world: World, object: SIPDomainSetting): NamedRuling {
  const account = usableAccount(world, object);
  if ("reason" in account) return account;
  const facts = domainFacts(world, account, object);
  const ruling = ruleOn(facts);
  const remembered = {
    ...ruling,
    inputs: domainInputs(facts.callerNumber),
    memory: { ...callerMemory(facts), ...retryMemory(facts, ruling), ...ruling.memory },
  };
  return underPolicy(world, object, account, notConverging(world, object, remembered));
}

function ruleOn(facts: DomainFacts): NamedRuling {
  const { seen } = facts;
  if (seen === undefined || seen.missing) return firstRuling(MISSING_DOMAIN_RULES, facts);
  const known = { ...facts, seen, domain: seen.value };
  return firstRuling(isDeleting(facts.object) ? DOMAIN_DELETION_RULES : DOMAIN_RULES, known);
}

function retryMemory(facts: DomainFacts, ruling: NamedRuling): Readonly<Record<string, unknown>> {
  if (classOf(ruling).ready === "True") return { retry: null, lastError: null };
  const { retry } = facts;
  if (retry.kind !== "due" || retry.retry.count > 0) return {};
  return { retry: storedRetry(retry.retry, domainInputs(facts.callerNumber)), lastError: null };
}

export const MISSING_DOMAIN_RULES: readonly Rule<DomainFacts>[] = [
  { name: "a domain missing from the listing is looked for directly", rule: lookForMissing },
  { name: "a terminating object whose domain is gone is released", rule: releaseWithoutDomain },
  { name: "a domain that is not in the account is a fault after the grace", rule: domainNotFound },
];

export const DOMAIN_RULES: readonly Rule<KnownDomain>[] = [
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
  { name: "the wanted caller belongs to another account: never", rule: callerElsewhere },
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

function enable({ domain, object }: KnownDomain): Ruling | undefined {
  if (!object.spec.emergencyCallingEnabled || domain.emergencyCallingEnabled) return undefined;
  return {
    step: { type: "EnableEmergencyCalling", domainSid: domain.sid },
    reason: "Pending",
    message: "Emergency calling is being enabled.",
  };
}

function configured({ domain }: KnownDomain): Ruling {
  const calling = domain.emergencyCallingEnabled ? "enabled" : "disabled";
  const caller =
    domain.emergencyCallerSid === null
      ? "no emergency caller"
      : `emergency caller ${domain.emergencyCallerSid}`;
  return wait("Configured", `Emergency calling is ${calling}, with ${caller}.`);
}
