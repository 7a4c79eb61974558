/** The objects of a cache, with indexes over them. */
import { Buckets } from "../lib/buckets.ts";
import { keyOf, type KubeObject, type ObjectRef } from "./types.ts";

/** What has happened to an object, as a handler of a cache sees it. */
export type Change<T> =
  | { readonly type: "added"; readonly object: T }
  | { readonly type: "modified"; readonly object: T; readonly previous: T }
  /** `object` is the last state we saw, which may be older than the deletion. */
  | { readonly type: "deleted"; readonly object: T };

/** Name of an index → the values under which it files an object. */
export type Indexes<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

/** Objects in memory by key and by index. What comes out is shared: never change it. */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexers: Indexes<T>;
  /** Keys by the values of each index. */
  readonly #indexes = new Map<string, Buckets<string>>();

  constructor(indexers: Indexes<T> = {}) {
    this.#indexers = indexers;
    for (const name of Object.keys(indexers)) this.#indexes.set(name, new Buckets());
  }

  get size(): number {
    return this.#objects.size;
  }

  get(ref: ObjectRef): T | undefined {
    return this.#objects.get(keyOf(ref));
  }

  /** By the key that keyOf gives. */
  getByKey(key: string): T | undefined {
    return this.#objects.get(key);
  }

  /** Every object, in no particular order; those of one namespace if one is given. */
  list(namespace?: string): T[] {
    const all = [...this.#objects.values()];
    return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace);
  }

  /** The objects that an index files under a value. Throws a RangeError for an index that does not exist. */
  byIndex(index: string, value: string): T[] {
    return this.#index(index)
      .get(value)
      .flatMap((key) => this.#objects.get(key) ?? []);
  }

  /**
   * Puts an object in and tells what changed: nothing for the same resourceVersion; a deletion and an addition for
   * another object of the same name, whose deletion we have missed.
   */
  put(object: T): Change<T>[] {
    const key = keyOf(object.metadata);
    const previous = this.#objects.get(key);
    if (previous?.metadata.uid === object.metadata.uid) {
      if (previous.metadata.resourceVersion === object.metadata.resourceVersion) return [];
      this.#set(key, object);
      return [{ type: "modified", object, previous }];
    }
    this.#set(key, object);
    const added: Change<T> = { type: "added", object };
    return previous === undefined ? [added] : [{ type: "deleted", object: previous }, added];
  }

  /** Takes an object out. `object` is its last state, if it is known. */
  remove(ref: ObjectRef, object?: T): Change<T>[] {
    const key = keyOf(ref);
    const previous = this.#objects.get(key);
    if (previous === undefined) return [];
    this.#unindex(key, previous);
    this.#objects.delete(key);
    return [{ type: "deleted", object: object ?? previous }];
  }

  /** Makes the objects of a namespace (all, if undefined) exactly these and tells what changed. */
  replace(objects: readonly T[], namespace?: string): Change<T>[] {
    const kept = new Set(objects.map((object) => keyOf(object.metadata)));
    const changes: Change<T>[] = [];
    for (const object of this.list(namespace)) {
      if (!kept.has(keyOf(object.metadata))) changes.push(...this.remove(object.metadata));
    }
    for (const object of objects) changes.push(...this.put(object));
    return changes;
  }

  #set(key: string, object: T): void {
    const previous = this.#objects.get(key);
    if (previous !== undefined) this.#unindex(key, previous);
    this.#objects.set(key, object);
    for (const [name, valuesOf] of Object.entries(this.#indexers)) {
      const index = this.#index(name);
      for (const value of valuesOf(object)) index.add(value, key);
    }
  }

  #unindex(key: string, object: T): void {
    for (const [name, valuesOf] of Object.entries(this.#indexers)) {
      const index = this.#index(name);
      for (const value of valuesOf(object)) index.remove(value, key);
    }
  }

  #index(name: string): Buckets<string> {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new RangeError(`no index "${name}"`);
    return index;
  }
}
