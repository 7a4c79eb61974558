/** The range of a backoff, in milliseconds. */
export interface BackoffRange {
  /** Ceiling of the first wait; it doubles with every attempt. */
  readonly baseMs: number;
  /** No ceiling is higher than this. */
  readonly capMs: number;
}

/** 1 s → 5 min. */
export const DEFAULT_BACKOFF: BackoffRange = { baseMs: 1_000, capMs: 300_000 };

/**
 * How long to wait before the next attempt, in milliseconds: anything between 0 and a ceiling that doubles ("full
 * jitter"), because those who failed together must not come back together. `attempt` counts failures before this one,
 * from 0; `random` gives 0 ≤ x < 1.
 */
export function fullJitter(
  attempt: number,
  random: () => number,
  range: BackoffRange = DEFAULT_BACKOFF,
): number {
  // 2 ** attempt overflows to Infinity for large attempts, and min() takes care of it.
  const ceiling = Math.min(range.capMs, range.baseMs * 2 ** Math.max(0, attempt));
  return Math.round(random() * ceiling);
}
