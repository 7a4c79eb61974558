/** Time for a run in which nobody waits. */
import type { Clock } from "../../lib/clock.ts";

interface Timer {
  readonly at: number;
  readonly sequence: number;
  readonly fn: () => void;
}

/** Time that passes only when told to: from one timer to the next. */
export class VirtualClock implements Clock {
  #now: number;
  #sequence = 0;
  readonly #timers = new Set<Timer>();

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  uptime(): number {
    return this.#now;
  }

  after(ms: number, fn: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), sequence: this.#sequence, fn };
    this.#sequence += 1;
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** When the first timer is due. */
  nextAt(): number | undefined {
    return this.#first()?.at;
  }

  /** Goes on to the first timer and runs it; false if there is none. */
  advance(): boolean {
    const first = this.#first();
    if (first === undefined) return false;
    this.#timers.delete(first);
    this.#now = Math.max(this.#now, first.at);
    first.fn();
    return true;
  }

  #first(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (
        first === undefined ||
        timer.at < first.at ||
        (timer.at === first.at && timer.sequence < first.sequence)
      )
        first = timer;
    }
    return first;
  }
}
