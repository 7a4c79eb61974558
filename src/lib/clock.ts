/** Time as an argument: nobody below the composition roots reads a clock or sets a timer by itself. */
export interface Clock {
  /** Milliseconds since the epoch, by the wall clock; never earlier than before, although that one may be set back. */
  now(): number;
  /** Milliseconds since some moment in the past; unlike the wall clock nobody can set it. */
  uptime(): number;
  /** Calls `fn` once after `ms` milliseconds; the returned function cancels it. */
  after(ms: number, fn: () => void): () => void;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
