/** Carries out the step of a ruling. Decides nothing: what to do, and what an answer means, is said by the planner. */
import { ANNOTATION } from "../api/names.ts";
import { annotation, type AnyObject, type EmergencyAddress, type Managed } from "../api/objects.ts";
import { accountName } from "../plan/policy.ts";
import { signatureOf } from "../plan/convergence.ts";
import { afterWrite, markAfter, recordBefore, type Outcome } from "../plan/outcome.ts";
import { rfc3339 } from "../plan/retry.ts";
import type { NamedRuling } from "../plan/rule.ts";
import { isGuarded, isWrite, type Mark, type Write } from "../plan/step.ts";
import { merge } from "../plan/status.ts";
import type { Failure } from "../twilio/types.ts";
import type { AccountEntry } from "./accounts.ts";
import { observe, type Context } from "./context.ts";
import { guarded, letGo } from "./guarded.ts";
import { lookOnce, noteRejection } from "./looks.ts";
import { objectKey, textOf } from "./objects.ts";
import { send } from "./twilio-steps.ts";

export type Executed =
  /** Nothing was to be done. */
  | { readonly kind: "nothing" }
  /** Something was read or marked: what is known now is to be planned on. */
  | { readonly kind: "done"; readonly object: AnyObject | undefined }
  /** A write was answered, or not; `memory` is what that leaves behind in the status. */
  | {
      readonly kind: "written";
      readonly object: Managed;
      readonly memory: Readonly<Record<string, unknown>>;
      readonly outcome: Outcome;
    }
  /** The world had changed before the write: nothing was sent. */
  | { readonly kind: "dropped" }
  | { readonly kind: "failed"; readonly failure: Failure };

export async function execute(context: Context, object: AnyObject, ruling: NamedRuling): Promise<Executed> {
  const { step } = ruling;
  if (step.type === "None" || object.kind === "TwilioAccount") return { kind: "nothing" };
  if (step.type === "ReleaseFinalizer") return letGo(context, object, ruling);
  const entry = entryOf(context, object);
  if (isGuarded(step)) return guarded(context, { entry, object, ruling });
  if (isWrite(step))
    return sendPrepared(context, {
      entry,
      object,
      ruling,
      step,
      trustedSince: observe(context, object).trustedSince,
    });
  switch (step.type) {
    case "AddFinalizer":
    case "RecordFailedTarget":
    case "ClearFailedTargets":
      return { kind: "done", object: await mark(context, object, step) };
    case "GetNumber":
    case "FindNumber":
    case "GetAddress":
    case "FindAddress":
    case "GetDomain":
    case "ListAccount": {
      const failure = await lookOnce(context, entry, step);
      return failure === undefined ? { kind: "done", object } : { kind: "failed", failure };
    }
  }
}

function entryOf(context: Context, object: Managed): AccountEntry {
  const entry = context.accounts.entry(object.metadata.namespace, accountName(object));
  if (entry === undefined) throw new Error(`no account for ${textOf(objectKey(object))}`);
  return entry;
}

/** A write of our own to the API server. */
export async function mark(context: Context, object: AnyObject, step: Mark): Promise<AnyObject | undefined> {
  const { source, clock } = context;
  switch (step.type) {
    case "AddFinalizer":
      return source.setFinalizer(object, true);
    case "ReleaseFinalizer":
      return source.setFinalizer(object, false);
    case "RecordFailedTarget": {
      const entry = {
        addressSid: step.addressSid,
        phoneNumberSid: step.phoneNumberSid,
        time: rfc3339(clock.now()),
      };
      await editFailedTargets(context, step.address.namespace, step.address.name, (failed) => [
        ...failed,
        entry,
      ]);
      return object;
    }
    case "ClearFailedTargets": {
      const isSpent = (entry: FailedTarget): boolean =>
        step.entries.some(
          (spent) => spent.addressSid === entry.addressSid && spent.phoneNumberSid === entry.phoneNumberSid,
        );
      await editFailedTargets(context, step.address.namespace, step.address.name, (failed) =>
        failed.filter((entry) => !isSpent(entry)),
      );
      return object;
    }
  }
}

type FailedTarget = NonNullable<NonNullable<EmergencyAddress["status"]>["failedTargets"]>[number];

/** The list has several writers, so it is changed on a live read and only if nobody else wrote meanwhile. */
async function editFailedTargets(
  { source }: Context,
  namespace: string,
  name: string,
  edit: (failed: readonly FailedTarget[]) => readonly FailedTarget[],
): Promise<void> {
  const address = (await source.refresh({ kind: "EmergencyAddress", namespace, name })) as
    | EmergencyAddress
    | undefined;
  if (address === undefined) return;
  const failed = edit(address.status?.failedTargets ?? []);
  const status = merge({ ...address.status }, { failedTargets: failed.length === 0 ? null : failed });
  await source.writeStatus(address, status, true);
}

export interface Prepared {
  readonly entry: AccountEntry;
  readonly object: Managed;
  readonly ruling: NamedRuling;
  readonly step: Write;
  /** Of the World that the step was planned on. */
  readonly trustedSince: number;
}

/** Record, send, and say what is to be remembered. The record is in the API server before the request leaves. */
export async function sendPrepared(context: Context, prepared: Prepared): Promise<Executed> {
  const { entry, ruling, step } = prepared;
  const { client, shared } = entry;
  if (client === undefined)
    return { kind: "failed", failure: { kind: "notSent", message: "The account has no credentials." } };
  const object = await recordFirst(context, prepared);
  // While it was recorded, another process may have served the account.
  if (observe(context, object).trustedSince !== prepared.trustedSince) return { kind: "dropped" };
  const now = context.clock.now();
  context.onWrite?.(object, ruling, step);
  const { snapshot } = shared;
  const audited = context.audited?.(client, { object, step, view: snapshot }) ?? client;
  const { outcome, requestId, changes } = await send(audited, snapshot, step, context.clock);
  if (outcome.kind !== "done") noteRejection(context, entry, outcome.failure);
  context.spread(shared.accountSid, changes);
  if (outcome.kind === "done")
    context.memory.noteWrite(object, { signature: signatureOf(object, step), at: now });
  announce(context, object, { step, outcome, requestId });
  const memory = memoryAfter(context, object, prepared, outcome);
  const failed = markAfter(object, step, outcome);
  if (failed !== undefined) await mark(context, object, failed);
  return { kind: "written", object, memory, outcome };
}

function memoryAfter(
  context: Context,
  object: Managed,
  { ruling, step }: Prepared,
  outcome: Outcome,
): Readonly<Record<string, unknown>> {
  return {
    ...ruling.memory,
    ...afterWrite(observe(context, object), object, { step, inputs: ruling.inputs ?? "" }, outcome),
    // Handled: what the answer left behind must not be started over by the same change of the spec or request again.
    observedGeneration: object.metadata.generation,
    lastHandledReconcileAt: annotation(object, ANNOTATION.requestedAt) ?? null,
  };
}

async function recordFirst(context: Context, { entry, object, ruling, step }: Prepared): Promise<Managed> {
  const number = "numberSid" in step ? entry.shared.snapshot.number(step.numberSid)?.value : undefined;
  const record = recordBefore(object, step, {
    now: context.clock.now(),
    ...(number === undefined ? {} : { number }),
  });
  if (record === undefined) return object;
  const plan = ruling.pendingPlan === undefined ? {} : { pendingPlan: ruling.pendingPlan };
  const status = merge({ ...object.status }, { ...ruling.memory, ...plan, ...record });
  return (await context.source.writeStatus(object, status, true)) as Managed;
}

/** An Event and a log line for every write: what, to which sids, and what Twilio said. No address, no phone number. */
function announce(
  context: Context,
  object: Managed,
  {
    step,
    outcome,
    requestId,
  }: { readonly step: Write; readonly outcome: Outcome; readonly requestId: string | undefined },
): void {
  const target = targetOf(step);
  const key = textOf(objectKey(object));
  context.metrics.write({ kind: object.kind, operation: step.type, result: outcome.kind });
  if (outcome.kind === "done") {
    context.log.info({ object: key, step: step.type, target, requestId }, "wrote to Twilio");
    context.source.tell(object, {
      type: "Normal",
      reason: step.type,
      action: step.type,
      note: `${step.type} ${target}: done (request ${requestId ?? "unknown"}).`,
    });
    return;
  }
  const { kind, code, httpStatus } = outcome.failure;
  context.log.warn(
    { object: key, step: step.type, target, requestId, kind, code, httpStatus },
    "a write to Twilio failed",
  );
  const suggestion =
    outcome.failure.kind === "rejected" && outcome.failure.suggestion !== undefined
      ? " Twilio suggests another form of the address: see status.suggestedAddress."
      : "";
  const said = code === undefined ? `HTTP ${httpStatus ?? "none"}` : `error ${code}`;
  context.source.tell(object, {
    type: "Warning",
    reason: `${step.type}Failed`,
    action: step.type,
    note: `${step.type} ${target}: ${describeFailure[outcome.kind]} (${said}, request ${requestId ?? "unknown"}).${suggestion}`,
  });
}

const describeFailure = {
  refused: "Twilio refused it",
  notProcessed: "not processed, it is tried again",
  unknown: "no clear answer, Twilio is looked at before it is tried again",
} as const;

/** Sids only. */
function targetOf(step: Write): string {
  const { type: _, ...fields } = step;
  if ("address" in fields) return fields.address.friendlyName;
  return Object.values(fields)
    .filter((value) => typeof value === "string" && /^[A-Z]{2}[0-9a-f]{32}$/i.test(value))
    .join(" ");
}
