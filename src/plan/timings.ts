/** How long the planner waits for what: after a refusal such as 21628, for a lag, for a thing that is missing. */

/** Waits of the operator's own in milliseconds, already divided by `--time-scale`. */
export interface Timings {
  /** How long a named thing may be missing before that is a fault, and how long a lagging slot may lag. */
  readonly grace: number;
  /** How long `sid set, unregistered` is taken for a lag. */
  readonly slotLag: number;
  /** Two observations so far apart that show an unchanged EmergencyStatus mean that Twilio ignores it. */
  readonly ignoredAfter: number;
  /** After a create without an answer: look again this long after its start, then it may be sent once more. */
  readonly createLooks: readonly number[];
  /** Slow retry, after Twilio has refused something: first and last interval; retry.ts doubles in between. */
  readonly slowRetryMin: number;
  readonly slowRetryMax: number;
}

export const TIMINGS: Timings = {
  grace: 5 * 60_000,
  slotLag: 60_000,
  ignoredAfter: 5 * 60_000,
  createLooks: [5_000, 15_000, 60_000],
  slowRetryMin: 3_600_000,
  slowRetryMax: 24 * 3_600_000,
};

/** All waits divided by `--time-scale`. */
export function scaledTimings(scale: number): Timings {
  return {
    grace: TIMINGS.grace / scale,
    slotLag: TIMINGS.slotLag / scale,
    ignoredAfter: TIMINGS.ignoredAfter / scale,
    createLooks: TIMINGS.createLooks.map((ms) => ms / scale),
    slowRetryMin: TIMINGS.slowRetryMin / scale,
    slowRetryMax: TIMINGS.slowRetryMax / scale,
  };
}
