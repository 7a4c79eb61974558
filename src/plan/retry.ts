/** The slow retry: 1 h doubling to 24 h, kept in status.retry; a changed input starts it over. */
import type { AnyObject } from "../api/objects.ts";
import { annotation } from "../api/objects.ts";
import { ANNOTATION } from "../api/names.ts";
import type { Timings } from "./timings.ts";
import type { AccountState, World } from "./world.ts";
import type { Retry, Ruling } from "./rule.ts";

interface StoredRetry {
  readonly count: number;
  readonly lastTime: string;
  readonly nextTime: string;
  readonly inputs?: string;
}

interface RetryStatus {
  readonly observedGeneration?: number;
  readonly lastHandledReconcileAt?: string;
  readonly retry?: StoredRetry;
}

/** `none`: nothing failed yet. `waiting`: not before nextTime. `due`: the next attempt may be made now. */
export type RetryState =
  | { readonly kind: "none" }
  | { readonly kind: "waiting"; readonly retry: Retry }
  | { readonly kind: "due"; readonly retry: Retry };

/** The value of requested-at that has not been copied to lastHandledReconcileAt yet. */
export function unhandledRequest(object: AnyObject): string | undefined {
  const requested = annotation(object, ANNOTATION.requestedAt);
  return requested === object.status?.lastHandledReconcileAt ? undefined : requested;
}

/** A changed spec or a request of a person: faults are forgotten, the next attempt is made at once. */
function startsOver(object: AnyObject, account: AccountState | undefined): boolean {
  const status: RetryStatus = object.status ?? {};
  if (status.observedGeneration !== object.metadata.generation) return true;
  if (unhandledRequest(object) !== undefined) return true;
  const changed = account?.credentialsChangedAt;
  const last = status.retry === undefined ? undefined : Date.parse(status.retry.lastTime);
  return changed !== undefined && last !== undefined && changed > last;
}

/** `inputs` names what the write depends on besides the spec (a target's sid): another value starts over too. */
export function retryState(
  world: World,
  object: AnyObject,
  account: AccountState,
  inputs: () => string,
): RetryState {
  const stored = (object.status as RetryStatus | undefined)?.retry;
  if (stored === undefined) return { kind: "none" };
  const lastTime = Date.parse(stored.lastTime);
  const over = startsOver(object, account) || (stored.inputs !== undefined && stored.inputs !== inputs());
  if (over) return { kind: "due", retry: { count: 0, lastTime, nextTime: world.now } };
  const retry = { count: stored.count, lastTime, nextTime: Date.parse(stored.nextTime) };
  // What is further away than the longest interval was written by a clock that ran ahead.
  const isAhead = retry.nextTime > world.now + world.timings.slowRetryMax;
  return isAhead || world.now >= retry.nextTime ? { kind: "due", retry } : { kind: "waiting", retry };
}

/**
 * What stays of a failure when a change of the spec is noted (observedGeneration) that cannot be acted on yet: the next
 * attempt must not wait for what an earlier spec came to.
 */
export function withoutWaiting(object: AnyObject, now: number): Pick<Ruling, "memory"> {
  const { retry, observedGeneration }: RetryStatus = object.status ?? {};
  if (retry === undefined || observedGeneration === object.metadata.generation) return {};
  return { memory: { retry: { ...retry, count: 0, nextTime: rfc3339(now) } } };
}

/** The entry after one more failure at `now`. */
export function nextRetry(count: number, now: number, timings: Timings): Retry {
  const interval = Math.min(timings.slowRetryMax, timings.slowRetryMin * 2 ** Math.min(count, 30));
  return { count: count + 1, lastTime: now, nextTime: now + interval };
}

/** As it is stored in status. */
export function storedRetry(retry: Retry, inputs: string): StoredRetry {
  return { count: retry.count, lastTime: rfc3339(retry.lastTime), nextTime: rfc3339(retry.nextTime), inputs };
}

export function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}

/** RFC 3339 without the fraction, as times in conditions are. */
export function wholeSeconds(ms: number): string {
  return `${rfc3339(ms).slice(0, 19)}Z`;
}
