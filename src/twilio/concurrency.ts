/**
 * How many requests of one account are under way at a time, and which goes next. Twilio limits concurrency per account
 * and does not say to what. The limit is found below the configured ceiling:
 *
 *   429      → a pause, then from one up again, doubled a round trip until half of what was too much
 *   success  → one more a round trip (additive increase), but less than what was too much; that is tried again after a
 *              time that doubles whenever it still is
 */
import type { Clock } from "../lib/clock.ts";

/** Who goes first when requests must wait: lower numbers. */
export const LANE = {
  /** A number that lost its protection by a step of ours: never behind anything else. */
  unprotected: 0,
  change: 1,
  transition: 2,
  poll: 3,
  drift: 4,
} as const;

export type Lane = (typeof LANE)[keyof typeof LANE];

/** A request of a lane goes before those of the next lane that came so much earlier: none waits for ever. */
export const LANE_AGE_MS = 2_000;
/** After a 429 without Retry-After nothing is sent for so long. */
const PAUSE_MS = 250;
/** No server of ours asks for more. */
const LONGEST_PAUSE_MS = 60_000;
/** More than was too much last time is tried after this long, and twice as long each time it still is. */
const PROBE_MS = { first: 10_000, last: 300_000 } as const;

interface Waiting {
  readonly lane: Lane;
  readonly since: number;
  readonly enter: () => void;
}

/** What the gate must know of an answer. */
export interface Throttling {
  readonly throttled: boolean;
  /** Retry-After, in ms. */
  readonly throttledForMs?: number | undefined;
}

export class ConcurrencyGate {
  readonly #clock: Clock;
  #ceiling: number;
  #limit: number;
  /** Up to here the limit doubles a round trip. */
  #slowStartTo = 0;
  /** The most that is known to be good, as far as something more was too much. */
  #bound = Number.POSITIVE_INFINITY;
  #probeAt = 0;
  #probePauseMs: number = PROBE_MS.first;
  #active = 0;
  #activeWrites = 0;
  #drained: (() => void)[] = [];
  /** By lane; the first in each has waited longest. */
  readonly #waiting: Record<Lane, Waiting[]> = { 0: [], 1: [], 2: [], 3: [], 4: [] };
  /** Requests that began before it were sent under the old limit: their 429 is no news. */
  #decreasedAt = Number.NEGATIVE_INFINITY;
  #pausedUntil = 0;
  #isPausing = false;

  constructor(clock: Clock, ceiling: number) {
    this.#clock = clock;
    this.#ceiling = ceiling;
    this.#limit = ceiling;
  }

  /** Another ceiling; the limit follows it down at once and up by success. */
  setCeiling(ceiling: number): void {
    this.#ceiling = ceiling;
    this.#limit = Math.min(this.#limit, ceiling);
  }

  get limit(): number {
    return Math.max(1, Math.floor(this.#limit));
  }

  /** Runs the work when there is room for it. `isWrite`: see writesDrained. */
  async run<T extends Throttling>(lane: Lane, isWrite: boolean, work: () => Promise<T>): Promise<T> {
    await this.#enter(lane);
    const begun = { at: this.#clock.uptime(), active: this.#active };
    if (isWrite) this.#activeWrites += 1;
    try {
      const result = await work();
      if (result.throttled) this.#decrease(begun, result.throttledForMs);
      else this.#increase(begun.at);
      return result;
    } finally {
      this.#active -= 1;
      if (isWrite) this.#endWrite();
      this.#admit();
    }
  }

  /** Resolves when no write is under way. */
  writesDrained(): Promise<void> {
    if (this.#activeWrites === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  #endWrite(): void {
    this.#activeWrites -= 1;
    if (this.#activeWrites > 0) return;
    for (const resolve of this.#drained) resolve();
    this.#drained = [];
  }

  #enter(lane: Lane): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting[lane].push({ lane, since: this.#clock.uptime(), enter: resolve });
      this.#admit();
    });
  }

  #admit(): void {
    const pause = this.#pausedUntil - this.#clock.uptime();
    if (pause > 0) {
      this.#admitAfter(pause);
      return;
    }
    while (this.#active < this.limit) {
      const next = this.#next();
      if (next === undefined) return;
      this.#waiting[next.lane].shift();
      this.#active += 1;
      next.enter();
    }
  }

  #next(): Waiting | undefined {
    const [first, ...others] = Object.values(this.#waiting).map((lane) => lane[0]);
    if (first !== undefined) return first;
    let best: Waiting | undefined;
    for (const one of others)
      if (one !== undefined && (best === undefined || isBefore(one, best))) best = one;
    return best;
  }

  #admitAfter(ms: number): void {
    if (this.#isPausing) return;
    this.#isPausing = true;
    this.#clock.after(ms, () => {
      this.#isPausing = false;
      this.#admit();
    });
  }

  #increase(begunAt: number): void {
    if (begunAt < this.#decreasedAt) return;
    const now = this.#clock.uptime();
    const step = this.#limit < this.#slowStartTo ? 1 : 1 / Math.max(1, this.#limit);
    const most = now < this.#probeAt ? Math.min(this.#bound, this.#ceiling) : this.#ceiling;
    this.#limit = Math.max(1, Math.min(most, this.#limit + step));
    // What was too much is good again: the next time is a surprise like the first.
    if (this.#limit > this.#bound + 1) {
      this.#bound = Number.POSITIVE_INFINITY;
      this.#probePauseMs = PROBE_MS.first;
    }
  }

  #decrease(begun: { readonly at: number; readonly active: number }, retryAfterMs: number | undefined): void {
    const now = this.#clock.uptime();
    const pause = Math.min(retryAfterMs ?? PAUSE_MS, LONGEST_PAUSE_MS);
    if (begun.at < this.#decreasedAt) {
      if (retryAfterMs !== undefined) this.#pausedUntil = Math.max(this.#pausedUntil, now + pause);
      return;
    }
    this.#decreasedAt = now;
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pause);
    // Others may have been sent after this one: what was too much is what is under way now.
    const tooMuch = Math.max(begun.active, this.#active);
    const isAgain = this.#bound === Math.max(1, tooMuch - 1);
    this.#probePauseMs = isAgain ? Math.min(PROBE_MS.last, this.#probePauseMs * 2) : PROBE_MS.first;
    this.#probeAt = now + this.#probePauseMs;
    this.#bound = Math.max(1, tooMuch - 1);
    this.#slowStartTo = Math.max(1, tooMuch / 2);
    this.#limit = 1;
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.since + a.lane * LANE_AGE_MS < b.since + b.lane * LANE_AGE_MS;
}
