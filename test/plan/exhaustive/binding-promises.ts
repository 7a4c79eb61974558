/** The promises, as far as one ruling on one PhoneNumberBinding can keep or break them. */
import { classOf, type NamedRuling } from "../../../src/plan/rule.ts";
import { isWrite } from "../../../src/plan/step.ts";
import { DESK, FOREIGN, OLD, TARGET } from "./binding-choices.ts";
import type { BindingWorld } from "./binding-world.ts";
import type { Promised } from "./promise.ts";

type Say = Promised<BindingWorld>["holds"];

/** Twilio says registered, and where. */
function isRegistered({ choices: c }: BindingWorld): boolean {
  return c.get("status") === "registered" && c.get("sid") !== "none";
}

function isFree({ choices: c }: BindingWorld): boolean {
  return c.get("sid") === "none" && ["unregistered", "registration-failure"].includes(c.get("status"));
}

/** At an unedited Address of the content that the spec wants. */
function isAtTarget(world: BindingWorld): boolean {
  const { choices: c } = world;
  if (!isRegistered(world) || !["target", "twin"].includes(c.get("sid"))) return false;
  return c.get("addressObject") !== "missing" && c.get("current") === "target";
}

function isFresh(world: BindingWorld): boolean {
  const { choices: c } = world;
  if (c.get("number") !== "present" || c.get("evidence") !== "fresh") return false;
  return c.get("direct") || !mayLag(world);
}

/** A listing alone shows it, and a write of ours to the number may be younger than what it shows. */
function mayLag(world: BindingWorld): boolean {
  const { choices: c } = world;
  if (c.get("operation") === "begun") return true;
  return c.get("wrote") ? !isAtTarget(world) || wantsNone(world) : false;
}

function isConfirmedUnregister({ choices: c }: BindingWorld): boolean {
  return c.get("deleting") && c.get("deletionPolicy") === "Unregister" && c.get("confirmed");
}

function wantsNone(world: BindingWorld): boolean {
  return world.choices.get("wants") === "Inactive" || isConfirmedUnregister(world);
}

function isMidChange(world: BindingWorld): boolean {
  const { choices: c } = world;
  if (isRegistered(world)) return false;
  if (c.get("operation") !== "none" || c.get("previous") !== "none") return true;
  return c.get("finalizer") && !isConfirmedUnregister(world);
}

function isLost({ choices: c }: BindingWorld): boolean {
  return c.get("rival") === "winner";
}

/** The target to which this number may be moved or registered now. */
function hasTarget(world: BindingWorld): boolean {
  const { choices: c } = world;
  if (c.get("current") === "none" || c.get("addressObject") === "missing") return false;
  return c.get("addressObject") === "live" || isMidChange(world);
}

function liveWayBack({ choices: c }: BindingWorld): readonly string[] {
  const recorded = c.get("previous");
  const ways: string[] = [];
  if (recorded === "foreign") ways.push(FOREIGN);
  if (c.get("old") === "live" && (recorded === "old" || c.get("addressObject") !== "missing")) ways.push(OLD);
  return ways;
}

const readyIsTrue: Say = (world, ruling) => {
  if (ruling.keep === true || classOf(ruling).ready !== "True") return true;
  if (!isFresh(world) || isLost(world)) return false;
  if (ruling.reason === "Unregistered") return wantsNone(world) && isFree(world);
  return ruling.reason === "Registered" && !wantsNone(world) && isAtTarget(world);
};

/** The half of S2 that the rules keep; permission and budget are walked by themselves. */
const takenByProcedure: Say = (world, { step }) => {
  if (step.type !== "DisassociateAddress" || !step.takesAway) return true;
  if (!isFresh(world) || isLost(world)) return false;
  if (isRegistered(world)) {
    if (step.addressSid !== world.slotSid) return false;
    // A deletion takes a registered address only if it was confirmed.
    if (world.choices.get("deleting")) return isConfirmedUnregister(world);
  } else if (world.choices.get("status") !== "unregistration-failure") return false;
  return wantsNone(world) || mayMove(world);
};

function mayMove(world: BindingWorld): boolean {
  const { choices: c } = world;
  const isOpen = c.get("failed") === "nowhere" && c.get("country") !== "other";
  return !isAtTarget(world) && hasTarget(world) && isOpen;
}

const takesNothing: Say = (world, { step }) => {
  if (step.type !== "DisassociateAddress" || step.takesAway) return true;
  const { choices: c } = world;
  const failed = c.get("status") === "registration-failure";
  const lagged = c.get("status") === "unregistered" && c.get("watched") === "long";
  return isFresh(world) && (failed || lagged) && c.get("sid") !== "none" && step.addressSid === world.slotSid;
};

const ontoFreeSlot: Say = (world, { step }) => {
  if (step.type !== "AssociateAddress") return true;
  if (!isFresh(world) || !isFree(world) || isLost(world) || wantsNone(world)) return false;
  if (step.numberSid !== DESK) return false;
  if (step.addressSid === TARGET) return hasTarget(world) && world.choices.get("country") !== "other";
  return isMidChange(world) && liveWayBack(world).includes(step.addressSid);
};

/** What the status remembers as spent, and what a person or another object decides, is no abandonment. */
const givesBack: Say = (world, ruling) => {
  if (ruling.step.type === "ReleaseFinalizer") return mayLetGo(world, ruling);
  if (!waitsForUs(world) || isDoing(ruling)) return true;
  // Nothing is done: then there is nowhere to go, or it was refused and is tried again slowly.
  const { choices: c } = world;
  const onward = hasTarget(world) && c.get("country") !== "other";
  if (!onward && liveWayBack(world).length === 0) return true;
  return c.get("retry") === "waiting" && c.get("lastError") && ruling.wakeAt !== undefined;
};

/** In mid-change with a free slot: nobody but us will give this number protection. */
function waitsForUs(world: BindingWorld): boolean {
  return isFresh(world) && isFree(world) && isMidChange(world) && !isLost(world) && !wantsNone(world);
}

function isDoing({ step, reason, keep }: NamedRuling): boolean {
  return step.type !== "None" || reason === "Conflict" || keep === true;
}

/** Our finalizer goes only from a number that is settled, or from an object that a person or a rival decides about. */
function mayLetGo(world: BindingWorld, ruling: NamedRuling): boolean {
  const { choices: c } = world;
  if (c.get("number") !== "present")
    return c.get("deleting") && c.get("number") === "unknown" && c.get("absence") === "afterTrust";
  return isLost(world) || isGivenUp(world) || (isFresh(world) && isOver(world, ruling));
}

function isGivenUp({ choices: c }: BindingWorld): boolean {
  if (!c.get("deleting")) return false;
  if (c.get("abandoned")) return true;
  // A live object that names the number takes over from a terminating one that has no record of a change.
  return c.get("claimant") === "younger" && c.get("operation") === "none" && c.get("previous") === "none";
}

function isOver(world: BindingWorld, ruling: NamedRuling): boolean {
  if (isRegistered(world)) return !isConfirmedUnregister(world) || isClaimedOrObserved(world);
  if (isFree(world) && wantsNone(world)) return true;
  return isClaimedOrObserved(world) && !isMidChange(world) && ruling.keep === true;
}

function isClaimedOrObserved({ choices: c }: BindingWorld): boolean {
  return c.get("mode") === "observe" || c.get("claimant") === "younger";
}

const noWriteOnAbsence: Say = (world, { step }) => !isWrite(step) || isFresh(world);

const callersStay: Say = (_, { step }) => !("domainSid" in step);

/** S10 stands in the union of steps: a number can be associated, disassociated and told its EmergencyStatus. */
const onlyThese: Say = (_, { step }) =>
  !isWrite(step) || ["AssociateAddress", "DisassociateAddress", "SetEmergencyStatus"].includes(step.type);

const named: Say = ({ choices: c }, { reason, rule }) => {
  if (rule === "no rule names this state") return false;
  if (reason !== "UnexpectedState") return true;
  return c.get("status") === "a new word of Twilio's" || c.get("status") === "registered";
};

const stopsSayHow: Say = (_, ruling) =>
  !classOf(ruling).stalled || ruling.message.length > 40 || ruling.wakeAt !== undefined;

const asksOnce: Say = ({ choices: c }, { step }) => {
  if (step.type !== "SetEmergencyStatus") return true;
  return c.get("requested") !== "this" && c.get("reported") !== step.value;
};

export const RULE_PROMISES: readonly Promised<BindingWorld>[] = [
  { code: "S1", says: "Ready only where Twilio itself says so", holds: readyIsTrue },
  {
    code: "S2",
    says: "a registered address goes only for what the spec or a confirmed deletion asks",
    holds: takenByProcedure,
  },
  { code: "S2", says: "what is called taking nothing away takes nothing away", holds: takesNothing },
  { code: "S4", says: "an association goes onto a slot that is free as last observed", holds: ontoFreeSlot },
  { code: "S4", says: "EmergencyStatus is asked for once, and only where it differs", holds: asksOnce },
  { code: "S8", says: "no write stands on absence or on an outdated look", holds: noWriteOnAbsence },
  { code: "S9", says: "a binding writes to no domain", holds: callersStay },
  { code: "S10", says: "a binding has three writes", holds: onlyThese },
  {
    code: "S11",
    says: "a number in mid-change is given protection, or there is none to be had",
    holds: givesBack,
  },
  { code: "L1", says: "a stop says how to go on", holds: stopsSayHow },
  { code: "L1", says: "every state is named by a rule", holds: named },
];

export { isFree, isFresh, isRegistered, wantsNone };
