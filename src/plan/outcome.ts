/** What the answer to a write leaves behind in an object's memory; nothing else is concluded from an answer. */
import type { Managed } from "../api/objects.ts";
import type { AddressRecord, Failure, NumberRecord } from "../twilio/types.ts";
import { contentOf } from "./address/content.ts";
import { storedAddress } from "./address/memory.ts";
import { withApplied } from "./binding/memory.ts";
import { nextRetry, rfc3339, storedRetry } from "./retry.ts";
import { slotOf } from "./slot.ts";
import type { Mark, Write } from "./step.ts";
import type { World } from "./world.ts";

type Memory = Readonly<Record<string, unknown>>;

export type Outcome =
  | { readonly kind: "done"; readonly startedAt: number; readonly value: unknown }
  /** Twilio looked at it and said no. */
  | { readonly kind: "refused"; readonly failure: Failure }
  /** It certainly had no effect: throttled, busy, not authorized, not sent. */
  | { readonly kind: "notProcessed"; readonly failure: Failure }
  /** Nobody knows. */
  | { readonly kind: "unknown"; readonly failure: Failure };

export function outcomeOf(failure: Failure): Outcome {
  switch (failure.kind) {
    case "rejected":
    case "notFound":
    case "forbidden":
      return { kind: "refused", failure };
    case "throttled":
    case "busy":
    case "unauthorized":
    case "notSent":
      return { kind: "notProcessed", failure };
    case "unknown":
      return { kind: "unknown", failure };
  }
}

/** What must stand in status before the write is sent; undefined where nothing must. */
export function recordBefore(
  object: Managed,
  step: Write,
  at: { readonly now: number; readonly number?: NumberRecord },
): Memory | undefined {
  switch (step.type) {
    case "CreateAddress":
      return { operation: begins(step.type, step.address.friendlyName, at.now) };
    case "SetEmergencyCaller":
      return { operation: begins(step.type, step.numberSid, at.now) };
    case "DisassociateAddress":
      return step.takesAway ? recordOfTaking(object, step, at) : undefined;
    case "AssociateAddress":
    case "DeleteAddress":
    case "SetEmergencyStatus":
    case "EnableEmergencyCalling":
    case "DisableEmergencyCalling":
    case "ClearEmergencyCaller":
      return undefined;
  }
}

function recordOfTaking(
  object: Managed,
  step: Extract<Write, { type: "DisassociateAddress" }>,
  at: { readonly now: number; readonly number?: NumberRecord },
): Memory {
  const registered = at.number !== undefined && slotOf(at.number).kind === "registered";
  const previous = registered ? { previousAddressSid: step.addressSid } : {};
  const open = object.status?.operation;
  if (open?.type === step.type && open.target === step.addressSid) return { operation: open, ...previous };
  return { operation: begins(step.type, step.addressSid, at.now), ...previous };
}

function begins(type: Write["type"], target: string, now: number): Memory {
  return { type, target, startedAt: rfc3339(now), begun: false };
}

/** A write that was sent, and what its slow retry would depend on (NamedRuling.inputs). */
export interface Sent {
  readonly step: Write;
  readonly inputs: string;
}

/** The memory after the answer. */
export function afterWrite(world: World, object: Managed, { step, inputs }: Sent, outcome: Outcome): Memory {
  switch (outcome.kind) {
    case "done":
      return { lastError: null, ...afterDone(world, object, step, outcome) };
    case "refused":
      return {
        ...errorMemory(outcome.failure),
        ...noEffect(step),
        ...afterRefusal(world, object, { step, inputs }, outcome),
      };
    case "notProcessed":
      return noEffect(step);
    case "unknown":
      return errorMemory(outcome.failure);
  }
}

/** A create or a caller that certainly had no effect is not in doubt. */
function noEffect(step: Write): Memory {
  return step.type === "CreateAddress" || step.type === "SetEmergencyCaller" ? { operation: null } : {};
}

function errorMemory({ code, message, moreInfo, requestId }: Failure): Memory {
  const known = Object.entries({ code, moreInfo, requestId }).filter(([, value]) => value !== undefined);
  return { lastError: { message: message.slice(0, 1024), ...Object.fromEntries(known) } };
}

function afterDone(
  world: World,
  object: Managed,
  step: Write,
  done: { readonly startedAt: number; readonly value: unknown },
): Memory {
  switch (step.type) {
    case "CreateAddress": {
      const record = done.value as AddressRecord;
      return {
        operation: null,
        retry: null,
        suggestedAddress: null,
        sid: record.sid,
        address: storedAddress(record),
      };
    }
    case "AssociateAddress":
      return object.kind === "PhoneNumberBinding" ? withApplied(object, step.addressSid) : {};
    case "DisassociateAddress":
      return afterDisassociation(world, object, step);
    case "SetEmergencyStatus":
      return requested(object, step.value, done.startedAt);
    case "SetEmergencyCaller":
      return { appliedCallerSid: step.numberSid, operation: null };
    case "ClearEmergencyCaller":
      return { appliedCallerSid: null };
    case "DeleteAddress":
    case "EnableEmergencyCalling":
    case "DisableEmergencyCalling":
      return {};
  }
}

function requested(object: Managed, value: string, at: number): Memory {
  return {
    requestedEmergencyStatus: { value, generation: object.metadata.generation, firstSeen: rfc3339(at) },
  };
}

function afterDisassociation(
  world: World,
  object: Managed,
  step: Extract<Write, { type: "DisassociateAddress" }>,
): Memory {
  const { operation, retry } = object.status ?? {};
  if (step.takesAway) {
    const used = step.approval === undefined ? {} : { usedApproval: step.approval };
    return operation === undefined
      ? used
      : { operation: { ...operation, begun: true }, ...used, ...spend(world, retry) };
  }
  return spend(world, retry);
}

/** An attempt of the slow retry is made: the next failure waits twice as long. */
function spend(
  world: World,
  retry: { readonly count: number; readonly inputs?: string } | undefined,
): Memory {
  return retry === undefined
    ? {}
    : { retry: storedRetry(nextRetry(retry.count, world.now, world.timings), retry.inputs ?? "") };
}

function afterRefusal(
  world: World,
  object: Managed,
  { step, inputs }: Sent,
  outcome: Extract<Outcome, { kind: "refused" }>,
): Memory {
  // Asked and refused is answered too: EmergencyStatus is never asked twice, and its refusal is no fault.
  if (step.type === "SetEmergencyStatus") return requested(object, step.value, world.now);
  const retry = object.status?.retry;
  // The first failure in mid-change does not wait: the number goes back at once.
  if (retry === undefined && markAfter(object, step, outcome) !== undefined) return {};
  const memory = { retry: storedRetry(nextRetry(retry?.count ?? 0, world.now, world.timings), inputs) };
  const suggestion = outcome.failure.kind === "rejected" ? outcome.failure.suggestion : undefined;
  return suggestion === undefined ? memory : { ...memory, suggestedAddress: suggestedContent(suggestion) };
}

function suggestedContent(suggestion: object): Memory {
  const content = contentOf(suggestion);
  return Object.fromEntries(Object.entries(content).filter(([, text]) => text !== ""));
}

/**
 * A refused association in mid-change counts like a failed registration: it is recorded at the address object before the
 * next write, so that no other number is moved there.
 */
export function markAfter(object: Managed, step: Write, outcome: Outcome): Mark | undefined {
  if (outcome.kind !== "refused" || outcome.failure.kind === "forbidden" || step.type !== "AssociateAddress")
    return undefined;
  if (object.kind !== "PhoneNumberBinding" || object.status?.previousAddressSid === undefined)
    return undefined;
  if (object.status.previousAddressSid === step.addressSid || object.spec.addressRef === undefined)
    return undefined;
  return {
    type: "RecordFailedTarget",
    address: {
      kind: "EmergencyAddress",
      namespace: object.metadata.namespace,
      name: object.spec.addressRef.name,
    },
    addressSid: step.addressSid,
    phoneNumberSid: step.numberSid,
  };
}
