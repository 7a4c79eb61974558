/** A terminating SIPDomainSetting: with deletionPolicy Disable, confirmed, calling goes off and the caller is cleared. */
import { WORKING } from "../../api/reasons.ts";
import { rivalOfDomain } from "../claims.ts";
import { asksForWork, hasFinalizer, howToConfirm, isAbandoned, isConfirmed } from "../deletion.ts";
import { observeAgain, refused, waitBeforeDisabling } from "../domain.ts";
import type { KnownDomain } from "./facts.ts";
import { wait, type Rule, type Ruling } from "../rule.ts";

export const DOMAIN_DELETION_RULES: readonly Rule<KnownDomain>[] = [
  { name: "a terminating object without our finalizer is not ours to hold", rule: goingAnyway },
  { name: "abandoned, observed, or nothing asked for: let go", rule: releaseAtOnce },
  { name: "another object claims the domain: let go and write nothing", rule: releaseClaimed },
  { name: "what was observed before our last write is observed again", rule: observeAgain },
  { name: "off and without caller: let go", rule: releaseDone },
  { name: "disabling was not confirmed", rule: unconfirmed },
  { name: "the last write was refused: tried again slowly", rule: refusedDeletion },
  { name: "waits for its caller's number only while that is going", rule: waitBeforeDisabling },
  { name: "confirmed: disable, then clear the caller", rule: disableAndClear },
];

function release(message: string): Ruling {
  return { step: { type: "ReleaseFinalizer" }, reason: "Pending", message, keep: true };
}

function goingAnyway({ object }: KnownDomain): Ruling | undefined {
  return hasFinalizer(object) ? undefined : { ...wait("Pending", "Being deleted."), keep: true };
}

function releaseAtOnce({ object, mode }: KnownDomain): Ruling | undefined {
  return isAbandoned(object) || mode === "observe" || !asksForWork(object)
    ? release("Deleting it touches nothing at Twilio.")
    : undefined;
}

/** One that is not being deleted always wins. */
function releaseClaimed({ world, account, object }: KnownDomain): Ruling | undefined {
  return rivalOfDomain(world, account, object) === undefined
    ? undefined
    : release("Another object claims the domain.");
}

function releaseDone({ domain }: KnownDomain): Ruling | undefined {
  const isDone = !domain.emergencyCallingEnabled && domain.emergencyCallerSid === null;
  return isDone ? release("Emergency calling is off and no caller is set.") : undefined;
}

function unconfirmed({ object, domain }: KnownDomain): Ruling | undefined {
  if (isConfirmed(object)) return undefined;
  const message = `Deleting this object would disable emergency calling on ${domain.domainName}. Confirm it (${howToConfirm(object)}), or set spec.deletionPolicy to Retain.`;
  return { ...wait("DeletionBlocked", message), class: WORKING };
}

function refusedDeletion(facts: KnownDomain): Ruling | undefined {
  const held = refused(facts);
  return held === undefined ? undefined : { ...held, reason: "DeletionBlocked", class: WORKING };
}

function disableAndClear({ domain }: KnownDomain): Ruling {
  const waiting = {
    ...wait("Pending", "Emergency calling is being disabled, as the confirmed deletion asks."),
    class: WORKING,
  };
  if (domain.emergencyCallingEnabled)
    return { ...waiting, step: { type: "DisableEmergencyCalling", domainSid: domain.sid } };
  return { ...waiting, step: { type: "ClearEmergencyCaller", domainSid: domain.sid } };
}
