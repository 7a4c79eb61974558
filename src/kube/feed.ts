import { type BackoffRange, fullJitter } from "../lib/backoff.ts";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../telemetry/log.ts";
import type { ListOptions, ListResult, WatchOptions } from "./call-options.ts";
import { failureOf, type KubeFailure } from "./errors.ts";
import type { KubeObject, ResourceType, WatchEvent } from "./types.ts";

/** The two calls of KubeClient that keep a cache filled. */
export interface FeedSource {
  list<T extends KubeObject>(type: ResourceType, options: ListOptions): Promise<ListResult<T>>;
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

export interface FeedOptions {
  readonly source: FeedSource;
  readonly type: ResourceType;
  readonly selection: Pick<ListOptions, "namespace" | "fieldSelector" | "labelSelector">;
  readonly clock: Clock;
  /** Gives 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: Logger;
  readonly backoff: BackoffRange;
  readonly pageSize: number;
  /** The server is asked to end a watch after a time between these, so that watches do not all end together. */
  readonly watchSeconds: { readonly min: number; readonly max: number };
  readonly idleMs: number;
}

/** A watch that ends sooner than this without a word was refused by something between: no reason to hurry. */
const VERY_SHORT_MS = 1_000;

/**
 * Keeps a sink in step with the objects of one selection: list, then watch, and watch on from the last resourceVersion
 * whenever the watch ends. Nothing but a 410 or an answer that we cannot understand makes it list again; nothing at all
 * makes it stop but its signal.
 */
export class Feed<T extends KubeObject> {
  readonly #options: FeedOptions;
  readonly #sink: FeedSink<T>;
  #resourceVersion: string | undefined;
  #attempts = 0;
  #failing: string | undefined;
  /** No watch has said anything since the last list. */
  #listedInVain = false;
  /** Clock.now of the last word from the server; undefined before the first. */
  lastContactAt: number | undefined;
  /** Why the last call failed; undefined while all is well. */
  failure: KubeFailure | undefined;
  /** A list has been put into the sink. */
  synced = false;

  constructor(options: FeedOptions, sink: FeedSink<T>) {
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
    this.#resourceVersion ??= await this.#list(signal);
    const began = this.#options.clock.now();
    const events = await this.#watch(this.#resourceVersion, signal);
    if (signal.aborted || events > 0) return;
    if (this.#options.clock.now() - began < VERY_SHORT_MS) await this.#pause(signal);
    else this.#contact();
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { source, type, selection, pageSize } = this.#options;
    const { items, resourceVersion } = await source.list<T>(type, { ...selection, limit: pageSize, signal });
    this.#sink.replace(items);
    this.#contact();
    if (!this.synced) {
      this.synced = true;
      this.#sink.synced();
    }
    this.#listedInVain = true;
    return resourceVersion;
  }

  /** Returns how many events and bookmarks came. */
  async #watch(from: string, signal: AbortSignal): Promise<number> {
    const { source, type, selection, idleMs, watchSeconds, random } = this.#options;
    const timeoutSeconds = watchSeconds.min + random() * (watchSeconds.max - watchSeconds.min);
    let count = 0;
    for await (const event of source.watch<T>(type, {
      ...selection,
      resourceVersion: from,
      timeoutSeconds,
      idleMs,
      signal,
    })) {
      count += 1;
      this.#contact();
      this.#attempts = 0;
      this.#listedInVain = false;
      if (event.type !== "bookmark") this.#sink.event(event);
      // Last, so that an event is taken again rather than lost if the sink should throw.
      this.#resourceVersion =
        event.type === "bookmark" ? event.resourceVersion : event.object.metadata.resourceVersion;
    }
    return count;
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
    if (
      failure === undefined ||
      failure.kind === "gone" ||
      failure.kind === "invalid" ||
      failure.kind === "notFound"
    ) {
      this.#resourceVersion = undefined;
    }
    this.failure = failure ?? { kind: "network", message: String(error) };
    this.#report(this.failure, error);
    // A 410 is the server's way to say "list": no reason to wait, unless the list before has not helped.
    if (failure?.kind === "gone" && !this.#listedInVain) return;
    await this.#pause(signal);
  }

  /** Once for each kind of trouble; a server that is away for an hour is one line, not a thousand. */
  #report(failure: KubeFailure, error: unknown): void {
    const { log } = this.#options;
    const fields = { failure: failure.kind, reason: failure.message };
    if (failureOf(error) === undefined) log.error({ error }, "watch failed");
    else if (failure.kind === "gone") log.info(fields, "watch is too old; listing again");
    else if (failure.kind === this.#failing || isPassing(failure))
      log.debug(fields, "watch failed; trying again");
    else log.warn(fields, "watch failed; trying again");
    if (failure.kind !== "gone" && !isPassing(failure)) this.#failing = failure.kind;
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { clock, random, backoff } = this.#options;
    const ms = fullJitter(this.#attempts, random, backoff);
    this.#attempts += 1;
    await clock.sleep(ms, signal).catch(() => {});
  }
}

/** A silent connection is replaced and that is that. */
function isPassing(failure: KubeFailure): boolean {
  return failure.kind === "timeout";
}
