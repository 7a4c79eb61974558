import type { Clock } from "../lib/clock.ts";

/** Node fires a longer timer at once; such a wait is cut into pieces. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The real clock. Its timers keep the process alive: what waits must be stopped, not forgotten. */
export function systemClock(): Clock {
  return { now: () => Date.now(), uptime: () => performance.now(), after, sleep };
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
