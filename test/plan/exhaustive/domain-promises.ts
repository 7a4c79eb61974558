/** The promises, as far as one ruling on one SIPDomainSetting can keep or break them. */
import { planBinding } from "../../../src/plan/binding.ts";
import { classOf, type NamedRuling } from "../../../src/plan/rule.ts";
import { isWrite, type Step } from "../../../src/plan/step.ts";
import { DESK, OTHER, SIP, type DomainWorld } from "./domain-world.ts";
import type { Promised } from "./promise.ts";

type Say = Promised<DomainWorld>["holds"];

function isFresh({ choices: c }: DomainWorld): boolean {
  return c.get("seen") === "present" && c.get("evidence") === "fresh";
}

function isLost({ choices: c }: DomainWorld): boolean {
  return c.get("rival") === "winner";
}

/** A confirmed deletion that asks for work. */
function isConfirmed({ choices: c }: DomainWorld): boolean {
  return c.get("deleting") && c.get("deletionPolicy") === "Disable" && c.get("confirmed");
}

function isRegistered({ choices: c }: DomainWorld, caller: "desk" | "other"): boolean {
  return c.get(caller) === "registered";
}

/** The caller that the domain shows has a registered address, or it shows none. */
function callerIsAlive(world: DomainWorld): boolean {
  const caller = world.choices.get("caller");
  return caller === "none" || isRegistered(world, caller);
}

/** The number that is the caller is losing its address, or its next step takes that away. */
function callerIsGoing(world: DomainWorld): boolean {
  const { choices: c } = world;
  const caller = c.get("caller");
  if (caller === "none") return false;
  if (c.get(caller) === "pendingUnregistration") return true;
  return caller === "desk" && nextStepOfDesk(world)?.type === "DisassociateAddress";
}

function nextStepOfDesk({ world }: DomainWorld): Step | undefined {
  const binding = world.objects.binding("site", "desk");
  return binding === undefined ? undefined : planBinding(world, binding).step;
}

const readyIsTrue: Say = (world, ruling) => {
  if (ruling.keep === true || classOf(ruling).ready !== "True") return true;
  const { choices: c } = world;
  if (!isFresh(world) || isLost(world) || c.get("enabled") !== c.get("wantsEnabled")) return false;
  if (!c.get("wantsEnabled")) return true;
  if (["unknown", "elsewhere"].includes(c.get("callerRef")) || !callerIsAlive(world)) return false;
  return c.get("callerRef") === "none" || c.get("caller") === "desk";
};

const noWriteOnAbsence: Say = (world, { step }) => !isWrite(step) || isFresh(world);

const noWriteForLoser: Say = (world, { step }) => !isWrite(step) || !isLost(world);

const claimedIsLeft: Say = ({ choices: c }, { step }) =>
  !isWrite(step) || !c.get("deleting") || c.get("rival") === "none";

const modesWriteNothing: Say = ({ choices: c }, { step }) => !isWrite(step) || c.get("mode") === "manage";

const callerIsRegistered: Say = (world, { step }) => {
  if (step.type !== "SetEmergencyCaller") return true;
  const { choices: c } = world;
  if (c.get("deleting") || c.get("callerRef") !== "desk" || step.numberSid !== DESK) return false;
  return isRegistered(world, "desk") && ["stays", "leaves"].includes(c.get("binding")) && staysPut(world);
};

/** The wanted caller is not about to lose its address, by a step or for want of budget only. */
function staysPut(world: DomainWorld): boolean {
  return nextStepOfDesk(world)?.type !== "DisassociateAddress";
}

const enabledWithLiveCaller: Say = (world, { step }) =>
  step.type !== "EnableEmergencyCalling" ||
  (world.choices.get("wantsEnabled") && !world.choices.get("deleting") && callerIsAlive(world));

const disabledAsAsked: Say = (world, { step }) => {
  if (step.type !== "DisableEmergencyCalling") return true;
  const { choices: c } = world;
  const isAsked = c.get("deleting") ? isConfirmed(world) && c.get("finalizer") : !c.get("wantsEnabled");
  return isAsked && !callerIsGoing(world);
};

const clearedWithReason: Say = (world, { step }) => {
  if (step.type !== "ClearEmergencyCaller") return true;
  const { choices: c } = world;
  const caller = c.get("caller");
  if (c.get("deleting")) return isConfirmed(world) && c.get("finalizer") && !c.get("enabled");
  const isOurs = c.get("callerRef") === "none" && [c.get("applied"), c.get("operation")].includes(caller);
  const isDead = c.get("wantsEnabled") && !c.get("enabled") && !callerIsAlive(world);
  return caller !== "none" && (isOurs || isDead);
};

const onlyThese: Say = (_, { step }) => !isWrite(step) || ("domainSid" in step && step.domainSid === SIP);

const heldAsAsked: Say = (world, { step }) => {
  const { choices: c } = world;
  if (step.type === "AddFinalizer")
    return !c.get("deleting") && !c.get("finalizer") && c.get("deletionPolicy") === "Disable";
  return step.type !== "ReleaseFinalizer" || (c.get("finalizer") && mayLetGo(world));
};

function mayLetGo(world: DomainWorld): boolean {
  const { choices: c } = world;
  if (c.get("deletionPolicy") === "Retain" || c.get("mode") === "observe") return true;
  if (!c.get("deleting")) return false;
  if (c.get("abandoned") || c.get("rival") !== "none") return true;
  if (c.get("seen") !== "present") return c.get("seen") === "unknown" && c.get("absence") === "afterTrust";
  return isFresh(world) && !c.get("enabled") && c.get("caller") === "none";
}

/** What the object has set is remembered until a look that counts shows another caller. */
const callerIsRemembered: Say = (world, { memory }) => {
  const remembered = memory?.["appliedCallerSid"];
  if (remembered === undefined) return true;
  const { choices: c } = world;
  const shown = { none: null, desk: DESK, other: OTHER }[c.get("caller")];
  if (!isFresh(world)) return false;
  return remembered === null ? c.get("applied") !== c.get("caller") : remembered === shown;
};

const stopsSayHow: Say = (_, ruling) =>
  !classOf(ruling).stalled || ruling.message.length > 40 || ruling.wakeAt !== undefined;

const named: Say = (_, { rule, reason }) =>
  rule !== "no rule names this state" && reason !== "UnexpectedState";

/** Where nothing stands in the way, what differs from the spec is written, or it is said what is waited for. */
const goesOn: Say = (world, ruling) => {
  const { choices: c } = world;
  if (!isFresh(world) || isLost(world) || c.get("deleting") || c.get("mode") !== "manage") return true;
  if (c.get("enabled") === c.get("wantsEnabled")) return true;
  return ruling.step.type !== "None" || isHeld(ruling);
};

function isHeld({ reason, wakeAt }: NamedRuling): boolean {
  return reason === "WaitingForNumber" || (reason === "RejectedByTwilio" && wakeAt !== undefined);
}

export const DOMAIN_PROMISES: readonly Promised<DomainWorld>[] = [
  { code: "S1", says: "Ready only where Twilio itself says so", holds: readyIsTrue },
  { code: "S6", says: "Observe and suspend write nothing", holds: modesWriteNothing },
  { code: "S8", says: "no write stands on absence or on an outdated look", holds: noWriteOnAbsence },
  {
    code: "S9",
    says: "a caller is set only to a registered number that stays so",
    holds: callerIsRegistered,
  },
  {
    code: "S9",
    says: "no domain is enabled with a caller that is not registered",
    holds: enabledWithLiveCaller,
  },
  {
    code: "S9",
    says: "a domain is disabled as asked, and after its caller's number",
    holds: disabledAsAsked,
  },
  { code: "S9", says: "a caller is cleared if it is ours, dead, or to be deleted", holds: clearedWithReason },
  { code: "S10", says: "a domain object writes to its own domain, four things", holds: onlyThese },
  { code: "S2", says: "the loser of a conflict writes nothing", holds: noWriteForLoser },
  { code: "S2", says: "the deletion of an object that is not alone writes nothing", holds: claimedIsLeft },
  { code: "S11", says: "an object is held while its deletion asks for work, no longer", holds: heldAsAsked },
  { code: "L1", says: "a caller that we set is not forgotten", holds: callerIsRemembered },
  { code: "L1", says: "what differs is written, or waits for something named", holds: goesOn },
  { code: "L1", says: "a stop says how to go on", holds: stopsSayHow },
  { code: "L1", says: "every state is named by a rule", holds: named },
];
