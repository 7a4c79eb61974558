/** A terminating binding: a change that is open is finished first; only a confirmed Unregister takes an address away. */
import { WORKING } from "../../api/reasons.ts";
import { isSettled, type NumberFacts } from "./facts.ts";
import { othersNaming, rivalOfBinding } from "../claims.ts";
import {
  asksForWork,
  hasFinalizer,
  howToAbandon,
  howToConfirm,
  isAbandoned,
  isConfirmed,
} from "../deletion.ts";
import { look, wait, type NamedRuling, type Rule, type Ruling } from "../rule.ts";
import { NONE } from "../step.ts";

/** They come before the rules of the wanted state, which finish an open change. */
export const DELETION_RULES: readonly Rule<NumberFacts>[] = [
  { name: "a terminating object without our finalizer is not ours to hold", rule: goingAnyway },
  { name: "confirm-abandon lets go, whatever is under way", rule: abandoned },
  { name: "the loser of a conflict lets go and writes nothing", rule: releaseLoser },
  { name: "what was observed before our last write is observed again", rule: observeAgain },
  { name: "Observe lets go, unless a change is open", rule: releaseObserved },
  { name: "another object claims the number: let go and write nothing", rule: releaseClaimed },
  { name: "nothing was asked for and protection is settled: let go", rule: releaseSettled },
  { name: "work was asked for but not confirmed", rule: unconfirmed },
  { name: "the number is unregistered, as it shall be: let go", rule: releaseUnregistered },
];

function release(message: string): Ruling {
  return { step: { type: "ReleaseFinalizer" }, reason: "Pending", message, keep: true };
}

function goingAnyway({ object }: NumberFacts): Ruling | undefined {
  return hasFinalizer(object) ? undefined : { ...wait("Pending", "Being deleted."), keep: true };
}

function abandoned({ object }: NumberFacts): Ruling | undefined {
  return isAbandoned(object) ? release("Let go as confirm-abandon asks.") : undefined;
}

function releaseLoser({ world, account, object, number }: NumberFacts): Ruling | undefined {
  return rivalOfBinding(world, account, object, number) === undefined
    ? undefined
    : release("Another object owns the number.");
}

function observeAgain(facts: NumberFacts): Ruling | undefined {
  return facts.isEvident ? undefined : look(facts.object, { type: "GetNumber", sid: facts.number.sid });
}

function releaseObserved(facts: NumberFacts): Ruling | undefined {
  return facts.mode === "observe" && !facts.midChange
    ? release("Only observed: deleting it writes nothing.")
    : undefined;
}

function releaseClaimed(facts: NumberFacts): Ruling | undefined {
  const { world, account, object, number } = facts;
  if (facts.wanted !== "Inactive" || facts.midChange) return undefined;
  return othersNaming(world, account, object, number)
    ? release("Another object claims the number.")
    : undefined;
}

/** Settled is: registered, or unregistered and wanted so. */
function releaseSettled(facts: NumberFacts): Ruling | undefined {
  if (asksForWork(facts.object)) return undefined;
  return isSettled(facts) ? release("Protection is settled: the object may go.") : undefined;
}

/** An unconfirmed Unregister counts as Retain, except that the object stays until somebody decides. */
function unconfirmed({ object, slot }: NumberFacts): Ruling | undefined {
  if (!asksForWork(object) || isConfirmed(object) || slot.kind !== "registered") return undefined;
  const message = `Deleting this object would take the registered address ${slot.sid} from its number. Confirm it (${howToConfirm(object)}), or set spec.deletionPolicy to Retain.`;
  return { ...wait("DeletionBlocked", message), class: WORKING };
}

function releaseUnregistered({ slot, wanted }: NumberFacts): Ruling | undefined {
  return wanted === "Inactive" && slot.kind === "free"
    ? release("The number is unregistered, as it shall be.")
    : undefined;
}

/** A deletion that cannot go on by itself says so, with the way out, whatever rule stopped it. */
export function heldByDeletion({ object }: NumberFacts, ruling: NamedRuling): NamedRuling {
  const { reason, step } = ruling;
  const goesOn = step.type !== "None" || reason.startsWith("Pending") || reason === "WaitingForBudget";
  if (goesOn || reason === "DeletionBlocked") return ruling;
  const message = `${ruling.message} Until the number is protected again the object is kept. To let it go all the same: ${howToAbandon(object)}`;
  return { ...ruling, step: NONE, reason: "DeletionBlocked", class: WORKING, message };
}
