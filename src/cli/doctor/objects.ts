/** Objects that are stuck, and what would be left behind without the operator. */
import { findCondition } from "../../api/conditions.ts";
import { FINALIZER, PLURALS } from "../../api/names.ts";
import { isDeleting, type AnyObject } from "../../api/objects.ts";
import { asksForWork } from "../../plan/deletion.ts";
import { broken, ok, warning, type Finding } from "./finding.ts";

/** A deletion that takes longer than this waits for somebody. */
const STUCK_MS = 10 * 60_000;

export function checkObjects(objects: readonly AnyObject[], now: number): readonly Finding[] {
  const stuck = objects.filter(
    (object) =>
      isDeleting(object) &&
      object.metadata.finalizers?.includes(FINALIZER) === true &&
      now - Date.parse(object.metadata.deletionTimestamp ?? "") > STUCK_MS,
  );
  if (stuck.length === 0) return [ok(`no deletion is stuck among ${objects.length} objects`)];
  return stuck.map((object) => {
    const said =
      findCondition(object.status?.conditions, "Ready")?.message ?? "the operator has not looked at it";
    return warning(
      `${placeOf(object)} is being deleted for long: ${said}`,
      `do what it says, or let it go: ${retain(object)}`,
    );
  });
}

/** Finalizers that nobody would release, and numbers that nobody would bring back to protection. */
export function checkUninstall(objects: readonly AnyObject[]): readonly Finding[] {
  const held = objects.filter(({ metadata }) => metadata.finalizers?.includes(FINALIZER) === true);
  const moving = objects.filter((object) => object.status?.operation?.begun === true);
  const findings = [
    ...moving.map((object) =>
      broken(
        `${placeOf(object)} is in the middle of a change: its number has no registered address now`,
        "wait until it is Registered: twilio-emergency status --watch",
      ),
    ),
    ...held.filter((object) => !moving.includes(object)).map(heldFinding),
  ];
  if (findings.length > 0) return findings;
  return [
    ok(`nothing would be stuck: ${objects.length} objects, none with our finalizer; numbers stay registered`),
  ];
}

function heldFinding(object: AnyObject): Finding {
  const works = object.kind !== "TwilioAccount" && asksForWork(object);
  const why = works ? ` (deletionPolicy ${String(object.spec.deletionPolicy)})` : "";
  return broken(
    `${placeOf(object)} carries our finalizer${why}: it could not be deleted any more`,
    retain(object),
  );
}

function retain({ kind, metadata: { namespace, name } }: AnyObject): string {
  return `kubectl -n ${namespace} patch ${PLURALS[kind]} ${name} --type merge -p '{"spec":{"deletionPolicy":"Retain"}}'`;
}

function placeOf({ kind, metadata }: AnyObject): string {
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}
