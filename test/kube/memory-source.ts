/** An API server without HTTP, for the cache. */
import type { ListOptions, ListResult, WatchOptions } from "../../src/kube/call-options.ts";
import { KubeError, type KubeFailure } from "../../src/kube/errors.ts";
import type { FeedSource } from "../../src/kube/feed.ts";
import { keyOf, type KubeObject, type ResourceType, type WatchEvent } from "../../src/kube/types.ts";

export interface Thing extends KubeObject {
  readonly spec: { readonly value: number };
}

export const THING: ResourceType = {
  group: "example.com",
  version: "v1",
  plural: "things",
  kind: "Thing",
  namespaced: true,
};

interface LoggedEvent {
  readonly revision: number;
  readonly type: "added" | "modified" | "deleted";
  readonly object: Thing;
}

/**
 * An API server in memory, with the history that a watch goes through: it can forget that history, cut its watches,
 * refuse calls, fall silent, and be restored from a backup.
 */
export class MemorySource implements FeedSource {
  readonly calls: string[] = [];
  #revision = 100;
  #uids = 0;
  #objects = new Map<string, Thing>();
  #history: LoggedEvent[] = [];
  #oldest = 0;
  #failures: { readonly call: "list" | "watch"; readonly failure: KubeFailure }[] = [];
  #wakers = new Set<() => void>();
  #generation = 0;
  #down: KubeFailure | undefined;
  #end: KubeFailure | "end" | undefined;

  put(namespace: string, name: string, value: number): Thing {
    const key = `${namespace}/${name}`;
    const before = this.#objects.get(key);
    this.#revision += 1;
    const uid = before?.metadata.uid ?? `uid-${(this.#uids += 1)}`;
    const metadata = {
      namespace,
      name,
      uid,
      resourceVersion: String(this.#revision),
      managedFields: [{ manager: "m" }],
    };
    const object: Thing = { apiVersion: "example.com/v1", kind: "Thing", metadata, spec: { value } };
    this.#objects.set(key, object);
    this.#log(before === undefined ? "added" : "modified", object);
    return object;
  }

  remove(namespace: string, name: string): void {
    const key = `${namespace}/${name}`;
    const before = this.#objects.get(key);
    if (before === undefined) return;
    this.#objects.delete(key);
    this.#revision += 1;
    this.#log("deleted", {
      ...before,
      metadata: { ...before.metadata, resourceVersion: String(this.#revision) },
    });
  }

  /** Everything as `key value`, to compare with a cache. */
  contents(): string[] {
    return [...this.#objects.values()]
      .map((object) => `${keyOf(object.metadata)} ${object.spec.value}`)
      .toSorted();
  }

  /** While set, nothing is answered, and watches that are open are cut. */
  set down(failure: KubeFailure | undefined) {
    this.#down = failure;
    if (failure !== undefined) this.endWatches(failure);
  }

  /** The next such call fails so. */
  fail(call: "list" | "watch", failure: KubeFailure): void {
    this.#failures.push({ call, failure });
  }

  /** Ends every open watch: quietly as the server's time-out does, or with a failure. */
  endWatches(how: KubeFailure | "end" = "end"): void {
    this.#end = how;
    this.#generation += 1;
    this.#wake();
  }

  bookmark(): void {
    this.#history.push({ revision: this.#revision, type: "modified", object: bookmark(this.#revision) });
    this.#wake();
  }

  /** A watch from any earlier resourceVersion is refused from now on. */
  compact(): void {
    this.#oldest = this.#revision;
  }

  /** The state of long ago: earlier numbers, and none of the objects. */
  restore(revision: number): void {
    this.#revision = revision;
    this.#objects.clear();
    this.#history = [];
    this.endWatches();
  }

  list<T extends KubeObject>(_type: ResourceType, options: ListOptions<T>): Promise<ListResult<T>> {
    this.calls.push(`list ${options.namespace ?? "*"}`);
    this.#throwIfAsked("list");
    const items = [...this.#objects.values()].filter((object) => isIn(object, options.namespace));
    const kept = (items as unknown as T[]).map(options.transform ?? ((object) => object));
    return Promise.resolve({ items: kept, resourceVersion: String(this.#revision) });
  }

  async *watch<T extends KubeObject>(
    _type: ResourceType,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    this.calls.push(`watch ${options.namespace ?? "*"} from ${options.resourceVersion}`);
    this.#throwIfAsked("watch");
    const generation = this.#generation;
    const from = Number(options.resourceVersion);
    if (from < this.#oldest) throw new KubeError({ kind: "gone", message: "too old" });
    let read = this.#history.filter((event) => event.revision <= from).length;
    while (options.signal?.aborted !== true && generation === this.#generation) {
      for (; read < this.#history.length; read += 1) yield* told<T>(this.#history[read], options.namespace);
      await this.#sleep(options.signal);
    }
    if (typeof this.#end === "object" && options.signal?.aborted !== true) throw new KubeError(this.#end);
  }

  #log(type: LoggedEvent["type"], object: Thing): void {
    this.#history.push({ revision: this.#revision, type, object });
    this.#wake();
  }

  #throwIfAsked(call: "list" | "watch"): void {
    if (this.#down !== undefined) throw new KubeError(this.#down);
    const index = this.#failures.findIndex((entry) => entry.call === call);
    const [entry] = index < 0 ? [] : this.#failures.splice(index, 1);
    if (entry !== undefined) throw new KubeError(entry.failure);
  }

  #sleep(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      this.#wakers.add(resolve);
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  #wake(): void {
    for (const waker of this.#wakers) waker();
    this.#wakers.clear();
  }
}

function isIn(object: Thing, namespace: string | undefined): boolean {
  return namespace === undefined || object.metadata.namespace === namespace;
}

function bookmark(revision: number): Thing {
  const metadata = { name: "", uid: "", resourceVersion: String(revision) };
  return { apiVersion: "example.com/v1", kind: "Bookmark", metadata, spec: { value: 0 } };
}

function isBookmark(object: Thing): boolean {
  return object.kind === "Bookmark";
}

/** The event as a watch of this namespace gets it, if it does. */
function* told<T extends KubeObject>(
  event: LoggedEvent | undefined,
  namespace: string | undefined,
): Generator<WatchEvent<T>> {
  if (event === undefined) return;
  if (isBookmark(event.object)) yield { type: "bookmark", resourceVersion: String(event.revision) };
  else if (isIn(event.object, namespace)) yield { type: event.type, object: event.object as unknown as T };
}
