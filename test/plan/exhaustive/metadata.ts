/** Metadata of an object that may be on its way out, chosen as it is read. */
import { ANNOTATION, FINALIZER } from "../../../src/api/names.ts";
import type { ObjectMeta } from "../../../src/api/objects.ts";

/** The choices that say whether an object is being deleted, and what a person has said of that. */
interface Deletable {
  get(name: "deleting" | "finalizer" | "confirmed" | "abandoned"): boolean;
}

/** `annotations`: further ones; their getters stay getters. */
export function deletableMetadata(c: Deletable, base: ObjectMeta, annotations: object = {}): object {
  const said = {
    get [ANNOTATION.confirmDelete]() {
      return c.get("confirmed") ? base.name : undefined;
    },
    get [ANNOTATION.confirmAbandon]() {
      return c.get("abandoned") ? base.name : undefined;
    },
  };
  return {
    ...base,
    get deletionTimestamp() {
      return c.get("deleting") ? "2026-03-01T11:00:00Z" : undefined;
    },
    get finalizers() {
      return c.get("finalizer") ? [FINALIZER] : [];
    },
    annotations: Object.defineProperties(said, Object.getOwnPropertyDescriptors(annotations)),
  };
}
