/** What calls to the API server take and give. */
import type { KubeObject, Preconditions } from "./types.ts";

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface ListOptions<T = KubeObject> extends CallOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Objects in a page; 500 if absent. */
  readonly limit?: number;
  /** What is kept of each object, as its page comes: the whole of a large list is never in memory. */
  readonly transform?: (object: T) => T;
}

export interface ListResult<T> {
  readonly items: T[];
  /** Where a watch can go on from. */
  readonly resourceVersion: string;
}

export interface WatchOptions extends CallOptions {
  readonly namespace?: string;
  readonly fieldSelector?: string;
  /** Events after this one. */
  readonly resourceVersion: string;
  /** The server ends the watch after so many seconds. */
  readonly timeoutSeconds: number;
  /** Silence after which the connection counts as dead. The API server sends a bookmark about every minute. */
  readonly idleMs: number;
}

export interface WriteOptions extends CallOptions, Preconditions {}

export interface ApplyOptions extends CallOptions {
  readonly fieldManager: string;
  /** Take fields over that another manager owns; else that is a conflict. */
  readonly force?: boolean;
}
