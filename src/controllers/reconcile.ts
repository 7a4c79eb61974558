/** One pass over one object, the same for every kind: observe → plan → execute at most one write → report. */
import { findCondition } from "../api/conditions.ts";
import { isGone, keyOf, type AnyObject, type Managed } from "../api/objects.ts";
import { equal } from "../lib/equal.ts";
import { plan } from "../plan/plan.ts";
import { classOf, type NamedRuling } from "../plan/rule.ts";
import { merge, nextStatus } from "../plan/status.ts";
import type { World } from "../plan/world.ts";
import type { Result } from "../runtime/controller.ts";
import { observe, type Context } from "./context.ts";
import { execute, type Executed } from "./execute.ts";
import { shardOf } from "./tenure.ts";
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
    const world = observe(context, object);
    const ruling = plan(world, object);
    context.memory.noteWatch(object, ruling.watch, world.now);
    const executed = await execute(context, object, ruling);
    if (executed.kind === "dropped") return { kind: "backoff" };
    if (executed.kind === "failed") return afterFailure(context, { world, object, ruling }, executed);
    const seen =
      executed.kind === "nothing" ? { world, object, ruling } : lookAnew(context, object, executed);
    if (seen === undefined || isGone(seen.object)) return { kind: "forget" };
    await report(context, seen);
    onRuling(seen.object, seen.ruling);
    return nextPass(context, { first: ruling, last: seen.ruling, executed });
  } catch (error) {
    if (error instanceof Overtaken) return { kind: "backoff" };
    throw error;
  }
}

interface Seen {
  readonly world: World;
  /** The object as the API server has it. */
  readonly object: AnyObject;
  readonly ruling: NamedRuling;
  /** What the answer to a write leaves behind, not in the API server yet. */
  readonly memory?: Readonly<Record<string, unknown>>;
}

/** After a read or a write the world is another: plan again, so that the status says what is true now. */
function lookAnew(
  context: Context,
  before: AnyObject,
  executed: Extract<Executed, { kind: "done" | "written" }>,
): Seen | undefined {
  const stored = context.source.get(objectKey(before));
  if (stored === undefined) return undefined;
  const memory = executed.kind === "written" ? executed.memory : {};
  const remembered = { ...stored, status: merge({ ...stored.status }, memory) } as unknown as Managed;
  const world = observe(context, remembered);
  const ruling = plan(world, remembered);
  context.memory.noteWatch(stored, ruling.watch, world.now);
  return { world, object: stored, ruling, memory };
}

async function report(context: Context, { world, object, ruling, memory }: Seen): Promise<void> {
  const remembered = { ...object, status: merge({ ...object.status }, memory ?? {}) } as unknown as AnyObject;
  const status = nextStatus(world, remembered, ruling);
  if (isSettled(ruling)) context.memory.noteWrite(object, undefined);
  if (equal(object.status ?? {}, status)) return;
  await context.source.writeStatus(object, status);
  const before = findCondition(object.status?.conditions, "Ready")?.reason;
  if (ruling.keep !== true && before !== ruling.reason) announce(context, object, ruling);
}

/** What was written has had its effect: the same write may be needed again one day. */
function isSettled(ruling: NamedRuling): boolean {
  return classOf(ruling).ready === "True" && ruling.keep !== true && ruling.step.type === "None";
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
  const anew = plan(observe(context, seen.object), seen.object);
  if (anew.step.type === "None") await report(context, { ...seen, ruling: anew });
  return { kind: "backoff" };
}

/** At once while there is something to do; at the time the plan names; else when something changes. */
function nextPass(
  context: Context,
  {
    first,
    last,
    executed,
  }: { readonly first: NamedRuling; readonly last: NamedRuling; readonly executed: Executed },
): Result {
  if (executed.kind === "written" && executed.outcome.kind !== "done" && executed.outcome.kind !== "refused")
    return { kind: "backoff" };
  if (last.step.type !== "None") {
    const isStuck = executed.kind === "done" && equal(first.step, last.step);
    return isStuck ? { kind: "backoff" } : { kind: "requeueAfter", ms: 0 };
  }
  if (last.wakeAt === undefined) return { kind: "forget" };
  return { kind: "requeueAfter", ms: Math.max(10, last.wakeAt - context.clock.now()) };
}
