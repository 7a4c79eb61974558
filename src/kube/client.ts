/** The client of the API server: the only way from this program to it. */
import type { Clock } from "../lib/clock.ts";
import type { Cluster } from "./config.ts";
import type {
  ApplyOptions,
  CallOptions,
  ListOptions,
  ListResult,
  WatchOptions,
  WriteOptions,
} from "./call-options.ts";
import { Calls, type CallsOptions } from "./calls.ts";
import { type Attempt, describe, failureOf, isKind, KubeError } from "./errors.ts";
import type { MergePatch } from "./merge-patch.ts";
import { itemPath, listPath, type Query, queryText } from "./paths.ts";
import {
  apiVersionOf,
  keyOf,
  type KubeObject,
  type ObjectRef,
  resourceName,
  type ResourceType,
  type WatchEvent,
} from "./types.ts";
import { readEvents } from "./watch.ts";

export interface KubeClientOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** `name/version`, for the User-Agent. */
  readonly userAgent: string;
  /** Names us in metadata.managedFields for every write but `apply`, which is told. */
  readonly fieldManager: string;
  /** For one call; 10 s if absent. A page of a list has three times as long. */
  readonly timeoutMs?: number;
  /** Puts something around every call, such as measuring it. */
  readonly wrap?: NonNullable<CallsOptions["wrap"]>;
}

const DEFAULT_PAGE = 500;
const MAX_STATUS_ATTEMPTS = 4;
const MERGE_PATCH = "application/merge-patch+json";
const APPLY_PATCH = "application/apply-patch+yaml";
/**
 * The API server, for any type of object. Whatever fails on the way or there is thrown as KubeError; after `network`,
 * `timeout` or `server` on a write nobody knows whether it took effect. An object without the name or namespace that its
 * path needs is a TypeError, before anything is sent. Reads are live, never from a cache.
 */
export class KubeClient {
  readonly #options: KubeClientOptions;
  readonly #calls: Calls;

  constructor(options: KubeClientOptions) {
    this.#options = options;
    this.#calls = new Calls(options);
  }

  /** The object as it is now, undefined if there is none. A type that is not installed is an error. */
  async get<T extends KubeObject>(
    type: ResourceType,
    ref: ObjectRef,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    const attempt = { verb: "get", resource: resourceName(type), target: keyOf(ref) };
    try {
      return await this.#calls.read<T>(itemPath(type, ref), attempt, options.signal);
    } catch (error) {
      const failure = failureOf(error);
      if (failure?.kind === "notFound" && !failure.missingType) return undefined;
      throw error;
    }
  }

  /** Every object, page by page, all of one moment. */
  async list<T extends KubeObject>(type: ResourceType, options: ListOptions<T> = {}): Promise<ListResult<T>> {
    try {
      return await this.#listPaged<T>(type, options, options.limit ?? DEFAULT_PAGE);
    } catch (error) {
      // The moment of the first page is no longer known to the server: the list took too long. All at once then.
      if (!isKind(error, "gone")) throw error;
      return this.#listPaged<T>(type, options, 0);
    }
  }

  /** Events after a resourceVersion; ends when the server ends it or the signal is aborted. See readEvents for errors. */
  async *watch<T extends KubeObject>(
    type: ResourceType,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    const attempt = this.#listAttempt("watch", type, options.namespace);
    const end = new AbortController();
    const signal = options.signal === undefined ? end.signal : AbortSignal.any([options.signal, end.signal]);
    const query: Query = {
      watch: "true",
      allowWatchBookmarks: "true",
      resourceVersion: options.resourceVersion,
      timeoutSeconds: String(Math.round(options.timeoutSeconds)),
      fieldSelector: options.fieldSelector,
    };
    const path = `${listPath(type, options.namespace)}${queryText(query)}`;
    const body = await this.#calls.open({
      method: "GET",
      path,
      attempt,
      timeoutMs: this.#calls.timeoutMs * 3,
      signal,
    });
    yield* readEvents<T>({
      body,
      abort: () => end.abort(),
      signal: options.signal,
      attempt,
      clock: this.#options.clock,
      idleMs: options.idleMs,
    });
  }

  async create<T extends KubeObject>(
    type: ResourceType,
    object: object,
    options: CallOptions = {},
  ): Promise<T> {
    const { metadata } = object as { metadata: ObjectRef };
    const attempt = { verb: "create", resource: resourceName(type), target: keyOf(metadata) };
    const path = `${listPath(type, metadata.namespace)}${queryText({ fieldManager: this.#options.fieldManager })}`;
    const body = { contentType: "application/json", value: this.#typed(type, object) };
    return this.#calls.write<T>({ method: "POST", path, attempt }, body, options.signal);
  }

  /**
   * Server-side apply: afterwards the fields in `object` are as given, and those that this manager gave last time and
   * not now are gone, while fields of others stay. Creates the object if there is none, unless metadata.uid is given.
   * A metadata.uid or metadata.resourceVersion in `object` is a precondition.
   */
  async apply<T extends KubeObject>(type: ResourceType, object: object, options: ApplyOptions): Promise<T> {
    const { metadata } = object as { metadata: ObjectRef };
    const attempt = { verb: "patch", resource: resourceName(type), target: keyOf(metadata) };
    const query = { fieldManager: options.fieldManager, force: options.force === true ? "true" : undefined };
    const path = `${itemPath(type, metadata)}${queryText(query)}`;
    const body = { contentType: APPLY_PATCH, value: this.#typed(type, object) };
    return this.#calls.write<T>({ method: "PATCH", path, attempt }, body, options.signal);
  }

  /**
   * Makes the finalizers of this field manager exactly these; those of others stay. `uid` keeps a later object of the
   * same name from getting them (conflict). Use a field manager for finalizers alone: whatever else it owns is dropped.
   */
  async applyFinalizers<T extends KubeObject>(
    type: ResourceType,
    ref: ObjectRef & { readonly uid: string; readonly resourceVersion?: string },
    finalizers: readonly string[],
    options: Omit<ApplyOptions, "force">,
  ): Promise<T> {
    const { name, namespace, uid, resourceVersion } = ref;
    const metadata = { name, ...defined({ namespace, uid, resourceVersion }), finalizers };
    return this.apply<T>(type, { metadata }, { ...options, force: true });
  }

  /**
   * JSON merge patch of the status subresource (see mergePatchOf): `status` holds the changes, null removes; what an
   * older definition would drop is an error (invalid). With a resourceVersion it is one call; with a uid alone the object
   * is read first: the API server ignores a uid in a patch of the status of a custom resource, and would give it to a
   * later object of the same name.
   */
  async patchStatus<T extends KubeObject>(
    type: ResourceType,
    ref: ObjectRef,
    status: MergePatch,
    options: WriteOptions = {},
  ): Promise<T> {
    const target = { type, ref, subresource: "status" };
    if (options.uid === undefined || options.resourceVersion !== undefined) {
      return this.#mergePatch<T>(target, { status }, options);
    }
    for (let attempts = 1; ; attempts += 1) {
      const resourceVersion = await this.#versionOf(type, ref, options);
      try {
        return await this.#mergePatch<T>(target, { status }, { ...options, resourceVersion });
      } catch (error) {
        // Somebody wrote between the two calls: that is nothing to the caller, who named no resourceVersion.
        if (!isKind(error, "conflict") || attempts >= MAX_STATUS_ATTEMPTS) throw error;
      }
    }
  }

  /** JSON merge patch of the object itself, for metadata such as annotations. */
  async patch<T extends KubeObject>(
    type: ResourceType,
    ref: ObjectRef,
    patch: MergePatch,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.#mergePatch<T>({ type, ref }, patch, options);
  }

  /** Deletes the object; without an error if it is gone already. */
  async delete(type: ResourceType, ref: ObjectRef, options: WriteOptions = {}): Promise<void> {
    const attempt = { verb: "delete", resource: resourceName(type), target: keyOf(ref) };
    const preconditions = defined({ uid: options.uid, resourceVersion: options.resourceVersion });
    const value = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background", preconditions };
    const call = { method: "DELETE" as const, path: itemPath(type, ref), attempt };
    try {
      await this.#calls.write(call, { contentType: "application/json", value }, options.signal);
    } catch (error) {
      const failure = failureOf(error);
      if (failure?.kind !== "notFound" || failure.missingType) throw error;
    }
  }

  /** GET of a path outside of any type, such as /version. */
  async getPath<T>(path: string, options: CallOptions = {}): Promise<T> {
    return this.#calls.read<T>(path, { verb: "get", resource: path }, options.signal);
  }

  /** Cuts every connection. */
  close(): Promise<void> {
    return this.#calls.close();
  }

  async #listPaged<T extends KubeObject>(
    type: ResourceType,
    options: ListOptions<T>,
    limit: number,
  ): Promise<ListResult<T>> {
    const attempt = this.#listAttempt("list", type, options.namespace);
    const { labelSelector, fieldSelector, transform = (object: T): T => object } = options;
    const items: T[] = [];
    let next: string | undefined;
    let resourceVersion = "";
    do {
      const query = {
        limit: limit === 0 ? undefined : String(limit),
        continue: next,
        labelSelector,
        fieldSelector,
      };
      const path = `${listPath(type, options.namespace)}${queryText(query)}`;
      const page = await this.#calls.read<ListBody<T>>(
        path,
        attempt,
        options.signal,
        this.#calls.timeoutMs * 3,
      );
      // Items of built-in types come without the two fields that say what they are.
      for (const item of page.items ?? [])
        items.push(transform({ ...item, apiVersion: apiVersionOf(type), kind: type.kind }));
      resourceVersion = page.metadata.resourceVersion;
      next = page.metadata.continue === "" ? undefined : page.metadata.continue;
    } while (next !== undefined);
    return { items, resourceVersion };
  }

  #mergePatch<T extends KubeObject>(
    target: { readonly type: ResourceType; readonly ref: ObjectRef; readonly subresource?: string },
    patch: MergePatch,
    options: WriteOptions,
  ): Promise<T> {
    const { type, ref, subresource } = target;
    const suffix = subresource === undefined ? "" : `/${subresource}`;
    const attempt = { verb: "patch", resource: `${resourceName(type)}${suffix}`, target: keyOf(ref) };
    const query = { fieldManager: this.#options.fieldManager, fieldValidation: "Strict" };
    const path = `${itemPath(type, ref)}${suffix}${queryText(query)}`;
    const metadata = defined({ uid: options.uid, resourceVersion: options.resourceVersion });
    const value = { ...patch, metadata: { ...(patch["metadata"] as object | undefined), ...metadata } };
    const body = { contentType: MERGE_PATCH, value };
    return this.#calls.write<T>({ method: "PATCH", path, attempt }, body, options.signal);
  }

  /** The resourceVersion of the object with this uid. */
  async #versionOf(type: ResourceType, ref: ObjectRef, options: WriteOptions): Promise<string> {
    const attempt = { verb: "patch", resource: `${resourceName(type)}/status`, target: keyOf(ref) };
    const found = await this.#calls.read<KubeObject>(itemPath(type, ref), attempt, options.signal);
    if (found.metadata.uid === options.uid) return found.metadata.resourceVersion;
    const message = `${describe(attempt)}: it is another object now, with uid ${found.metadata.uid}`;
    throw new KubeError({ kind: "conflict", alreadyExists: false, message });
  }

  #listAttempt(verb: string, type: ResourceType, namespace: string | undefined): Attempt {
    const resource = resourceName(type);
    return namespace === undefined
      ? { verb, resource }
      : { verb, resource, target: `in namespace ${namespace}` };
  }

  #typed(type: ResourceType, object: object): object {
    return { ...object, apiVersion: apiVersionOf(type), kind: type.kind };
  }
}

interface ListBody<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[] | null;
}

function defined(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
