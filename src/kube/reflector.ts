/** A cache that follows the API server: a feed and the store it fills. */
import type { BackoffRange } from "../lib/backoff.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../telemetry/log.ts";
import type { KubeFailure } from "./errors.ts";
import { Feed, type FeedSource } from "./feed.ts";
import { type Change, Store } from "./store.ts";
import { type KubeObject, keyOf, resourceName, type ResourceType } from "./types.ts";

export interface ReflectorOptions<T extends KubeObject> {
  readonly source: FeedSource;
  readonly type: ResourceType;
  /** Namespaces to watch, each by a request of its own; absent or empty: all, by one request. */
  readonly namespaces?: readonly string[];
  /** For a single object: `metadata.name=the-name`. */
  readonly fieldSelector?: string;
  /** What handlers see of an object; absent: all but metadata.managedFields. Must keep metadata's identity. */
  readonly transform?: (object: T) => T;
  /**
   * The handlers keep the objects: the store then holds their identity alone, and a deletion that no event has told shows
   * no more of an object than that.
   */
  readonly identityOnly?: true;
  readonly clock: Clock;
  /** Gives 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: Logger;
  /** Waits after failures; 0.8 s → 30 s if absent. */
  readonly backoff?: BackoffRange;
  /** Objects in a page of the list; 500 if absent. */
  readonly pageSize?: number;
  /** Silence after which a watch is taken up anew; 130 s if absent: two of the server's bookmarks have not come. */
  readonly idleMs?: number;
}

/** Shorter at the top than for reconciles: while a watch is down everything we decide from is old. */
const DEFAULT_BACKOFF: BackoffRange = { baseMs: 800, capMs: 30_000 };
const DEFAULT_IDLE_MS = 130_000;

/** A cache of the objects of one type, kept in step by list and watch. */
export class Reflector<T extends KubeObject> {
  readonly name: string;
  readonly store = new Store<T>();
  readonly #options: ReflectorOptions<T>;
  readonly #log: Logger;
  readonly #feeds: Feed<T>[];
  readonly #handlers = new Set<(change: Change<T>) => void>();
  readonly #stop = new AbortController();
  #waiters: (() => void)[] = [];
  /** Why a feed has ended though nobody stopped it. */
  #ended: string | undefined;
  #runs: Promise<void>[] = [];

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.name = `cache of ${resourceName(options.type)}`;
    this.#log = options.log.child({ resource: resourceName(options.type) });
    const namespaces = [...new Set(options.namespaces ?? [])];
    this.#feeds = (namespaces.length === 0 ? [undefined] : namespaces).map((namespace) =>
      this.#feed(namespace),
    );
  }

  /** Begins to list and watch. Does not wait for the first list: see `waitForSync`. */
  start(): void {
    this.#runs = this.#feeds.map((feed) => this.#follow(feed));
  }

  /** Ends the watches; the store stays as it is. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error("stopping"));
    await Promise.all(this.#runs);
  }

  /** Calls the handler for every change, after it is in the store. What it throws is logged. Returns its removal. */
  onChange(handler: (change: Change<T>) => void): () => void {
    this.#handlers.add(handler);
    return () => void this.#handlers.delete(handler);
  }

  /** Every namespace has been listed once. */
  get hasSynced(): boolean {
    return this.#feeds.every((feed) => feed.synced);
  }

  /** Resolves when hasSynced is true; rejects with the signal's reason. */
  async waitForSync(signal: AbortSignal): Promise<void> {
    if (this.hasSynced) return;
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason as Error);
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort, { once: true });
      this.#waiters.push(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      });
    });
  }

  /** Clock.now of the oldest of the last words from the server (one for each namespace); undefined before the first. */
  get lastContactAt(): number | undefined {
    const times = this.#feeds.map((feed) => feed.lastContactAt);
    return times.includes(undefined) ? undefined : Math.min(...times.map((time) => time ?? 0));
  }

  /** Why a feed fails now, if one does. */
  get failure(): KubeFailure | undefined {
    return this.#feeds.find((feed) => feed.failure !== undefined)?.failure;
  }

  /** Liveness: undefined as long as every feed runs. One that has ended by itself is a fault that only a restart mends. */
  checkRunning(): string | undefined {
    return this.#ended === undefined ? undefined : `a watch has ended: ${this.#ended}`;
  }

  /** Readiness: undefined when synced and heard of within `maxSilenceMs`, else the reason in words. */
  check(maxSilenceMs: number): string | undefined {
    const why = this.failure === undefined ? "" : `: ${this.failure.message}`;
    if (!this.hasSynced) return `not listed yet${why}`;
    const silence = this.#options.clock.now() - (this.lastContactAt ?? 0);
    return silence > maxSilenceMs ? `nothing heard for ${Math.round(silence / 1000)} s${why}` : undefined;
  }

  async #follow(feed: Feed<T>): Promise<void> {
    let why = "nobody knows why";
    try {
      await feed.run(this.#stop.signal);
    } catch (error) {
      why = String(error);
    }
    if (!this.#stop.signal.aborted) this.#ended = why;
  }

  #feed(namespace: string | undefined): Feed<T> {
    const { source, type, clock, random, fieldSelector } = this.#options;
    const selection = {
      ...(namespace === undefined ? {} : { namespace }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    };
    const sink = {
      replace: (objects: readonly T[]) => this.#replace(objects, namespace),
      synced: () => this.#releaseWaiters(),
      event: (event: { readonly type: "added" | "modified" | "deleted"; readonly object: T }) =>
        this.#event(event),
    };
    const settings = {
      backoff: this.#options.backoff ?? DEFAULT_BACKOFF,
      pageSize: this.#options.pageSize ?? 500,
      idleMs: this.#options.idleMs ?? DEFAULT_IDLE_MS,
      transform: (object: T) => this.#seen(object),
      log: namespace === undefined ? this.#log : this.#log.child({ namespace }),
    };
    return new Feed<T>({ source, type, clock, random, selection, ...settings }, sink);
  }

  #replace(objects: readonly T[], namespace: string | undefined): void {
    // The whole store first: a handler that looks around must not see half a list.
    const changes = this.store.replace(
      objects.map((object) => this.#kept(object)),
      namespace,
    );
    const whole = new Map(objects.map((object) => [keyOf(object.metadata), object]));
    for (const change of changes) this.#emit(wholeAgain(change, whole.get(keyOf(change.object.metadata))));
  }

  #event(event: { readonly type: "added" | "modified" | "deleted"; readonly object: T }): void {
    const object = this.#seen(event.object);
    const kept = this.#kept(object);
    const changes =
      event.type === "deleted" ? this.store.remove(object.metadata, kept) : this.store.put(kept);
    for (const change of changes) this.#emit(wholeAgain(change, object));
  }

  #seen(object: T): T {
    return this.#options.transform === undefined
      ? withoutManagedFields(object)
      : this.#options.transform(object);
  }

  #kept(object: T): T {
    return this.#options.identityOnly === true ? identityOf(object) : object;
  }

  #emit(change: Change<T>): void {
    for (const handler of this.#handlers) {
      try {
        handler(change);
      } catch (error) {
        this.#log.error(
          { error, key: keyOf(change.object.metadata) },
          "handler of changes threw an exception",
        );
      }
    }
  }

  #releaseWaiters(): void {
    if (!this.hasSynced) return;
    for (const release of this.#waiters) release();
    this.#waiters = [];
  }
}

/** What the store needs to tell what has changed. */
function identityOf<T extends KubeObject>({ apiVersion, kind, metadata }: T): T {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion },
  } as T;
}

/** A change of the store with the object as the server sent it, if it is this one and not one of the same name. */
function wholeAgain<T extends KubeObject>(change: Change<T>, object: T | undefined): Change<T> {
  return object?.metadata.uid === change.object.metadata.uid ? { ...change, object } : change;
}

/** Half of an object's size, and nobody here reads it. */
function withoutManagedFields<T extends KubeObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
