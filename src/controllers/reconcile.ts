/** One pass over one object, the same for every kind: observe → plan → execute at most one write → report. */
import { findCondition } from "../api/conditions.ts";
import { isGone, keyOf, type AnyObject } from "../api/objects.ts";
import { equal } from "../lib/equal.ts";
import { mayBeHeld } from "../plan/held-status.ts";
import { plan } from "../plan/plan.ts";
import { classOf, type NamedRuling } from "../plan/rule.ts";
import { merge, nextStatus, type Status } from "../plan/status.ts";
import { isLook } from "../plan/step.ts";
import { isUnseen } from "../plan/unseen.ts";
import type { World } from "../plan/world.ts";
import type { Result } from "../runtime/controller.ts";
import { observe, type Context } from "./context.ts";
import { execute, type Executed } from "./execute.ts";
import { LANE } from "./lanes.ts";
import { shardOf } from "./shard.ts";
import { Overtaken, parseKey, objectKey } from "./objects.ts";

export interface Pass {
  readonly context: Context;
  /** Told what the last plan of a pass waits for: polling and budget. */
  readonly onRuling: (object: AnyObject, ruling: NamedRuling) => void;
}

export async function reconcile({ context, onRuling }: Pass, key: string): Promise<Result> {
  const object = context.source.get(parseKey(key));
  if (object === undefined || !context.tenure.serves(shardOf(context.source.objects, object)))
    return { kind: "forget" };
  try {
    return await passOver({ context, onRuling }, object);
  } catch (error) {
    if (error instanceof Overtaken) return { kind: "backoff" };
    throw error;
  }
}

async function passOver({ context, onRuling }: Pass, object: AnyObject): Promise<Result> {
  const first = see(context, object, context.memory.held(object)?.memory ?? {});
  if (isOwed(context, first)) {
    await report(context, first, "now");
    return { kind: "requeueAfter", ms: 0 };
  }
  const executed = await execute(context, object, first.ruling);
  if (executed.kind === "dropped") return { kind: "backoff" };
  if (executed.kind === "failed") return afterFailure(context, first, executed);
  const last = executed.kind === "nothing" ? first : lookAnew(context, first, executed);
  if (last === undefined || isGone(last.object)) return { kind: "forget" };
  const heldUntil = await report(context, last);
  onRuling(last.object, last.ruling);
  if (isUnblocked(context, last)) return { kind: "requeueAfter", ms: 0, priority: laneAfter(last.object) };
  return nextPass(context, {
    first: first.ruling,
    last: last.ruling,
    executed,
    heldUntil,
    object: last.object,
  });
}

interface Seen {
  readonly world: World;
  /** The object as the API server has it. */
  readonly object: AnyObject;
  readonly ruling: NamedRuling;
  /** Fields of the status that the API server does not have yet: of an answer to a write, or held back. */
  readonly memory: Readonly<Record<string, unknown>>;
}

function see(context: Context, object: AnyObject, memory: Seen["memory"]): Seen {
  const known = remembering(object, memory);
  const world = observe(context, known);
  const ruling = plan(world, known);
  context.memory.noteWatch(object, ruling.watch, world.now);
  return { world, object, ruling, memory };
}

function remembering(object: AnyObject, memory: Seen["memory"]): AnyObject {
  return Object.keys(memory).length === 0
    ? object
    : ({ ...object, status: merge({ ...object.status }, memory) } as unknown as AnyObject);
}

/** What was held back of the status must be there before anything else is written. */
function isOwed(context: Context, { object, ruling }: Seen): boolean {
  const { step } = ruling;
  if (context.memory.held(object) === undefined || step.type === "None" || isLook(step)) return false;
  return Object.keys(context.memory.held(object)?.memory ?? {}).length > 0;
}

/** What the status has just forgotten or learnt may call for a step of its own: nobody tells us of our own writes. */
function isUnblocked(context: Context, { object, ruling }: Seen): boolean {
  const stored = context.source.get(objectKey(object));
  if (stored === undefined || stored === object || ruling.step.type !== "None") return false;
  return plan(observe(context, stored), stored).step.type !== "None";
}

/** After a read or a write the world is another: plan again, so that the status says what is true now. */
function lookAnew(
  context: Context,
  before: Seen,
  executed: Extract<Executed, { kind: "done" | "written" }>,
): Seen | undefined {
  const stored = context.source.get(objectKey(before.object));
  if (stored === undefined) return undefined;
  return see(context, stored, executed.kind === "written" ? executed.memory : before.memory);
}

/** Writes the status if it says something new. Returns until when that is held back, if it is (Clock.now). */
async function report(context: Context, seen: Seen, when?: "now"): Promise<number | undefined> {
  const { world, object, ruling, memory } = seen;
  const status = nextStatus(world, remembering(object, memory), ruling);
  if (isSettled(ruling)) context.memory.noteWrite(object, undefined);
  if (equal(object.status ?? {}, status)) {
    context.memory.hold(object, undefined);
    return undefined;
  }
  const until = when === "now" ? undefined : holdBack(context, seen, status);
  if (until !== undefined) return until;
  context.memory.hold(object, undefined);
  await context.source.writeStatus(object, status);
  tell(context, seen);
  return undefined;
}

function tell(context: Context, { object, ruling }: Seen): void {
  const conditions = object.status?.conditions;
  // What is not found has the same reason while it may still appear and after that.
  const stops = classOf(ruling).stalled && findCondition(conditions, "Stalled")?.status !== "True";
  const isNew = stops || findCondition(conditions, "Ready")?.reason !== ruling.reason;
  if (ruling.keep !== true && isNew) announce(context, object, ruling);
  if (ruling.twins !== undefined) announceTwins(context, object, ruling.twins);
}

/** A process that was frozen in the tick in which it sent a create has made it a second time. Told when first seen. */
function announceTwins(context: Context, object: AnyObject, twins: readonly string[]): void {
  const said = findCondition(object.status?.conditions, "Ready")?.message ?? "";
  const sids = twins.filter((sid) => !said.includes(sid));
  if (sids.length === 0) return;
  context.log.warn({ object: keyOf(object), sids }, "Twilio has a second Address of the same content");
  context.source.tell(object, {
    type: "Warning",
    reason: "DuplicateAddress",
    action: "Plan",
    note: `Twilio also has ${sids.join(", ")} of the same content, which is not used: see \`twilio-emergency orphans\`.`,
  });
}

/** The time runs from the first state that was held back, so that no number of states makes it longer. */
function holdBack(
  { memory, holdMs }: Context,
  { world, object, ruling, memory: fields }: Seen,
  status: Status,
): number | undefined {
  if (holdMs === 0 || !mayBeHeld(object, status, ruling)) return undefined;
  const since = memory.held(object)?.since ?? world.now;
  if (world.now >= since + holdMs) return undefined;
  memory.hold(object, { memory: fields, since });
  return since + holdMs;
}

/** What was written has had its effect: the same write may be needed again one day. */
function isSettled(ruling: NamedRuling): boolean {
  const isAtRest = classOf(ruling).ready === "True" || ruling.settled === true;
  return isAtRest && ruling.keep !== true && ruling.step.type === "None";
}

function announce(context: Context, object: AnyObject, ruling: NamedRuling): void {
  const { reason, rule } = ruling;
  context.log.info({ object: keyOf(object), reason, rule }, "the object's state has changed");
  if (!classOf(ruling).stalled) return;
  context.source.tell(object, {
    type: "Warning",
    reason,
    action: "Plan",
    note: `${reason}: see the Ready condition.`,
  });
}

/** No answer: nothing is known that was not known before, so only what the plan already says is reported. */
async function afterFailure(
  context: Context,
  seen: Seen,
  { failure }: Extract<Executed, { kind: "failed" }>,
): Promise<Result> {
  const { kind, code, requestId } = failure;
  context.log.warn(
    { object: keyOf(seen.object), step: seen.ruling.step.type, kind, code, requestId },
    "no answer from Twilio",
  );
  const anew = see(context, context.source.get(objectKey(seen.object)) ?? seen.object, seen.memory);
  if (anew.ruling.step.type === "None" || isUnseen(anew.ruling)) await report(context, anew);
  return { kind: "backoff" };
}

/** At once while there is something to do; at the time the plan names; else when something changes. */
function nextPass(
  context: Context,
  {
    first,
    last,
    executed,
    heldUntil,
    object,
  }: {
    readonly object: AnyObject;
    readonly first: NamedRuling;
    readonly last: NamedRuling;
    readonly executed: Executed;
    readonly heldUntil: number | undefined;
  },
): Result {
  if (executed.kind === "written" && executed.outcome.kind !== "done" && executed.outcome.kind !== "refused")
    return { kind: "backoff", priority: laneAfter(object) };
  if (last.step.type !== "None") {
    const isStuck = executed.kind === "done" && equal(first.step, last.step);
    return isStuck ? { kind: "backoff" } : { kind: "requeueAfter", ms: 0, priority: laneAfter(object) };
  }
  const times = [last.wakeAt, heldUntil].filter((time) => time !== undefined);
  if (times.length === 0) return { kind: "forget" };
  const ms = Math.max(10, Math.min(...times) - context.clock.now());
  return { kind: "requeueAfter", ms, priority: laneAfter(object) };
}

/** A number that lost its protection by a step of ours waits for nobody; a pass that goes on has had its turn. */
function laneAfter(object: AnyObject): number {
  const isUnprotected = object.kind === "PhoneNumberBinding" && object.status?.operation !== undefined;
  return isUnprotected ? LANE.unprotected : LANE.observed;
}
