/** A terminating EmergencyAddress: held while a number in mid-change counts on it, deleted at Twilio only if confirmed. */
import { WORKING } from "../../api/reasons.ts";
import type { AddressRecord } from "../../twilio/types.ts";
import { creationStart, unlistedSid, type AddressFacts } from "./facts.ts";
import { rivalOfAddress } from "../claims.ts";
import { asksForWork, hasFinalizer, howToConfirm, isAbandoned, isConfirmed } from "../deletion.ts";
import { deletion, isUnused } from "./retirement.ts";
import { look, wait, type Rule, type Ruling } from "../rule.ts";

export const ADDRESS_DELETION_RULES: readonly Rule<AddressFacts>[] = [
  { name: "a terminating object without our finalizer is not ours to hold", rule: goingAnyway },
  { name: "confirm-abandon lets go, whatever is under way", rule: abandoned },
  { name: "the loser of a conflict lets go and writes nothing", rule: releaseLoser },
  { name: "a number in mid-change counts on it: held", rule: heldByChange },
  { name: "Observe, or a policy that asks for nothing: let go", rule: releaseSettled },
  { name: "a create in doubt is looked for before anything is concluded", rule: lookForDoubt },
  { name: "an Address that no listing has shown since we took over is looked for", rule: lookForUnlisted },
  { name: "nothing of it is at Twilio: let go", rule: releaseGone },
  { name: "the deletion of its Address was not confirmed", rule: unconfirmed },
  { name: "numbers still carry its Address", rule: inUse },
  { name: "Twilio refused to delete it: tried again slowly", rule: refused },
  { name: "unused and confirmed: deleted, one by one", rule: deleteNext },
];

function release(message: string): Ruling {
  return { step: { type: "ReleaseFinalizer" }, reason: "Pending", message, keep: true };
}

function blocked(message: string): Ruling {
  return { ...wait("DeletionBlocked", message), class: WORKING };
}

function goingAnyway({ object }: AddressFacts): Ruling | undefined {
  return hasFinalizer(object) ? undefined : { ...wait("Pending", "Being deleted."), keep: true };
}

function abandoned({ object }: AddressFacts): Ruling | undefined {
  return isAbandoned(object) ? release("Let go as confirm-abandon asks.") : undefined;
}

function releaseLoser({ world, account, object }: AddressFacts): Ruling | undefined {
  return rivalOfAddress(world, account, object) === undefined
    ? undefined
    : release("Another object owns the Address.");
}

function heldByChange({ waiting }: AddressFacts): Ruling | undefined {
  if (waiting.length === 0) return undefined;
  const names = waiting.map((binding) => binding.metadata.name).join(", ");
  return blocked(
    `In the middle of a change ${names} may need this Address: the deletion waits until they are registered.`,
  );
}

function releaseSettled({ object, mode }: AddressFacts): Ruling | undefined {
  return mode === "observe" || !asksForWork(object)
    ? release("Deleting it touches nothing at Twilio.")
    : undefined;
}

function lookForDoubt({ account, object, world, owned }: AddressFacts): Ruling | undefined {
  const operation = object.status?.operation;
  if (operation?.type !== "CreateAddress" || owned.current !== undefined) return undefined;
  const last = creationStart(world, operation) + Math.max(...world.timings.createLooks);
  if ((account.view.absentAt(operation.target) ?? 0) >= last) return undefined;
  if (world.now < last)
    return blocked(
      "Twilio's answer to the creation was lost: looking for the Address before the object goes.",
    );
  return look(object, { type: "FindAddress", friendlyName: operation.target });
}

function lookForUnlisted(facts: AddressFacts): Ruling | undefined {
  const sid = unlistedSid(facts);
  return sid === undefined ? undefined : { ...look(facts.object, { type: "GetAddress", sid }), keep: true };
}

/** All that this object stands for at Twilio: what it made, and what it adopted. */
function remaining({ account, object, owned }: AddressFacts): readonly AddressRecord[] {
  const adopted = object.spec.sid === undefined ? undefined : account.view.address(object.spec.sid)?.value;
  const all = [owned.current, ...owned.duplicates, ...owned.superseded, adopted].filter(
    (record) => record !== undefined,
  );
  return [...new Map(all.map((record) => [record.sid, record])).values()];
}

function releaseGone(facts: AddressFacts): Ruling | undefined {
  if (remaining(facts).length > 0) return undefined;
  const { account, world, object } = facts;
  if (account.view.suspect || (account.view.listedAt ?? 0) < world.trustedSince)
    return { ...look(object, { type: "ListAccount" }), keep: true };
  return release("Nothing of it is at Twilio.");
}

function unconfirmed(facts: AddressFacts): Ruling | undefined {
  if (isConfirmed(facts.object)) return undefined;
  const sids = remaining(facts)
    .map((record) => record.sid)
    .join(", ");
  return blocked(
    `Deleting this object would delete ${sids} at Twilio. Confirm it (${howToConfirm(facts.object)}), or set spec.deletionPolicy to Retain.`,
  );
}

function inUse(facts: AddressFacts): Ruling | undefined {
  const { world, account } = facts;
  const used = remaining(facts).filter((record) => !isUnused(world, account, record));
  if (used.length === 0) return undefined;
  const numbers = used
    .flatMap((record) => account.view.numbersAt(record.sid).map((number) => number.sid))
    .slice(0, 10)
    .join(", ");
  return blocked(
    `Numbers still carry its Address: ${numbers}. Move or unregister them, or set spec.deletionPolicy to Retain.`,
  );
}

function refused({ object, retry }: AddressFacts): Ruling | undefined {
  const error = object.status?.lastError;
  if (retry.kind !== "waiting" || error === undefined) return undefined;
  return {
    ...blocked(
      `Twilio refused to delete the Address (request ${error.requestId ?? "unknown"}): ${error.message}`,
    ),
    wakeAt: retry.retry.nextTime,
  };
}

function deleteNext(facts: AddressFacts): Ruling {
  const [next] = remaining(facts);
  const step = next === undefined ? undefined : deletion(facts, next);
  const waiting = blocked("The Address is being deleted at Twilio.");
  return step === undefined
    ? { ...waiting, message: "Waiting for a complete listing of the account." }
    : { ...waiting, ...step };
}
