/** S2 and S9 at the moment when a registered address is about to be taken away. */
import type { BindingWorld } from "./binding-world.ts";
import type { Promised } from "./promise.ts";

type Say = Promised<BindingWorld>["holds"];

/** Put there by this binding, or made by its own EmergencyAddress and unedited since. */
function isOurs({ choices: c }: BindingWorld): boolean {
  const sid = c.get("sid");
  const known = c.get("addressObject") !== "missing";
  // Ours by its tag as long as the Address is there; edited by hand, leaving it is nobody's wish but the editor's.
  if (known && sid === "edited") return false;
  if (c.get("applied")) return true;
  if (!known) return false;
  if (sid === "old") return c.get("old") === "live";
  return ["target", "twin"].includes(sid) && c.get("current") === "target";
}

function isConfirmedDeletion({ choices: c }: BindingWorld): boolean {
  return c.get("deleting") && c.get("deletionPolicy") === "Unregister" && c.get("confirmed");
}

function wantsNone(world: BindingWorld): boolean {
  return isConfirmedDeletion(world) || world.choices.get("wants") === "Inactive";
}

function isManual(world: BindingWorld): boolean {
  const { choices: c } = world;
  return c.get("changePolicy") === "Manual" && !(c.get("deleting") && wantsNone(world));
}

function isLeaving({ choices: c }: BindingWorld): boolean {
  return ["leaving", "deletingConfirmed"].includes(c.get("domainObject"));
}

/** An enabled domain that stays enabled has the number as its caller. */
export function isCaller(world: BindingWorld): boolean {
  return world.choices.get("caller") === "this" && !isLeaving(world);
}

function isUncertain(world: BindingWorld): boolean {
  const { choices: c } = world;
  // A terminating Address is a target only for a number that waits for it.
  const isOpen = c.get("status") !== "registered" && c.get("finalizer") && !isConfirmedDeletion(world);
  const mayBeTarget = c.get("addressObject") === "live" || isOpen;
  const hasTarget =
    !wantsNone(world) && c.get("current") === "target" && c.get("addressObject") !== "missing";
  return hasTarget && mayBeTarget && c.get("country") === "unknown";
}

function isApproved({ choices: c }: BindingWorld): boolean {
  return c.get("approval") === "this" && c.get("pendingPlan") === "this" && c.get("usedApproval") === "none";
}

function needsNobody(world: BindingWorld): boolean {
  return isOurs(world) && !isManual(world) && !isCaller(world) && !isUncertain(world);
}

function isAffordable(world: BindingWorld): boolean {
  const { choices: c } = world;
  const other = c.get("other");
  const isOthersDomain = c.get("caller") === "another" && !isLeaving(world);
  const isBefore = other === "firstInLine" && !isOthersDomain;
  const used = ["changing", "going", "failed"].includes(other) || isBefore ? 1 : 0;
  return used < c.get("maxUnprotected");
}

const onlyPermitted: Say = (world, { step }) =>
  step.type !== "DisassociateAddress" || needsNobody(world) || isApproved(world);

const onlyAffordable: Say = (world, { step }) => step.type !== "DisassociateAddress" || isAffordable(world);

const callersWithApproval: Say = (world, ruling) => {
  if (ruling.step.type !== "DisassociateAddress" || !isCaller(world)) return true;
  return isApproved(world) && ruling.step.approval !== undefined && ruling.pendingPlan?.domains.length === 1;
};

const approvalIsSpent: Say = (world, { step, pendingPlan }) => {
  if (step.type !== "DisassociateAddress" || needsNobody(world)) return true;
  return step.approval !== undefined && step.approval === pendingPlan?.hash;
};

const asksWithPlan: Say = (_, ruling) => {
  if (!["AwaitingApproval", "InUse", "DeletionBlocked"].includes(ruling.reason)) return true;
  return ruling.pendingPlan !== undefined && ruling.step.type === "None";
};

const goesOn: Say = (world, { step }) => {
  const may = (needsNobody(world) || isApproved(world)) && isAffordable(world);
  return !may || step.type === "DisassociateAddress";
};

export const PERMISSION_PROMISES: readonly Promised<BindingWorld>[] = [
  {
    code: "S2",
    says: "without a person only what is ours, asked for, Rolling and nobody's caller",
    holds: onlyPermitted,
  },
  {
    code: "S2",
    says: "an approval goes along with the step that it permits, and is spent by it",
    holds: approvalIsSpent,
  },
  {
    code: "S2",
    says: "no more numbers are without protection than maxUnprotected allows",
    holds: onlyAffordable,
  },
  { code: "S2", says: "who is asked is shown the plan", holds: asksWithPlan },
  {
    code: "S9",
    says: "a caller's number goes only with an approval that names the domain",
    holds: callersWithApproval,
  },
  { code: "L1", says: "with permission and budget it goes on", holds: goesOn },
];
