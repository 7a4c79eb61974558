/**
 * How the controllers see the objects, whether they live in a cluster or in files: reads from memory, live reads where
 * a cache will not do, and the few writes that the operator makes.
 */
import type { AnyObject, ObjectKey } from "../api/objects.ts";
import type { Kind } from "../api/names.ts";
import type { Objects } from "../plan/world.ts";

/** An Event on an object: no street address and no phone number may stand in it, others may read it. */
export interface Happening {
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly note: string;
  readonly action: string;
}

/** `own`: by a write of ours, of interest to other objects only. */
export type ChangeKind = "own" | "other" | "gone";

export interface ObjectSource {
  /** The look-ups of the planner, never older than our own last write. */
  readonly objects: Objects;
  get(key: ObjectKey): AnyObject | undefined;
  all(kind: Kind): readonly AnyObject[];
  /** Reads the object live; afterwards `get` and `objects` give at least that state. */
  refresh(key: ObjectKey): Promise<AnyObject | undefined>;
  /** The same for all objects of a kind. */
  refreshAll(kind: Kind): Promise<void>;
  /**
   * Makes the status of this object (this uid) exactly `status`, by sending the difference to the status it carries.
   * Only if nobody has written the status since it was read; `exact`: nor anything else of the object. Throws Overtaken
   * when that does not hold or the object is gone.
   */
  writeStatus(
    object: AnyObject,
    status: Readonly<Record<string, unknown>>,
    exact?: boolean,
  ): Promise<AnyObject>;
  setFinalizer(object: AnyObject, present: boolean): Promise<AnyObject | undefined>;
  tell(object: AnyObject, happening: Happening): void;
}

/** The object was changed or removed meanwhile: forget what was planned and look again. */
export class Overtaken extends Error {
  override readonly name = "Overtaken";
}

export function parseKey(key: string): ObjectKey {
  const [kind, namespace, name] = key.split("/");
  return { kind: kind as Kind, namespace: namespace ?? "", name: name ?? "" };
}

export function textOf({ kind, namespace, name }: ObjectKey): string {
  return `${kind}/${namespace}/${name}`;
}

export function objectKey(object: AnyObject): ObjectKey {
  return { kind: object.kind, namespace: object.metadata.namespace, name: object.metadata.name };
}
