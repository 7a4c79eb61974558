/** What a person has said about letting an object go. */
import { ANNOTATION, FINALIZER } from "../api/names.ts";
import { annotation, isDeleting, type AnyObject, type Managed } from "../api/objects.ts";
import type { Mode } from "./policy.ts";
import type { Ruling } from "./rule.ts";

export function hasFinalizer(object: AnyObject): boolean {
  return object.metadata.finalizers?.includes(FINALIZER) === true;
}

/** confirm-delete carries the object's own name, so that a copied manifest confirms nothing. */
export function isConfirmed(object: AnyObject): boolean {
  return annotation(object, ANNOTATION.confirmDelete) === object.metadata.name;
}

export function isAbandoned(object: AnyObject): boolean {
  return annotation(object, ANNOTATION.confirmAbandon) === object.metadata.name;
}

/** Does deleting this object ask for work at Twilio? */
export function asksForWork(object: Managed): boolean {
  return object.spec.deletionPolicy !== undefined && object.spec.deletionPolicy !== "Retain";
}

/** The deletion that is under way and was confirmed asks for work. */
export function isConfirmedWork(object: Managed): boolean {
  return isDeleting(object) && asksForWork(object) && isConfirmed(object);
}

/** Terminating, and nobody waits for its protection any more. */
export function isLeaving(object: Managed): boolean {
  return isDeleting(object) && (!hasFinalizer(object) || isConfirmedWork(object));
}

/** Before anything else is done: whoever deletes the object must find it held. */
export function addFinalizer({
  object,
  mode,
}: {
  readonly object: Managed;
  readonly mode: Mode;
}): Ruling | undefined {
  if (mode !== "manage" || !asksForWork(object) || hasFinalizer(object)) return undefined;
  return {
    step: { type: "AddFinalizer" },
    reason: "Pending",
    message: "The finalizer is set, since deleting this object asks for work at Twilio.",
    keep: true,
  };
}

export function howToConfirm(object: AnyObject): string {
  const { kind, metadata } = object;
  return `kubectl -n ${metadata.namespace} annotate ${kind.toLowerCase()} ${metadata.name} ${ANNOTATION.confirmDelete}=${metadata.name}`;
}

export function howToAbandon(object: AnyObject): string {
  const { kind, metadata } = object;
  return `kubectl -n ${metadata.namespace} annotate ${kind.toLowerCase()} ${metadata.name} ${ANNOTATION.confirmAbandon}=${metadata.name}`;
}
