/** The objects of a cache. */
import { keyOf, type KubeObject, type ObjectRef } from "./types.ts";

/** What has happened to an object, as a handler of a cache sees it. */
export type Change<T> =
  | { readonly type: "added"; readonly object: T }
  | { readonly type: "modified"; readonly object: T; readonly previous: T }
  /** `object` is the last state we saw, which may be older than the deletion. */
  | { readonly type: "deleted"; readonly object: T };

/** Objects in memory by key. What comes out is shared: never change it. */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();

  get size(): number {
    return this.#objects.size;
  }

  get(ref: ObjectRef): T | undefined {
    return this.#objects.get(keyOf(ref));
  }

  /** Every object, in no particular order; those of one namespace if one is given. */
  list(namespace?: string): T[] {
    const all = [...this.#objects.values()];
    return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace);
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
      this.#objects.set(key, object);
      return [{ type: "modified", object, previous }];
    }
    this.#objects.set(key, object);
    const added: Change<T> = { type: "added", object };
    return previous === undefined ? [added] : [{ type: "deleted", object: previous }, added];
  }

  /** Takes an object out. `object` is its last state, if it is known. */
  remove(ref: ObjectRef, object?: T): Change<T>[] {
    const key = keyOf(ref);
    const previous = this.#objects.get(key);
    if (previous === undefined) return [];
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
}
