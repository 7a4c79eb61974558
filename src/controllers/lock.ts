/** Who may work on an account now, where one after the other must. */
import type { Clock } from "../lib/clock.ts";

/** One holder at a time, in order of arrival; released even when the holder throws. */
export class Lock {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#tail.then(work, work);
    this.#tail = next.catch(() => undefined);
    return next;
  }

  /** The same for whoever waits no longer than `ms`: then it resolves with undefined, and the work is never done. */
  runWithin<T>(ms: number, clock: Clock, work: () => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      let hasGivenUp = false;
      const stay = clock.after(ms, () => {
        hasGivenUp = true;
        resolve(undefined);
      });
      this.run(async () => {
        stay();
        return hasGivenUp ? undefined : work();
      }).then(resolve, reject);
    });
  }
}
