/** Workers: each takes a key from the queue, has it reconciled, and puts it back if that is the result. */
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Runnable } from "./manager.ts";
import { FIRST_PRIORITY, type WorkQueue } from "./queue.ts";

/** What is to become of a key after a pass over it. */
export type Result =
  /** Settled: only an event brings it back. Its backoff is forgotten. */
  | { readonly kind: "forget" }
  /** Look again in `ms` milliseconds (0 = at once). Its backoff is forgotten. */
  | { readonly kind: "requeueAfter"; readonly ms: number; readonly priority?: number }
  /** Failed: again after a growing wait. `error` is logged. */
  | { readonly kind: "backoff"; readonly error?: unknown; readonly priority?: number };

export interface ControllerOptions {
  readonly name: string;
  readonly queue: WorkQueue;
  /** How many keys are worked on at a time. */
  readonly workers: number;
  /** So many more that work on keys of the first lane only: those never wait for a worker that waits for others. */
  readonly reserved?: number;
  /** One pass over one key. An exception is a backoff, never the end of the process. */
  readonly reconcile: (key: string) => Promise<Result>;
  readonly clock: Clock;
  readonly log: Logger;
  /** A pass that takes longer than this makes the health check fail; 5 minutes if absent. */
  readonly stuckAfterMs?: number;
  /** Called after every pass, for metrics. */
  readonly onPass?: (pass: {
    readonly key: string;
    readonly ms: number;
    readonly result: Result["kind"] | "exception";
  }) => void;
}

const DEFAULT_STUCK_AFTER_MS = 5 * 60_000;

/** Workers that take keys from a queue and reconcile them. */
export class Controller implements Runnable {
  readonly name: string;
  readonly #options: ControllerOptions;
  readonly #log: Logger;
  /** Key → when its pass began (Clock.uptime: a wall clock that is set makes nobody stuck). */
  readonly #running = new Map<string, number>();
  #workers: Promise<void>[] = [];

  constructor(options: ControllerOptions) {
    this.name = options.name;
    this.#options = options;
    this.#log = options.log.child({ controller: options.name });
  }

  start(): void {
    const { workers, reserved = 0 } = this.#options;
    this.#workers = [
      ...Array.from({ length: workers }, () => this.#work(Number.POSITIVE_INFINITY)),
      ...Array.from({ length: reserved }, () => this.#work(FIRST_PRIORITY)),
    ];
  }

  /** No new pass begins; resolves when those under way have finished: a pass that has begun is not cut. */
  async stop(): Promise<void> {
    this.#options.queue.shutdown();
    await Promise.all(this.#workers);
  }

  /** How many workers there are, those reserved for the first lane included. */
  get workers(): number {
    return this.#options.workers + (this.#options.reserved ?? 0);
  }

  /** Keys that workers hold now. */
  get running(): Iterable<string> {
    return this.#running.keys();
  }

  /** Health: the passes that take too long, or undefined. */
  check(): string | undefined {
    const limit = this.#options.stuckAfterMs ?? DEFAULT_STUCK_AFTER_MS;
    const now = this.#options.clock.uptime();
    const stuck = [...this.#running].filter(([, since]) => now - since > limit);
    if (stuck.length === 0) return undefined;
    const named = stuck.slice(0, 3).map(([key, since]) => `${key} for ${Math.round((now - since) / 1000)} s`);
    return `${stuck.length} of ${this.workers} workers stuck: ${named.join(", ")}`;
  }

  async #work(atMost: number): Promise<void> {
    for (
      let key = await this.#options.queue.take(atMost);
      key !== undefined;
      key = await this.#options.queue.take(atMost)
    ) {
      await this.#pass(key);
    }
  }

  async #pass(key: string): Promise<void> {
    const { queue, clock } = this.#options;
    const began = clock.uptime();
    this.#running.set(key, began);
    let kind: Result["kind"] | "exception" = "exception";
    try {
      const result = await this.#options.reconcile(key);
      kind = result.kind;
      this.#settle(key, result);
    } catch (error) {
      const waitMs = queue.addBackoff(key);
      this.#log.error({ key, error, waitMs, attempt: queue.attempts(key) }, "reconcile threw an exception");
    } finally {
      this.#running.delete(key);
      queue.done(key);
      this.#observe(key, clock.uptime() - began, kind);
    }
  }

  #settle(key: string, result: Result): void {
    const { queue } = this.#options;
    switch (result.kind) {
      case "forget":
        queue.forget(key);
        return;
      case "requeueAfter":
        queue.forget(key);
        queue.addAfter(key, result.ms, result.priority);
        return;
      case "backoff": {
        const waitMs = queue.addBackoff(key, result.priority);
        const fields = { key, waitMs, attempt: queue.attempts(key) };
        if (result.error !== undefined)
          this.#log.warn({ ...fields, error: result.error }, "reconcile failed");
        else this.#log.debug(fields, "reconcile backs off");
        return;
      }
    }
  }

  #observe(key: string, ms: number, result: Result["kind"] | "exception"): void {
    try {
      this.#options.onPass?.({ key, ms, result });
    } catch (error) {
      this.#log.error({ key, error }, "observer of passes threw an exception");
    }
  }
}
