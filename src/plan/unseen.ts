/**
 * A look that stays without an answer. Listings may still succeed while a key that may only list, or a fault of Twilio's,
 * refuses every look at one resource: nothing is claimed of that for longer than maxStaleness (S1).
 */
import { isDeleting, type Managed } from "../api/objects.ts";
import type { AccountView } from "../twilio/types.ts";
import { WORKING } from "../api/reasons.ts";
import type { NamedRuling } from "./rule.ts";
import { isLook, type Look } from "./step.ts";
import type { AccountState, World } from "./world.ts";

const LABEL = "Unseen";

/** Keeps what the status says while the look may still be answered in time; after that nothing is known. */
export function unlessUnseen(
  world: World,
  object: Managed,
  account: AccountState,
  ruling: NamedRuling,
): NamedRuling {
  const { keep, step, ...rest } = ruling;
  if (keep !== true || !isLook(step)) return ruling;
  const watched = world.watchedSince(object, LABEL) ?? world.now;
  const since = Math.min(watched, seenAt(account.view, step) ?? watched);
  // A time that the rule measures itself goes on running.
  if (world.now - since <= account.maxStalenessMs) return { ...ruling, watch: ruling.watch ?? LABEL };
  const minutes = Math.round((world.now - since) / 60_000);
  const message = `Twilio has not answered a look at it for ${minutes} minutes (see the operator's log): what is true now is not known.`;
  const reason = isDeleting(object) ? "DeletionBlocked" : "ObservationStale";
  return { ...rest, step, reason, class: WORKING, message, watch: LABEL };
}

/** Is this the ruling on a look that has failed for too long? */
export function isUnseen({ keep, watch }: NamedRuling): boolean {
  return watch === LABEL && keep !== true;
}

function seenAt(view: AccountView | undefined, step: Look): number | undefined {
  switch (step.type) {
    case "GetNumber":
      return view?.number(step.sid)?.observedAt;
    case "GetAddress":
      return view?.address(step.sid)?.observedAt;
    case "GetDomain":
      return view?.domain(step.sid)?.observedAt;
    case "FindNumber":
    case "FindAddress":
    case "ListAccount":
      return undefined;
  }
}
