/** The promises, as far as one ruling on one EmergencyAddress can keep or break them. */
import { classOf } from "../../../src/plan/rule.ts";
import { isWrite } from "../../../src/plan/step.ts";
import { OLD, START, TWIN, WANTED, type AddressWorld } from "./address-world.ts";
import type { Promised } from "./promise.ts";

type Say = Promised<AddressWorld>["holds"];

/** spec.sid names the start of this object, and no second Address. */
function adopts({ choices: c }: AddressWorld): boolean {
  return c.get("adopt") !== "none" && !isSecond(c);
}

function isSecond(c: AddressWorld["choices"]): boolean {
  return c.get("adopt") !== "none" && c.get("knows") !== "nothing" && !c.get("adopted");
}

/** Twilio has an unedited Address of the desired content that is ours. */
function hasCurrent(world: AddressWorld): boolean {
  const { choices: c } = world;
  const isMade = c.get("wanted") === "unedited" || c.get("wanted") === "twice";
  return isMade || (adopts(world) && c.get("adopt") === "asDesired");
}

function isLost({ choices: c }: AddressWorld): boolean {
  return c.get("rival") === "winner" && c.get("adopt") !== "none";
}

/** A number is without protection by a step of ours, and may need this object. */
function isAwaited({ choices: c }: AddressWorld): boolean {
  if (c.get("binding") === "none") return false;
  return c.get("binding") === "changing" || c.get("wayBack");
}

const readyIsTrue: Say = (world, ruling) => {
  if (ruling.keep === true || classOf(ruling).ready !== "True") return true;
  return hasCurrent(world) && !isLost(world) && !isSecond(world.choices);
};

/** A look-up for the tag, or a complete listing, that began after we took over and after our last create of it. */
function isLookedUp({ choices: c }: AddressWorld): boolean {
  if (c.get("wrote")) return false;
  return c.get("lookedUp") === "afterTrust" || ["complete", "lacksOne"].includes(c.get("listing"));
}

const createdOnce: Say = (world, { step }) => {
  if (step.type !== "CreateAddress") return true;
  const { choices: c } = world;
  if (hasCurrent(world) || c.get("deleting") || !isLookedUp(world)) return false;
  if (c.get("operation") === "young") return false;
  // An answer that was lost long ago was looked for since.
  return c.get("operation") !== "old" || c.get("lookedUp") === "afterTrust";
};

const notBesideItsStart: Say = (world, { step }) =>
  step.type !== "CreateAddress" ||
  world.choices.get("adopt") !== "absent" ||
  world.choices.get("adopted") ||
  world.choices.get("lookedUp") === "never";

const deletedUnused: Say = (world, { step }) => {
  if (step.type !== "DeleteAddress") return true;
  const { choices: c } = world;
  if (["suspect", "beforeTrust"].includes(c.get("listing")) || c.get("wrote")) return false;
  if (isUsed(world, step.sid) || isAwaited(world)) return false;
  if (c.get("deleting"))
    return c.get("deletionPolicy") === "Delete" && c.get("confirmed") && c.get("finalizer");
  return isSuperseded(world, step.sid) && c.get("binding") !== "free";
};

/** A number carries it. */
function isUsed({ choices: c }: AddressWorld, of: string): boolean {
  if (of === OLD && (c.get("stranger") || c.get("binding") === "atOld")) return true;
  return of === WANTED && c.get("binding") === "atTarget";
}

/** Ours by tag, and another takes its place; what was adopted never is. */
function isSuperseded(world: AddressWorld, of: string): boolean {
  if (!hasCurrent(world) || of === START) return false;
  return of === OLD || (of === WANTED && world.choices.get("wanted") === "edited");
}

const keptUntouched: Say = (_, { step }) =>
  !isWrite(step) || step.type === "CreateAddress" || step.type === "DeleteAddress";

const ownOnly: Say = (_, { step }) =>
  step.type !== "DeleteAddress" || [WANTED, TWIN, OLD, START].includes(step.sid);

const modesWriteNothing: Say = ({ choices: c }, { step }) => !isWrite(step) || c.get("mode") === "manage";

const loserWritesNothing: Say = (world, { step }) =>
  !isWrite(step) || (!isLost(world) && (world.choices.get("deleting") || !isSecond(world.choices)));

const heldAsAsked: Say = (world, { step }) => {
  const { choices: c } = world;
  if (step.type === "AddFinalizer")
    return !c.get("deleting") && !c.get("finalizer") && c.get("deletionPolicy") === "Delete";
  if (step.type !== "ReleaseFinalizer") return true;
  if (!c.get("finalizer")) return false;
  return (
    (c.get("deleting") && c.get("abandoned")) || (c.get("deleting") && isLost(world)) || isFreeToGo(world)
  );
};

function isFreeToGo(world: AddressWorld): boolean {
  const { choices: c } = world;
  if (isAwaited(world)) return false;
  if (c.get("deletionPolicy") === "Retain" || c.get("mode") === "observe") return true;
  // Nothing of it is left at Twilio, as far as a listing that counts can say.
  const isThere = c.get("wanted") !== "none" || c.get("old") !== "none";
  const isStartThere = !["none", "absent"].includes(c.get("adopt"));
  return (
    c.get("deleting") && !isThere && !isStartThere && ["complete", "lacksOne"].includes(c.get("listing"))
  );
}

const clearedWhenSpent: Say = ({ choices: c }, { step }) =>
  step.type !== "ClearFailedTargets" || c.get("failed") !== "nowhere";

const named: Say = (_, { rule, reason }) =>
  rule !== "no rule names this state" && reason !== "UnexpectedState";

const stopsSayHow: Say = (_, ruling) =>
  !classOf(ruling).stalled || ruling.message.length > 40 || ruling.wakeAt !== undefined;

export const ADDRESS_PROMISES: readonly Promised<AddressWorld>[] = [
  { code: "S1", says: "Ready only where Twilio has an unedited Address of this content", holds: readyIsTrue },
  { code: "S2", says: "the loser of a conflict writes nothing", holds: loserWritesNothing },
  { code: "S3", says: "created only after a look that counts has found none", holds: createdOnce },
  {
    code: "S3",
    says: "none is created beside one that is to be adopted and not found",
    holds: notBesideItsStart,
  },
  { code: "S5", says: "deleted only while nobody uses it or counts on it", holds: deletedUnused },
  { code: "S6", says: "Observe writes nothing", holds: modesWriteNothing },
  { code: "S10", says: "an Address is made or removed, never edited", holds: keptUntouched },
  { code: "S10", says: "no Address but those of the object is removed", holds: ownOnly },
  { code: "S11", says: "an object is held while a number or its deletion needs it", holds: heldAsAsked },
  { code: "L1", says: "only what is recorded is cleared", holds: clearedWhenSpent },
  { code: "L1", says: "a stop says how to go on", holds: stopsSayHow },
  { code: "L1", says: "every state is named by a rule", holds: named },
];
