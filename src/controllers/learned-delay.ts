/**
 * How long Twilio takes to register or to unregister a number of one account, learned from what was seen, so that the
 * first look comes neither much too early nor much too late.
 */
export interface DelayBounds {
  readonly leastMs: number;
  readonly mostMs: number;
  /** Before anything was learned. */
  readonly startMs: number;
}

/** A first look that was not too early comes a little earlier the next time. */
const EARLIER = 0.97;
/** One that came with an answer long after it is brought forward by no more than this at once. */
const MUCH_EARLIER = 0.8;

export class LearnedDelay {
  readonly #bounds: DelayBounds;
  #ms: number;

  constructor(bounds: DelayBounds) {
    this.#bounds = bounds;
    this.#ms = this.#bounded(bounds.startMs);
  }

  get ms(): number {
    return this.#ms;
  }

  /** Twilio was done at most `tookMs` after it had begun, and `looks` looks before that one came too early. */
  ended(tookMs: number, looks: number): void {
    const enough =
      looks === 0 ? Math.max(Math.min(tookMs, this.#ms * EARLIER), this.#ms * MUCH_EARLIER) : tookMs;
    this.#ms = this.#bounded(enough);
  }

  #bounded(ms: number): number {
    return Math.min(this.#bounds.mostMs, Math.max(this.#bounds.leastMs, ms));
  }
}
