/** For every reason that somebody may have to act on: what to do, in one line. */
import { EXPLANATIONS } from "../../api/explanations.ts";
import { PLURALS } from "../../api/names.ts";
import type { AnyObject } from "../../api/objects.ts";
import type { Reason } from "../../api/reasons.ts";
import { suggestionAsPatch } from "../suggestion.ts";

/** What helps, or undefined where nothing has to be done. The condition's message says what happened. */
export function cureOf(object: AnyObject, reason: Reason): string | undefined {
  if (reason === "SecretNotFound" && object.kind !== "TwilioAccount")
    return "look at the TwilioAccount: its Secret has to be corrected";
  const patch = reason === "AddressRejected" ? suggestionAsPatch(object) : undefined;
  if (patch !== undefined) return `take Twilio's form, if it is the same place: ${patch}`;
  // A status written by another version may have a reason that this one does not know.
  const explanation = EXPLANATIONS[reason] as (typeof EXPLANATIONS)[Reason] | undefined;
  return explanation?.cure?.replaceAll(/\{(edit|approve|secret)\}/g, (_, command: keyof typeof COMMANDS) =>
    COMMANDS[command](object),
  );
}

const COMMANDS = {
  edit: ({ kind, metadata: { namespace, name } }: AnyObject) =>
    `kubectl -n ${namespace} edit ${PLURALS[kind]} ${name}`,
  approve: ({ kind, metadata: { namespace, name } }: AnyObject) =>
    `twilio-emergency approve ${kind}/${name} --namespace ${namespace}`,
  secret: (object: AnyObject) => {
    const name = object.kind === "TwilioAccount" ? object.spec.credentialsSecretRef.name : "NAME";
    return `kubectl -n ${object.metadata.namespace} create secret generic ${name} --from-literal=authToken=…`;
  },
} as const;
