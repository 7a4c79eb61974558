/** What a binding's status says of its number: Twilio's own words, and two conditions about protection. */
import type { Decided } from "../../api/conditions.ts";
import { ANNOTATION } from "../../api/names.ts";
import { annotation, type PhoneNumberBinding } from "../../api/objects.ts";
import { BindingFacts, NumberFacts } from "./facts.ts";
import { emergencyStatusState } from "./emergency-status.ts";
import { usableAccount } from "../policy.ts";
import { rfc3339 } from "../retry.ts";
import { classOf, type NamedRuling, type PendingPlan } from "../rule.ts";
import { isUnseen } from "../unseen.ts";
import type { World } from "../world.ts";

type Fields = Readonly<Record<string, unknown>>;

function factsOf(world: World, object: PhoneNumberBinding): NumberFacts | undefined {
  const account = usableAccount(world, object);
  if ("reason" in account) return undefined;
  const facts = new BindingFacts(world, account, object);
  return facts.seen === undefined ? undefined : new NumberFacts(facts, facts.seen);
}

export function bindingFields(world: World, object: PhoneNumberBinding, ruling: NamedRuling): Fields {
  const pendingPlan = ruling.pendingPlan ?? keptPlan(object, ruling) ?? null;
  const facts = factsOf(world, object);
  if (facts === undefined)
    return { pendingPlan, phoneNumber: object.status?.phoneNumber ?? object.spec.phoneNumber };
  const { number } = facts;
  return {
    pendingPlan,
    phoneNumber: number.phoneNumber,
    phoneNumberSid: number.sid,
    accountSid: facts.account.view.accountSid,
    emergencyStatus: number.emergencyStatus,
    emergencyAddressSid: number.emergencyAddressSid,
    emergencyAddressStatus: number.emergencyAddressStatus,
    unprotectedSince:
      isUnprotected(facts) === "True" ? (object.status?.unprotectedSince ?? rfc3339(world.now)) : null,
  };
}

/**
 * An approval counts only for a plan that already stands there: one that is approved and not carried out yet stays while
 * something else comes first, and any stays while nothing can be planned.
 */
function keptPlan(object: PhoneNumberBinding, ruling: NamedRuling): PendingPlan | undefined {
  const { pendingPlan, usedApproval } = object.status ?? {};
  if (pendingPlan === undefined || ruling.unheard === true) return pendingPlan;
  const isApproved = annotation(object, ANNOTATION.approve) === pendingPlan.hash;
  const isOpen = usedApproval !== pendingPlan.hash && classOf(ruling).ready !== "True";
  return isApproved && isOpen ? pendingPlan : undefined;
}

export function bindingConditions(
  world: World,
  object: PhoneNumberBinding,
  ruling: NamedRuling,
  status: Fields,
): Decided[] {
  const facts = factsOf(world, object);
  if (facts === undefined || isUnseen(ruling)) return unknown(object, ruling);
  const decided = [registered(facts)];
  if (object.spec.emergencyStatus === "Active") decided.push(unprotected(facts));
  const applied = statusApplied(facts, status);
  return applied === undefined ? decided : [...decided, applied];
}

function unknown(object: PhoneNumberBinding, { reason, message }: NamedRuling): Decided[] {
  const types = object.spec.emergencyStatus === "Active" ? ["Registered", "Unprotected"] : ["Registered"];
  return types.map((type) => ({ type, status: "Unknown", reason, message }));
}

function registered({ atTarget, slot, number }: NumberFacts): Decided {
  const type = "Registered";
  const reported = number.emergencyAddressStatus ?? "unregistered";
  if (atTarget)
    return {
      type,
      status: "True",
      reason: "Registered",
      message: `Twilio says registered, at ${number.emergencyAddressSid}.`,
    };
  if (slot.kind === "registered") {
    return {
      type,
      status: "False",
      reason: "RegisteredElsewhere",
      message: `Twilio says registered, but at ${slot.sid}, which is not the desired Address.`,
    };
  }
  return { type, status: "False", reason: "NotRegistered", message: `Twilio says ${reported}.` };
}

/** unregistration-failure leaves open whether the old registration still stands. */
function isUnprotected({ slot, object }: NumberFacts): "True" | "False" | "Unknown" {
  if (object.spec.emergencyStatus !== "Active") return "False";
  if (slot.kind === "registered") return "False";
  return slot.kind === "unregistrationFailed" || slot.kind === "lagging" || slot.kind === "unknown"
    ? "Unknown"
    : "True";
}

function unprotected(facts: NumberFacts): Decided {
  const status = isUnprotected(facts);
  const said = facts.number.emergencyAddressStatus ?? "unregistered";
  const messages = {
    True: `The number has no registered emergency address (${said}).`,
    False: `The number has a registered emergency address: ${facts.number.emergencyAddressSid}.`,
    Unknown: `Twilio says ${said}: whether an address is registered is not certain.`,
  };
  const reasons = { True: "NoRegisteredAddress", False: "Protected", Unknown: "Uncertain" };
  return { type: "Unprotected", status, reason: reasons[status], message: messages[status] };
}

/** Only on bindings that had to ask; informational. */
function statusApplied(facts: NumberFacts, status: Fields): Decided | undefined {
  const requested = status["requestedEmergencyStatus"] as { readonly value: string } | undefined;
  if (requested === undefined || requested.value !== facts.wanted) return undefined;
  const type = "EmergencyStatusApplied";
  const reported = facts.number.emergencyStatus;
  const state = emergencyStatusState(facts).kind;
  if (state === "asReported")
    return { type, status: "True", reason: "Applied", message: `Twilio reports ${reported}, as asked.` };
  if (state === "ignored") {
    return {
      type,
      status: "False",
      reason: "IgnoredByTwilio",
      message: `Twilio was asked for ${requested.value} once and still reports ${reported}. It decides this by country today: no fault.`,
    };
  }
  return {
    type,
    status: "Unknown",
    reason: "Requested",
    message: `${requested.value} was asked for; Twilio reports ${reported}.`,
  };
}
