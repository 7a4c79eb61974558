/** The clock of the machine: the only place that asks it. */
import type { Clock } from "../lib/clock.ts";

/** Node fires a longer timer at once; such a wait is cut into pieces. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real clock. Its timers keep the process alive: what waits must be stopped, not forgotten. */
export function systemClock(): Clock {
  return { now: steadyNow(), uptime: () => performance.now(), after, sleep };
}

/**
 * The time of day, but never earlier than what it said before: evidence is dated by it, and a wall clock
 * that is set back must not make old evidence look newer than all that follows. It then runs on by the time that passes.
 */
function steadyNow(): () => number {
  let latest = 0;
  let readAt = performance.now();
  return () => {
    const uptime = performance.now();
    latest = Math.max(Date.now(), latest + uptime - readAt);
    readAt = uptime;
    return Math.floor(latest);
  };
}

function after(ms: number, fn: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (left: number): void => {
    const part = Math.min(Math.max(left, 0), LONGEST_TIMER_MS);
    timer = setTimeout(() => (left > part ? arm(left - part) : fn()), part);
  };
  arm(ms);
  return () => clearTimeout(timer);
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = after(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
