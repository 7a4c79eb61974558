/** What may be done at all with an object: account, credentials, staleness, Observe, suspend. Wraps every kind's rules. */
import { DEFAULT_ACCOUNT } from "../api/names.ts";
import { isDeleting, type AnyObject, type Managed, type PhoneNumberBinding } from "../api/objects.ts";
import type { Class } from "../api/reasons.ts";
import { WORKING } from "../api/reasons.ts";
import type { AccountView } from "../twilio/types.ts";
import { asksForWork, hasFinalizer, isAbandoned } from "./deletion.ts";
import { withoutWaiting } from "./retry.ts";
import { classOf, stillWorking, wait, type NamedRuling, type Ruling } from "./rule.ts";
import { isWrite, NONE, type Step } from "./step.ts";
import { unlessUnseen } from "./unseen.ts";
import type { AccountState, World } from "./world.ts";

export type Mode = "manage" | "observe" | "suspend";

/** An account that can be planned on: its listing is known and it is the one the object belongs to. */
export interface UsableAccount extends AccountState {
  readonly view: AccountView;
}

export function accountName(object: Managed): string {
  return object.spec.accountRef?.name ?? DEFAULT_ACCOUNT;
}

function accountOf(world: World, object: Managed): AccountState | undefined {
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
  if (ruling === undefined) return account as UsableAccount;
  const released = releaseUnseen(world, object, ruling);
  if (released !== undefined) return released;
  return {
    ...blockedIfDeleting(object, ruling),
    ...withoutWaiting(object, world.now),
    unheard: true,
    rule: "the account cannot be used",
  };
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
  if (isStale(account, world.now)) return staleRuling(world, account);
  if (account.view?.listedAt === undefined) return notListed(object, account);
  return undefined;
}

/** Without a successful observation for maxStaleness nothing is claimed any more. */
export function isStale(
  { lastSuccessAt, maxStalenessMs }: Pick<AccountState, "lastSuccessAt" | "maxStalenessMs">,
  now: number,
): boolean {
  return lastSuccessAt !== undefined && now - lastSuccessAt > maxStalenessMs;
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
  const ruling = whyNotListed(account);
  const known = object.status?.observedGeneration === object.metadata.generation;
  const keeps = ruling.reason === "Pending" ? known : known && wasReady(object);
  return keeps ? { ...ruling, keep: true } : ruling;
}

function whyNotListed({ credentials, object, lastFailure }: AccountState): Ruling {
  const { name } = object.metadata;
  if (credentials.kind === "rejected") {
    return stillWorking(
      wait("CredentialsRejected", `Twilio refuses the credentials of TwilioAccount "${name}".`),
    );
  }
  if (credentials.kind === "secretNotFound" || credentials.kind === "secretInvalid")
    return wait("WaitingForAccount", `TwilioAccount "${name}" is not ready: ${credentials.message}`);
  const why = lastFailure === undefined ? "" : ` Last failure: ${lastFailure.message}`;
  return wait("Pending", `Not looked at yet: the account has not been listed.${why}`);
}

/** What was settled is not at fault while nothing new can be seen: its account says what is wrong, until it is stale. */
function wasReady({ status }: Managed): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;
}

/** Nothing can be seen at Twilio, but a person's word and our own record suffice to let go of what asks for no work. */
function releaseUnseen(world: World, object: Managed, ruling: Ruling): NamedRuling | undefined {
  if (!isDeleting(object) || !hasFinalizer(object) || world.dryRun) return undefined;
  const mode = modeOf(world, object, accountOf(world, object));
  const nothingAsked = mode === "observe" || (mode === "manage" && !asksForWork(object));
  const isOver = ruling.reason !== "Pending" && nothingAsked && !isChangeRecorded(world, object);
  if (!isOver && !isAbandoned(object)) return undefined;
  return {
    rule: "without the account, what asks for nothing is let go by our own record",
    step: { type: "ReleaseFinalizer" },
    reason: "Pending",
    message: "Deleting it touches nothing at Twilio.",
    keep: true,
  };
}

/** A binding whose number was never written into its status has lost it: then the finalizer is the only record left. */
function isChangeRecorded(world: World, object: Managed): boolean {
  switch (object.kind) {
    case "PhoneNumberBinding":
      return hasOpenRecord(object) || object.status?.phoneNumberSid === undefined;
    case "EmergencyAddress":
      return world.objects.bindingsReferringTo(object).some(hasOpenRecord);
    case "SIPDomainSetting":
      return false;
  }
}

function hasOpenRecord({ status }: PhoneNumberBinding): boolean {
  return status?.operation !== undefined || status?.previousAddressSid !== undefined;
}

/** Deletion needs credentials: what is in the way is named on the object that cannot go. */
function blockedIfDeleting(object: Managed, ruling: Ruling): Ruling {
  if (!isDeleting(object) || !hasFinalizer(object) || ruling.keep === true) return ruling;
  const cure =
    "The deletion goes on when the account is back. To let the object go without touching Twilio, set spec.deletionPolicy to Retain (or, in the middle of a change, the annotation confirm-abandon).";
  return { ...wait("DeletionBlocked", `${ruling.message} ${cure}`), class: WORKING };
}

/** Would a write of this object be sent? */
export function mayWrite(world: World, object: Managed, account: AccountState): boolean {
  const { kind } = account.credentials;
  return modeOf(world, object, account) === "manage" && (kind === "ok" || kind === "unchecked");
}

/** Observe and suspend write nothing and report by truth; rejected credentials hold only objects with pending work. */
export function underPolicy(
  world: World,
  object: Managed,
  account: AccountState,
  planned: NamedRuling,
): NamedRuling {
  const ruling = unlessUnseen(world, object, account, planned);
  const mode = modeOf(world, object, account);
  if (mode !== "manage") return observed(mode, object, ruling, mayRelease(world, object, mode));
  const { credentials } = account;
  if (!reachesTwilio(ruling.step) || credentials.kind === "ok" || credentials.kind === "unchecked")
    return ruling;
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

/** Observe lets go; suspend holds, except what a person abandons; a dry run touches nothing. */
function mayRelease(world: World, object: AnyObject, mode: Mode): boolean {
  return !world.dryRun && (mode === "observe" || (isDeleting(object) && isAbandoned(object)));
}

function observed(
  mode: "observe" | "suspend",
  object: AnyObject,
  ruling: NamedRuling,
  mayLetGo: boolean,
): NamedRuling {
  const reason = mode === "suspend" ? "Suspended" : "Observing";
  const differs = isWrite(ruling.step) || ruling.pendingPlan !== undefined;
  const stands = differs
    ? `Not as desired; nothing is written (${reason}). Otherwise: ${ruling.message}`
    : ruling.message;
  const { pendingPlan: _, ...rest } = ruling;
  const step = allowedWhenObserving(ruling.step, mayLetGo) ? ruling.step : NONE;
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

function allowedWhenObserving(step: Step, mayLetGo: boolean): boolean {
  if (step.type === "ReleaseFinalizer") return mayLetGo;
  return !isWrite(step) && !["AddFinalizer", "RecordFailedTarget", "ClearFailedTargets"].includes(step.type);
}
