/** How long things take that users wait for: told to the metrics as objects change. */
import { findCondition } from "../api/conditions.ts";
import { keyOf, type AnyObject } from "../api/objects.ts";
import type { Clock } from "../lib/clock.ts";
import type { ObjectMetrics } from "../telemetry/metrics/objects.ts";
import { parseKey, type ChangeKind } from "./objects.ts";

export interface TimesOptions {
  readonly metrics: Pick<ObjectMetrics, "firstLook" | "ready" | "unprotectedFor">;
  readonly clock: Clock;
  /** Does this process serve the object? */
  readonly serves: (object: AnyObject) => boolean;
}

interface Waiting {
  readonly since: number;
  isLookedAt: boolean;
}

export class Times {
  readonly #options: TimesOptions;
  /** New objects that are not Ready yet, by key. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(options: TimesOptions) {
    this.#options = options;
  }

  /** An object came, changed or went. */
  changed(object: AnyObject, previous: AnyObject | undefined, by: ChangeKind): void {
    this.#noteProtection(object, previous, by === "gone");
    const key = keyOf(object);
    const isLookedAt = object.status?.conditions !== undefined;
    // What another replica has looked at is that one's to tell, also when we take over in between.
    if (by === "gone" || (isLookedAt && !this.#options.serves(object))) this.#waiting.delete(key);
    else if (isLookedAt) this.#noteReady(key, object);
    else if (previous === undefined)
      this.#waiting.set(key, { since: this.#options.clock.now(), isLookedAt: false });
  }

  /** A pass over this key has ended. */
  passed(key: string): void {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined || waiting.isLookedAt) return;
    waiting.isLookedAt = true;
    const { metrics, clock } = this.#options;
    metrics.firstLook(parseKey(key).kind, clock.now() - waiting.since);
  }

  #noteReady(key: string, object: AnyObject): void {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined || findCondition(object.status?.conditions, "Ready")?.status !== "True") return;
    this.#waiting.delete(key);
    const { metrics, clock } = this.#options;
    metrics.ready(object.kind, clock.now() - waiting.since);
  }

  #noteProtection(object: AnyObject, previous: AnyObject | undefined, isGone: boolean): void {
    if (previous?.kind !== "PhoneNumberBinding" || object.kind !== "PhoneNumberBinding") return;
    const since = previous.status?.unprotectedSince;
    if (since === undefined || (!isGone && object.status?.unprotectedSince !== undefined)) return;
    const { metrics, clock, serves } = this.#options;
    if (serves(object)) metrics.unprotectedFor(Math.max(0, clock.now() - Date.parse(since)));
  }
}
