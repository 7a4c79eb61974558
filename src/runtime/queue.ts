/** The work queue: which key is next, and which waits until when. */
import { type BackoffRange, DEFAULT_BACKOFF, fullJitter } from "../lib/backoff.ts";
import type { Clock } from "../lib/clock.ts";
import type { QueueObserver } from "../telemetry/metrics/runtime.ts";
import { Heap, type Heaped } from "./heap.ts";

export interface QueueOptions {
  readonly clock: Clock;
  /** Gives 0 ≤ x < 1. */
  readonly random: () => number;
  /** Waits of addBackoff; 1 s → 5 min if absent. */
  readonly backoff?: BackoffRange;
  readonly observer?: QueueObserver;
}

export interface QueueStats {
  /** Keys that wait for a worker, those whose key is being worked on included. */
  readonly ready: number;
  /** Keys that wait for their time. */
  readonly delayed: number;
  /** Keys that a worker holds. */
  readonly processing: number;
  /** For how long the keys that workers hold have been held, added up, and that of the one held longest; in ms. */
  readonly unfinishedMs: number;
  readonly longestRunningMs: number;
}

/** A waiting key. In the delay heap until `dueAt`, then in the ready heap, unless a worker holds the key. */
interface Entry extends Heaped {
  readonly key: string;
  priority: number;
  /** Queue time at which a worker may take it; undefined once it is ready. */
  dueAt: number | undefined;
  readyAt: number;
  /** Order among ready entries of one lane. */
  sequence: number;
}

/** The lane of a key that was added without one; lower numbers are served first. */
const DEFAULT_PRIORITY = 10;
/** Keys of this lane and of those before it are served before all others, however long these have waited. */
export const FIRST_PRIORITY = 0;
/** Among the others a key of a better lane goes before one that has waited so much longer for each step between them. */
const AGE_MS = 200;

interface Waiter {
  readonly atMost: number;
  readonly resolve: (key: string | undefined) => void;
}

/** A wall clock that was set back is noticed after this long at the latest. */
const LONGEST_ARM_MS = 60_000;

/**
 * Work queue of keys, with the semantics of client-go's workqueue and controller-runtime's priority queue:
 *
 * - a key waits at most once: adding it again keeps the earlier time and the better (lower) priority;
 * - a key is never given to two workers: added again meanwhile, it is handed out once more after `done`;
 * - lower priority numbers first, first in first out inside a lane; but no lane waits for ever (AGE_MS), and those up
 *   to FIRST_PRIORITY wait for no other;
 * - per-key backoff with full jitter, until `forget`.
 *
 * Keys, not events: what to do is found out by looking at the world when the key is worked on.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #backoff: BackoffRange;
  readonly #observer: QueueObserver | undefined;
  readonly #entries = new Map<string, Entry>();
  readonly #ready = new Heap<Entry>(isBefore);
  readonly #delayed = new Heap<Entry>((a, b) => (a.dueAt ?? 0) < (b.dueAt ?? 0));
  /** Key → queue time at which a worker took it. */
  readonly #processing = new Map<string, number>();
  readonly #attempts = new Map<string, number>();
  #waiters: Waiter[] = [];
  #sequence = 0;
  /** What the wall clock was set back by, so that queue time never goes back. */
  #offset = 0;
  #armedFor: number | undefined;
  #disarm: () => void = () => {};
  #stopped = false;

  constructor(options: QueueOptions) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#backoff = options.backoff ?? DEFAULT_BACKOFF;
    this.#observer = options.observer;
  }

  /** Hands the key out as soon as a worker is free. */
  add(key: string, priority: number = DEFAULT_PRIORITY): void {
    this.addAfter(key, 0, priority);
  }

  /** Hands the key out in `ms` milliseconds, or earlier if it waits for less already. */
  addAfter(key: string, ms: number, priority: number = DEFAULT_PRIORITY): void {
    if (this.#stopped) return;
    const dueAt = ms > 0 ? this.#time() + ms : undefined;
    if (ms > 0) this.#observer?.retried();
    const waiting = this.#entries.get(key);
    if (waiting === undefined) this.#insert(key, dueAt, priority);
    else this.#improve(waiting, dueAt, priority);
    this.#arm();
    this.#dispatch();
  }

  /**
   * Hands the key out after a wait that grows with each call until `forget`. Returns the wait in ms (it may have been
   * added for an earlier time already).
   */
  addBackoff(key: string, priority: number = DEFAULT_PRIORITY): number {
    const attempt = this.#attempts.get(key) ?? 0;
    const ms = fullJitter(attempt, this.#random, this.#backoff);
    if (!this.#stopped) this.#attempts.set(key, attempt + 1);
    this.addAfter(key, ms, priority);
    return ms;
  }

  /** The next backoff of this key starts over. It does not take the key out of the queue. */
  forget(key: string): void {
    this.#attempts.delete(key);
  }

  /** Calls of addBackoff since the last `forget`. */
  attempts(key: string): number {
    return this.#attempts.get(key) ?? 0;
  }

  /**
   * The next key, when there is one; undefined after `shutdown`. Call `done` with it in any case. With `atMost`, only a
   * key of that priority or a better one.
   */
  take(atMost = Number.POSITIVE_INFINITY): Promise<string | undefined> {
    if (this.#stopped) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiters.push({ atMost, resolve });
      this.#dispatch();
    });
  }

  /** The worker has finished with a key it took. */
  done(key: string): void {
    const takenAt = this.#processing.get(key);
    if (takenAt === undefined) return;
    this.#processing.delete(key);
    this.#observer?.done(this.#time() - takenAt);
    const again = this.#entries.get(key);
    // Became ready while it was held: only now may it be handed out.
    if (again !== undefined && again.dueAt === undefined && !this.#stopped) this.#ready.push(again);
    this.#dispatch();
  }

  /** Nothing is handed out or accepted from now on. What is held may finish. */
  shutdown(): void {
    this.#stopped = true;
    this.#disarm();
    this.#entries.clear();
    for (const { resolve } of this.#waiters) resolve(undefined);
    this.#waiters = [];
  }

  stats(): QueueStats {
    const now = this.#time();
    const held = [...this.#processing.values()].map((takenAt) => now - takenAt);
    return {
      ready: this.#stopped ? 0 : this.#entries.size - this.#delayed.size,
      delayed: this.#stopped ? 0 : this.#delayed.size,
      processing: held.length,
      unfinishedMs: held.reduce((sum, ms) => sum + ms, 0),
      longestRunningMs: Math.max(0, ...held),
    };
  }

  #insert(key: string, dueAt: number | undefined, priority: number): void {
    const entry: Entry = { key, priority, dueAt, readyAt: 0, sequence: 0, heapIndex: -1 };
    this.#entries.set(key, entry);
    if (dueAt === undefined) this.#makeReady(entry);
    else this.#delayed.push(entry);
  }

  /** Earlier time and better priority win; neither is ever made worse. */
  #improve(entry: Entry, dueAt: number | undefined, priority: number): void {
    const better = Math.min(entry.priority, priority);
    if (entry.dueAt === undefined) {
      if (better !== entry.priority) this.#moveReady(entry, better);
      return;
    }
    entry.priority = better;
    if (dueAt !== undefined && dueAt >= entry.dueAt) return;
    this.#delayed.remove(entry);
    entry.dueAt = dueAt;
    if (dueAt === undefined) this.#makeReady(entry);
    else this.#delayed.push(entry);
  }

  #moveReady(entry: Entry, priority: number): void {
    const queued = entry.heapIndex >= 0;
    // Its place in the heap depends on the priority: out before the change. The sequence stays: it has waited longer.
    this.#ready.remove(entry);
    entry.priority = priority;
    if (queued) this.#ready.push(entry);
  }

  #makeReady(entry: Entry): void {
    entry.dueAt = undefined;
    entry.readyAt = this.#time();
    entry.sequence = this.#sequence;
    this.#sequence += 1;
    this.#observer?.added();
    if (!this.#processing.has(entry.key)) this.#ready.push(entry);
  }

  #dispatch(): void {
    for (let first = this.#ready.peek(); first !== undefined; first = this.#ready.peek()) {
      const entry = first;
      const index = this.#waiters.findIndex(({ atMost }) => entry.priority <= atMost);
      const [waiter] = index < 0 ? [] : this.#waiters.splice(index, 1);
      if (waiter === undefined) return;
      this.#ready.remove(entry);
      this.#entries.delete(entry.key);
      this.#processing.set(entry.key, this.#time());
      this.#observer?.taken(this.#time() - entry.readyAt);
      waiter.resolve(entry.key);
    }
  }

  #time(): number {
    return this.#clock.now() + this.#offset;
  }

  /** One timer, for the delayed key that is due first. */
  #arm(): void {
    const first = this.#delayed.peek();
    if (this.#armedFor !== undefined && this.#armedFor === first?.dueAt) return;
    this.#disarm();
    this.#armedFor = first?.dueAt;
    if (first?.dueAt === undefined) return;
    const wait = Math.min(Math.max(0, first.dueAt - this.#time()), LONGEST_ARM_MS);
    const until = this.#time() + wait;
    this.#disarm = this.#clock.after(wait, () => this.#onTimer(until));
  }

  #onTimer(until: number): void {
    this.#armedFor = undefined;
    // That timer ran for as long as it was asked to. If the wall clock disagrees, it was set back meanwhile.
    this.#offset += Math.max(0, until - this.#time());
    const now = this.#time();
    for (
      let first = this.#delayed.peek();
      first?.dueAt !== undefined && first.dueAt <= now;
      first = this.#delayed.peek()
    ) {
      this.#delayed.remove(first);
      this.#makeReady(first);
    }
    this.#arm();
    this.#dispatch();
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  const [first, second] = [a.priority <= FIRST_PRIORITY, b.priority <= FIRST_PRIORITY];
  if (first !== second) return first;
  const [left, right] = first
    ? [a.priority, b.priority]
    : [a.readyAt + a.priority * AGE_MS, b.readyAt + b.priority * AGE_MS];
  return left < right || (left === right && a.sequence < b.sequence);
}
