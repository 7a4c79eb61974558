/** What every object of the API server has, and how one is named. */

/** A kind of object as the API server addresses it. `group` is "" for the core group. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly object[];
  readonly managedFields?: readonly object[];
}

/** What every object has; the rest is the caller's business. Objects from a cache are shared: never change one. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** Names one object of a type. `namespace` is absent for cluster-wide types. */
export interface ObjectRef {
  readonly namespace?: string;
  readonly name: string;
}

/** What must still be true of an object when a write arrives; otherwise it fails as a conflict and changes nothing. */
export interface Preconditions {
  /** The object is this one, not a later one of the same name. */
  readonly uid?: string;
  /** Nobody has written to the object since it was read. */
  readonly resourceVersion?: string;
}

export type WatchEvent<T> =
  | { readonly type: "added" | "modified" | "deleted"; readonly object: T }
  /** No object: everything up to this resourceVersion has been seen. */
  | { readonly type: "bookmark"; readonly resourceVersion: string };

/** `group/version`, or `v1` for the core group. */
export function apiVersionOf(type: ResourceType): string {
  return type.group === "" ? type.version : `${type.group}/${type.version}`;
}

/** `plural.group`, as kubectl and RBAC write it. */
export function resourceName(type: ResourceType): string {
  return type.group === "" ? type.plural : `${type.plural}.${type.group}`;
}

/** The key of an object in a cache: `namespace/name`, or the name alone for cluster-wide types. */
export function keyOf(ref: ObjectRef): string {
  return ref.namespace === undefined || ref.namespace === "" ? ref.name : `${ref.namespace}/${ref.name}`;
}
