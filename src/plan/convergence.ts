/** The same write twice, and the field still differs: something undoes it, or Twilio takes it for something else. */
import { ANNOTATION } from "../api/names.ts";
import { annotation, type Managed } from "../api/objects.ts";
import { wait, type NamedRuling } from "./rule.ts";
import { isWrite, type Write } from "./step.ts";
import type { World } from "./world.ts";

/** What makes a write the same one: its target, and nothing having been changed that would justify a repetition. */
export function signatureOf(object: Managed, step: Write): string {
  const { type, ...fields } = step;
  const target = "address" in fields ? fields.address.friendlyName : Object.values(fields).join(" ");
  const attempt = object.status?.retry?.count ?? 0;
  return `${type} ${target} ${object.metadata.generation} ${annotation(object, ANNOTATION.requestedAt) ?? ""} ${attempt}`;
}

export function isRepetition(world: World, object: Managed, step: Write): boolean {
  return world.lastWrite(object)?.signature === signatureOf(object, step);
}

export function notConverging(world: World, object: Managed, ruling: NamedRuling): NamedRuling {
  if (!isWrite(ruling.step) || !isRepetition(world, object, ruling.step)) return ruling;
  const message = `Twilio accepted ${ruling.step.type}, but what it should have changed is as before. Somebody may be undoing it. requested-at on this object tries again.`;
  return { ...wait("NotConverging", message), rule: "the same write twice does not converge" };
}
