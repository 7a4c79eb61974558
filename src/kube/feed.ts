/** Keeps a cache filled: list, then watch, and again from where a watch ended. */
import { type BackoffRange, fullJitter } from "../lib/backoff.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../telemetry/log.ts";
import type { ListOptions, ListResult, WatchOptions } from "./call-options.ts";
import { failureOf, KubeError, type KubeFailure } from "./errors.ts";
import { isNewer } from "./resource-version.ts";
import type { KubeObject, ResourceType, WatchEvent } from "./types.ts";

/** The two calls of KubeClient that keep a cache filled. */
export interface FeedSource {
  list<T extends KubeObject>(type: ResourceType, options: ListOptions<T>): Promise<ListResult<T>>;
  watch<T extends KubeObject>(type: ResourceType, options: WatchOptions): AsyncGenerator<WatchEvent<T>>;
}

/** Where a feed puts what it sees. */
export interface FeedSink<T> {
  /** These are all objects there are. Called once at least before `synced` becomes true. */
  replace(objects: readonly T[]): void;
  /** The first list is in the sink. */
  synced(): void;
  event(event: { readonly type: "added" | "modified" | "deleted"; readonly object: T }): void;
}

export interface FeedOptions<T> {
  readonly source: FeedSource;
  readonly type: ResourceType;
  readonly selection: Pick<ListOptions, "namespace" | "fieldSelector">;
  readonly clock: Clock;
  /** Gives 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: Logger;
  readonly backoff: BackoffRange;
  readonly pageSize: number;
  /** What the sink gets of each object of a list. */
  readonly transform: (object: T) => T;
  readonly idleMs: number;
}

/** The server is asked to end a watch after a time between these, so that watches do not all end together. */
const WATCH_SECONDS = { min: 300, max: 600 };
/** A watch that ends sooner than this without a word was refused by something between: no reason to hurry. */
const VERY_SHORT_MS = 1_000;
const ATTEMPTS_AFTER_LIST = 3;
/** A server may ask for a longer wait than ours, within reason. */
const LONGEST_ASKED_MS = 60_000;
const WENT_BACK = { kind: "gone", message: "the resourceVersions of the server have gone back" } as const;

/**
 * Keeps a sink in step with the objects of one selection: list, then watch, and watch on from the last resourceVersion
 * whenever the watch ends. It lists again when watching on cannot help (see RELIST), after a fault of our own, and after
 * `idleMs` without a word; nothing at all makes it stop but its signal.
 */
export class Feed<T extends KubeObject> {
  readonly #options: FeedOptions<T>;
  readonly #sink: FeedSink<T>;
  #resourceVersion: string | undefined;
  #attempts = 0;
  #failing: string | undefined;
  /** The last watch has said something. */
  #heard = false;
  /** Clock.now of the last word from the server; undefined before the first. */
  lastContactAt: number | undefined;
  /** Why the last call failed; undefined while all is well. */
  failure: KubeFailure | undefined;
  /** A list has been put into the sink. */
  synced = false;

  constructor(options: FeedOptions<T>, sink: FeedSink<T>) {
    this.#options = options;
    this.#sink = sink;
  }

  /** Runs until the signal is aborted; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#cycle(signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#recover(error, signal);
      }
    }
  }

  async #cycle(signal: AbortSignal): Promise<void> {
    const { clock, idleMs } = this.#options;
    // After a restore of etcd a watch from our resourceVersion is open and mute until the numbers have caught up. So a
    // watch without a word proves nothing, and the bookmarks that should have come are what tells the difference.
    if (clock.now() - (this.lastContactAt ?? 0) >= idleMs) this.#resourceVersion = undefined;
    this.#resourceVersion ??= await this.#list(signal);
    const began = clock.now();
    this.#heard = false;
    await this.#watch(this.#resourceVersion, signal);
    if (!this.#heard && clock.now() - began < VERY_SHORT_MS && !signal.aborted) await this.#pause(signal);
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { source, type, selection, pageSize, transform } = this.#options;
    const options = { ...selection, limit: pageSize, transform, signal };
    const { items, resourceVersion } = await source.list<T>(type, options);
    this.#sink.replace(items);
    this.#contact();
    // Not to nothing: the watch that follows may be what fails.
    this.#attempts = Math.min(this.#attempts, ATTEMPTS_AFTER_LIST);
    if (!this.synced) {
      this.synced = true;
      this.#sink.synced();
    }
    return resourceVersion;
  }

  async #watch(from: string, signal: AbortSignal): Promise<void> {
    const { source, type, selection, idleMs, random } = this.#options;
    const timeoutSeconds = WATCH_SECONDS.min + random() * (WATCH_SECONDS.max - WATCH_SECONDS.min);
    const options = { ...selection, resourceVersion: from, timeoutSeconds, idleMs, signal };
    for await (const event of source.watch<T>(type, options)) {
      const seen = event.type === "bookmark" ? event.resourceVersion : event.object.metadata.resourceVersion;
      this.#contact();
      this.#attempts = 0;
      this.#heard = true;
      // The server's numbers have gone back: etcd was restored, and what we hold may never have been.
      if (isNewer(from, seen)) throw new KubeError(WENT_BACK);
      if (event.type !== "bookmark") this.#sink.event(event);
      // Last, so that an event is taken again rather than lost if the sink should throw.
      this.#resourceVersion = seen;
    }
  }

  #contact(): void {
    this.lastContactAt = this.#options.clock.now();
    this.failure = undefined;
    if (this.#failing !== undefined) this.#options.log.info({}, "watching again");
    this.#failing = undefined;
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const failure = failureOf(error);
    // Something that does not even come from the client is a fault of ours: start from a clean list then, too.
    if (failure === undefined || RELIST.has(failure.kind)) this.#resourceVersion = undefined;
    this.failure = failure ?? { kind: "network", message: String(error) };
    this.#report(this.failure, error);
    // A 410 is the server's way to say "list": no reason to wait, unless the list before it has not helped.
    if (failure?.kind === "gone" && this.#heard) {
      this.#heard = false;
      return;
    }
    await this.#pause(signal, failure?.kind === "throttled" ? failure.retryAfterMs : undefined);
  }

  /** Once for each kind of trouble; a server that is away for an hour is one line, not a thousand. */
  #report(failure: KubeFailure, error: unknown): void {
    const { log } = this.#options;
    const fields = { failure: failure.kind, reason: failure.message };
    const known = failure.kind === this.#failing || isPassing(failure);
    if (failureOf(error) === undefined) log.error({ error }, "watch failed");
    else if (failure.kind === "gone") log.info(fields, "watch is too old; listing again");
    else log[known ? "debug" : "warn"](fields, "watch failed; trying again");
    if (failure.kind !== "gone" && !isPassing(failure)) this.#failing = failure.kind;
  }

  async #pause(signal: AbortSignal, atLeastMs = 0): Promise<void> {
    const { clock, random, backoff } = this.#options;
    const ms = Math.max(fullJitter(this.#attempts, random, backoff), Math.min(atLeastMs, LONGEST_ASKED_MS));
    this.#attempts += 1;
    await clock.sleep(ms, signal).catch(() => {});
  }
}

/** Failures that the same resourceVersion would meet again. */
const RELIST: ReadonlySet<KubeFailure["kind"]> = new Set(["gone", "invalid", "notFound"]);

/** A silent connection is replaced and that is that. */
function isPassing(failure: KubeFailure): boolean {
  return failure.kind === "timeout";
}
