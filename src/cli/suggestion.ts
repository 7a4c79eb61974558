/** Twilio's own form of an address that it refused with error 21629, ready to be pasted. */
import { PLURALS } from "../api/names.ts";
import type { AnyObject } from "../api/objects.ts";

/** What would have to change in the spec; undefined where Twilio suggests nothing. */
export function suggestedChanges(object: AnyObject): Readonly<Record<string, string>> | undefined {
  if (object.kind !== "EmergencyAddress" || object.status?.suggestedAddress === undefined) return undefined;
  const { spec } = object;
  const changes = Object.entries(object.status.suggestedAddress).filter(
    ([field, text]) => text !== (spec[field as keyof typeof spec] ?? ""),
  );
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

/** For an object in a cluster. */
export function suggestionAsPatch(object: AnyObject): string | undefined {
  const spec = suggestedChanges(object);
  if (spec === undefined) return undefined;
  const { namespace, name } = object.metadata;
  const patch = JSON.stringify({ spec }).replaceAll("'", String.raw`'\''`);
  return `kubectl -n ${namespace} patch ${PLURALS[object.kind]} ${name} --type merge -p '${patch}'`;
}

/** For a manifest: lines of YAML, as they stand below spec. */
export function suggestionAsLines(object: AnyObject): readonly string[] {
  // A text in JSON is one in YAML too.
  return Object.entries(suggestedChanges(object) ?? {}).map(
    ([field, text]) => `${field}: ${JSON.stringify(text)}`,
  );
}
