/** Starts and stops the parts of the program, in order and within a time. */
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../telemetry/log.ts";

/** Something that runs from start to stop. */
export interface Runnable {
  readonly name: string;
  /** Resolves when others may rely on it (a cache: when it is filled). Rejects if it cannot run at all. */
  start(signal: AbortSignal): Promise<void> | void;
  /** Begins nothing new and resolves when what is under way has finished; at once when `force` is aborted. */
  stop(force: AbortSignal): Promise<void> | void;
}

export interface ManagerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a stop waits for what is under way before it aborts it; 9 s if absent. */
  readonly graceMs?: number;
  /** How much longer it waits for the aborted before it gives up on them; 0.5 s if absent. */
  readonly forceMs?: number;
}

const DEFAULT_GRACE_MS = 9_000;
const DEFAULT_FORCE_MS = 500;

/** Starts runnables in the order given and stops them in the opposite one. */
export class Manager {
  readonly #runnables: Iterable<Runnable>;
  readonly #options: ManagerOptions;
  readonly #stopping = new AbortController();
  #started: Runnable[] = [];
  #stopped: Promise<boolean> | undefined;

  /** Each is taken when those before it are ready: a generator can build it from what they have learned. */
  constructor(runnables: Iterable<Runnable>, options: ManagerOptions) {
    this.#runnables = runnables;
    this.#options = options;
  }

  /**
   * Starts one after the other, each when the one before is ready. When one rejects or cannot be built, those already
   * started are stopped and the error is thrown. A stop in the middle ends the start quietly.
   */
  async start(): Promise<void> {
    try {
      for (const runnable of this.#runnables) {
        if (this.#stopping.signal.aborted) return;
        // Before it is ready already: a stop in the middle of its start must stop it too.
        this.#started.push(runnable);
        await runnable.start(this.#stopping.signal);
        this.#options.log.debug({ runnable: runnable.name }, "started");
      }
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      await this.stop();
      throw error;
    }
  }

  /**
   * Stops everything within graceMs + forceMs. True: all finished by themselves; false: something had to be left behind.
   * Calling it again waits for the same stop.
   */
  stop(): Promise<boolean> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  /**
   * Stops on the first of these signals of the process; on a second one the process ends at once. Returns a promise of
   * the end of that stop, true as in `stop`.
   */
  stopOn(source: NodeJS.EventEmitter, signals: readonly string[]): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let first = true;
      const onSignal = (name: string): void => {
        if (!first) return;
        first = false;
        for (const signal of signals) source.removeListener(signal, onSignal);
        this.#options.log.info({ signal: name }, "stopping");
        this.stop().then(resolve, reject);
      };
      for (const signal of signals) source.on(signal, onSignal);
    });
  }

  async #stopAll(): Promise<boolean> {
    const { clock, log } = this.#options;
    const force = new AbortController();
    this.#stopping.abort(new Error("stopping"));
    const cancelForce = clock.after(this.#options.graceMs ?? DEFAULT_GRACE_MS, () => {
      force.abort(new Error("the grace period of the stop is over"));
    });
    let late = false;
    for (const runnable of this.#started.toReversed()) {
      const finished = await this.#stopOne(runnable, force.signal);
      if (!finished) log.warn({ runnable: runnable.name }, "did not stop in time");
      late ||= !finished;
    }
    cancelForce();
    return !late;
  }

  async #stopOne(runnable: Runnable, force: AbortSignal): Promise<boolean> {
    const stopping = (async (): Promise<boolean> => {
      try {
        await runnable.stop(force);
      } catch (error) {
        this.#options.log.error({ runnable: runnable.name, error }, "stopping failed");
      }
      return true;
    })();
    return Promise.race([stopping, this.#patience(force)]);
  }

  /** False a little after the force signal, for what does not obey it. */
  #patience(force: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#options.clock.after(this.#options.forceMs ?? DEFAULT_FORCE_MS, () => resolve(false));
      };
      if (force.aborted) end();
      else force.addEventListener("abort", end, { once: true });
    });
  }
}
