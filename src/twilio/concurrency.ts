/**
 * How many requests of one account are under way at a time. Twilio limits concurrency per account and does not say to
 * what: the limit is found by additive increase and multiplicative decrease, below the configured ceiling.
 */
import type { Clock } from "../lib/clock.ts";

/** Who goes first when requests must wait: lower numbers. */
export const LANE = { write: 0, look: 1, sweep: 2 } as const;

export type Lane = (typeof LANE)[keyof typeof LANE];

/** A 429 halves the limit once per this time, not once for each request that was under way together. */
const DECREASE_PAUSE_MS = 1_000;
/** After a 429 without Retry-After nothing is sent for so long. */
const PAUSE_MS = 250;

export class ConcurrencyGate {
  readonly #clock: Clock;
  #ceiling: number;
  #limit: number;
  #active = 0;
  #activeWrites = 0;
  #drained: (() => void)[] = [];
  /** By lane; the first in each has waited longest. */
  readonly #waiting: Record<Lane, (() => void)[]> = { 0: [], 1: [], 2: [] };
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
    return Math.floor(this.#limit);
  }

  /** Runs the work when there is room for it. `work` tells by its result whether Twilio throttled it. */
  async run<T extends { readonly throttledForMs?: number | undefined; readonly throttled: boolean }>(
    lane: Lane,
    work: () => Promise<T>,
  ): Promise<T> {
    await this.#enter(lane);
    if (lane === LANE.write) this.#activeWrites += 1;
    try {
      const result = await work();
      if (result.throttled) this.#decrease(result.throttledForMs);
      else this.#limit = Math.min(this.#ceiling, this.#limit + 1 / Math.max(1, this.#limit));
      return result;
    } finally {
      this.#active -= 1;
      if (lane === LANE.write) this.#endWrite();
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
      this.#waiting[lane].push(resolve);
      this.#admit();
    });
  }

  #admit(): void {
    const pause = this.#pausedUntil - this.#clock.now();
    if (pause > 0) {
      this.#admitAfter(pause);
      return;
    }
    while (this.#active < Math.max(1, this.limit)) {
      const next = this.#waiting[0].shift() ?? this.#waiting[1].shift() ?? this.#waiting[2].shift();
      if (next === undefined) return;
      this.#active += 1;
      next();
    }
  }

  #admitAfter(ms: number): void {
    if (this.#isPausing) return;
    this.#isPausing = true;
    this.#clock.after(ms, () => {
      this.#isPausing = false;
      this.#admit();
    });
  }

  #decrease(retryAfterMs: number | undefined): void {
    const now = this.#clock.now();
    this.#pausedUntil = Math.max(this.#pausedUntil, now + (retryAfterMs ?? PAUSE_MS));
    if (now - this.#decreasedAt < DECREASE_PAUSE_MS) return;
    this.#decreasedAt = now;
    this.#limit = Math.max(1, this.#limit / 2);
  }
}
