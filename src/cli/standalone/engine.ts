/** The controllers over manifests instead of a cluster, one pass at a time, so that the order of the calls is the same every time. */
import { KINDS } from "../../api/names.ts";
import { keyOf, type AnyObject } from "../../api/objects.ts";
import type { Context } from "../../controllers/context.ts";
import type { SecretSource } from "../../controllers/credentials.ts";
import { ManifestObjects, type ManifestObjectsOptions } from "../../controllers/manifest-objects.ts";
import { Operator, type OperatorOptions } from "../../controllers/operator.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Timings } from "../../plan/timings.ts";
import { Controller } from "../../runtime/controller.ts";
import { WorkQueue, type QueueOptions } from "../../runtime/queue.ts";
import type { Logger } from "../../telemetry/log.ts";

export interface EngineOptions {
  readonly objects: readonly AnyObject[];
  readonly secrets: SecretSource;
  readonly connect: OperatorOptions["connect"];
  readonly clock: Clock;
  readonly log: Logger;
  readonly ownerId: string;
  readonly approvals: readonly string[];
  readonly timings: Timings;
  readonly sweepIntervalMs: number;
  readonly pendingPollIntervalMs: number;
  /** Keys of the objects that have a call to make before anything else has happened: theirs come first. */
  readonly first: Iterable<string>;
  readonly onWrite: NonNullable<Context["onWrite"]>;
  readonly onHappening?: NonNullable<ManifestObjectsOptions["onHappening"]>;
  /** Told when an object's status has changed. */
  readonly onStatus?: (object: AnyObject) => void;
}

const NO_METRICS: Context["metrics"] = { write: () => {} };
const PROBE_INTERVAL_MS = 60_000;
const BACKOFF = { baseMs: 1_000, capMs: 60_000 };

/** Serves some keys before all others, until they have had their turn. */
class OrderedQueue extends WorkQueue {
  readonly first: Set<string>;

  constructor(options: QueueOptions, first: Iterable<string>) {
    super(options);
    this.first = new Set(first);
  }

  override addAfter(key: string, ms: number, priority?: number): void {
    super.addAfter(key, ms, this.first.has(key) ? FIRST : priority);
  }
}

const FIRST = -1;

export class Engine {
  readonly source: ManifestObjects;
  readonly #queue: OrderedQueue;
  readonly #operator: Operator;
  readonly #controller: Controller;

  constructor(options: EngineOptions) {
    const { clock, log, objects, onStatus, onHappening } = options;
    const random = (): number => 0.5;
    const source: ManifestObjects = new ManifestObjects({
      objects: objects.toSorted(inOrder),
      onChange: (object, previous, by) => {
        this.#operator.changed(object, previous, by);
        onStatus?.(object);
      },
      ...(onHappening === undefined ? {} : { onHappening }),
    });
    this.source = source;
    this.#queue = new OrderedQueue({ clock, random, backoff: BACKOFF }, options.first);
    this.#operator = new Operator({
      ...options,
      source,
      random,
      queue: this.#queue,
      metrics: NO_METRICS,
      dryRun: false,
      probeIntervalMs: PROBE_INTERVAL_MS,
      holdMs: 0,
      backoff: BACKOFF,
      tenure: { serves: () => true, since: () => 0 },
      extras: {
        commandLine: { approvals: options.approvals },
        onWrite: (object, ruling, step) => {
          this.#queue.first.delete(keyOf(object));
          options.onWrite(object, ruling, step);
        },
      },
    });
    this.#controller = new Controller({
      name: "objects",
      queue: this.#queue,
      workers: 1,
      reconcile: (key) => this.#operator.reconcile(key),
      clock,
      log,
    });
  }

  start(): void {
    this.#operator.start();
    this.#controller.start();
  }

  /** No new pass begins; the one under way finishes, and its write is recorded. */
  async stop(): Promise<void> {
    this.#operator.stop();
    await this.#controller.stop();
  }

  /** Is there work that waits for no time and no answer? */
  get isBusy(): boolean {
    const { ready, processing } = this.#queue.stats();
    return ready + processing > 0;
  }

  objects(): readonly AnyObject[] {
    return KINDS.flatMap((kind) => [...this.source.all(kind)]);
  }
}

function inOrder(a: AnyObject, b: AnyObject): number {
  const [left, right] = [keyOf(a), keyOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
