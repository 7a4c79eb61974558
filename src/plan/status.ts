/**
 * The next status of an object, from its ruling alone: which conditions stand, and how, is decided here and nowhere else.
 * The words of Ready, Reconciling and Stalled come with the ruling, from the rule that ruled.
 */
import { nextConditions, type Decided } from "../api/conditions.ts";
import { ANNOTATION } from "../api/names.ts";
import { annotation, type AnyObject } from "../api/objects.ts";
import { addressConditions, addressFields } from "./address/status.ts";
import { bindingConditions, bindingFields } from "./binding/status.ts";
import { domainFields } from "./domain/status.ts";
import { wholeSeconds } from "./retry.ts";
import { classOf, type NamedRuling } from "./rule.ts";
import type { World } from "./world.ts";
import type { Condition } from "../api/types.gen.ts";

export type Status = Readonly<Record<string, unknown>>;

interface CommonStatus {
  readonly conditions?: readonly Condition[];
}

/** The whole status that should stand there now; equal to the present one when nothing is to be written. */
export function nextStatus(world: World, object: AnyObject, ruling: NamedRuling): Status {
  const before = (object.status ?? {}) as unknown as Status & CommonStatus;
  const remembered = merge(before, ruling.memory ?? {});
  if (ruling.keep === true) return remembered;
  const withFields = merge(remembered, fieldsOf(world, object, ruling));
  const stamp = { generation: object.metadata.generation, now: wholeSeconds(world.now) };
  const conditions = nextConditions(
    before.conditions ?? [],
    conditionsOf(world, object, ruling, withFields),
    stamp,
  );
  const seen = { observedGeneration: object.metadata.generation, conditions };
  if (ruling.unheard === true) return merge(withFields, seen);
  const requested = annotation(object, ANNOTATION.requestedAt) ?? null;
  return merge(withFields, { ...seen, lastHandledReconcileAt: requested });
}

/** Present fields of `patch` replace; null removes. */
export function merge(status: Status, patch: Status): Status {
  const entries = Object.entries({ ...status, ...patch }).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  return Object.fromEntries(entries);
}

function fieldsOf(world: World, object: AnyObject, ruling: NamedRuling): Status {
  switch (object.kind) {
    case "TwilioAccount":
      return {};
    case "EmergencyAddress":
      return addressFields(world, object);
    case "PhoneNumberBinding":
      return bindingFields(world, object, ruling);
    case "SIPDomainSetting":
      return domainFields(world, object);
  }
}

function conditionsOf(world: World, object: AnyObject, ruling: NamedRuling, status: Status): Decided[] {
  return [...common(ruling), ...ofKind(world, object, ruling, status)];
}

/** Ready always; Reconciling, Stalled and Drifted only while they are true. */
function common(ruling: NamedRuling): Decided[] {
  const { ready, reconciling, stalled } = classOf(ruling);
  const { reason, message, drifted } = ruling;
  const decided: Decided[] = [{ type: "Ready", status: ready, reason, message }];
  if (reconciling) decided.push({ type: "Reconciling", status: "True", reason, message });
  if (stalled) decided.push({ type: "Stalled", status: "True", reason, message });
  if (drifted !== undefined)
    decided.push({ type: "Drifted", status: "True", reason: "Different", message: drifted });
  return decided;
}

function ofKind(world: World, object: AnyObject, ruling: NamedRuling, status: Status): Decided[] {
  switch (object.kind) {
    case "EmergencyAddress":
      return addressConditions(world, object, ruling);
    case "PhoneNumberBinding":
      return bindingConditions(world, object, ruling, status);
    case "TwilioAccount":
    case "SIPDomainSetting":
      return [];
  }
}
