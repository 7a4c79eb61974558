/** What may be done at all with an object: account, credentials, staleness, Observe, suspend. Wraps every kind's rules. */
import { DEFAULT_ACCOUNT } from "../api/names.ts";
import { isDeleting, type AnyObject, type Managed } from "../api/objects.ts";
import type { Class } from "../api/reasons.ts";
import { WORKING } from "../api/reasons.ts";
import type { AccountView } from "../twilio/types.ts";
import { hasFinalizer } from "./deletion.ts";
import { classOf, stillWorking, wait, type NamedRuling, type Ruling } from "./rule.ts";
import { isWrite, NONE, type Step } from "./step.ts";
import type { AccountState, World } from "./world.ts";

export type Mode = "manage" | "observe" | "suspend";

/** An account that can be planned on: its listing is known and it is the one the object belongs to. */
export interface UsableAccount extends AccountState {
  readonly view: AccountView;
}

export function accountName(object: Managed): string {
  return object.spec.accountRef?.name ?? DEFAULT_ACCOUNT;
}

export function accountOf(world: World, object: Managed): AccountState | undefined {
  return world.account(object.metadata.namespace, accountName(object));
}

export function modeOf(world: World, object: Managed, account: AccountState | undefined): Mode {
  if (object.spec.suspend === true) return "suspend";
  const observed =
    object.spec.managementPolicy === "Observe" || account?.object.spec.managementPolicy === "Observe";
  return observed || world.dryRun ? "observe" : "manage";
}

/** Either an account to plan on, or the ruling that says why there is none. */
export function usableAccount(world: World, object: Managed): UsableAccount | NamedRuling {
  const account = accountOf(world, object);
  const ruling = accountFault(world, object, account);
  if (ruling !== undefined)
    return { ...blockedIfDeleting(object, ruling), rule: "the account cannot be used" };
  return account as UsableAccount;
}

function accountFault(world: World, object: Managed, account: AccountState | undefined): Ruling | undefined {
  const name = accountName(object);
  if (account === undefined)
    return wait("WaitingForAccount", `TwilioAccount "${name}" does not exist in this namespace.`);
  const pinned = object.status?.accountSid;
  const sid = account.object.spec.accountSid;
  if (pinned !== undefined && pinned !== sid) {
    const cure = "Restore that account, or delete this object and create it anew.";
    return wait(
      "AccountMismatch",
      `TwilioAccount "${name}" is ${sid} now, but this object belongs to ${pinned}. ${cure}`,
    );
  }
  if (isStale(world, account)) return staleRuling(world, account);
  if (account.view?.listedAt === undefined) return notListed(object, account);
  return undefined;
}

/** Without a successful observation for maxStaleness nothing is claimed any more. */
function isStale(world: World, account: AccountState): boolean {
  return account.lastSuccessAt !== undefined && world.now - account.lastSuccessAt > account.maxStalenessMs;
}

function staleRuling(world: World, account: AccountState): Ruling {
  const minutes = Math.round((world.now - (account.lastSuccessAt ?? 0)) / 60_000);
  const why = account.lastFailure === undefined ? "" : ` Last failure: ${account.lastFailure.message}`;
  return wait(
    "ObservationStale",
    `The account has not been observed for ${minutes} minutes: what is true now is not known.${why}`,
  );
}

function notListed(object: Managed, account: AccountState): Ruling {
  const { credentials } = account;
  const name = account.object.metadata.name;
  if (credentials.kind === "rejected") {
    return stillWorking(
      wait("CredentialsRejected", `Twilio refuses the credentials of TwilioAccount "${name}".`),
    );
  }
  if (credentials.kind === "secretNotFound" || credentials.kind === "secretInvalid") {
    return wait("WaitingForAccount", `TwilioAccount "${name}" is not ready: ${credentials.message}`);
  }
  const known = object.status?.observedGeneration === object.metadata.generation;
  const pending = wait("Pending", "Not looked at yet: the account has not been listed.");
  return known ? { ...pending, keep: true } : pending;
}

/** Deletion needs credentials: what is in the way is named on the object that cannot go. */
function blockedIfDeleting(object: Managed, ruling: Ruling): Ruling {
  if (!isDeleting(object) || !hasFinalizer(object) || ruling.keep === true) return ruling;
  const cure =
    "The deletion goes on when the account is back. To let the object go without touching Twilio, set spec.deletionPolicy to Retain (or, in the middle of a change, the annotation confirm-abandon).";
  return { ...wait("DeletionBlocked", `${ruling.message} ${cure}`), class: WORKING };
}

/** Observe and suspend write nothing and report by truth; rejected credentials hold only objects with pending work. */
export function underPolicy(
  world: World,
  object: Managed,
  account: AccountState,
  ruling: NamedRuling,
): NamedRuling {
  const mode = modeOf(world, object, account);
  if (mode !== "manage") return observed(mode, object, ruling);
  if (!reachesTwilio(ruling.step)) return ruling;
  const { credentials } = account;
  if (credentials.kind === "ok" || credentials.kind === "unchecked") return ruling;
  const why = credentials.kind === "rejected" ? credentials.failure.message : credentials.message;
  const message = `Cannot go on (${ruling.message}): the credentials of TwilioAccount "${account.object.metadata.name}" do not work: ${why}`;
  const reason = credentials.kind === "rejected" ? "CredentialsRejected" : "WaitingForAccount";
  const blocked = isDeleting(object) ? "DeletionBlocked" : reason;
  return { ...ruling, step: NONE, reason: blocked, class: WORKING, message };
}

function reachesTwilio(step: Step): boolean {
  return (
    step.type !== "None" &&
    !["AddFinalizer", "ReleaseFinalizer", "RecordFailedTarget", "ClearFailedTargets"].includes(step.type)
  );
}

function observed(mode: "observe" | "suspend", object: AnyObject, ruling: NamedRuling): NamedRuling {
  const reason = mode === "suspend" ? "Suspended" : "Observing";
  const differs = isWrite(ruling.step) || ruling.pendingPlan !== undefined;
  const stands = differs
    ? `Not as desired; nothing is written (${reason}). Otherwise: ${ruling.message}`
    : ruling.message;
  const { pendingPlan: _, ...rest } = ruling;
  const step = allowedWhenObserving(ruling.step, mode) ? ruling.step : NONE;
  const held =
    isDeleting(object) && mode === "suspend" ? " The deletion is held while spec.suspend is true." : "";
  const seen: NamedRuling = {
    ...rest,
    step,
    reason,
    class: byTruth(ruling, differs),
    message: `${stands}${held}`,
  };
  return differs ? { ...seen, drifted: ruling.message } : seen;
}

function byTruth(ruling: Ruling, differs: boolean): Class {
  const { ready } = classOf(ruling);
  return { ready: differs ? "False" : ready, reconciling: false, stalled: false };
}

function allowedWhenObserving(step: Step, mode: Mode): boolean {
  if (step.type === "ReleaseFinalizer") return mode === "observe";
  return !isWrite(step) && !["AddFinalizer", "RecordFailedTarget", "ClearFailedTargets"].includes(step.type);
}
