/** What a binding remembers and forgets, whatever the rules have ruled. */
import type { NamedRuling } from "../../../src/plan/rule.ts";
import { NONE } from "../../../src/plan/step.ts";
import { DESK, OLD } from "./binding-choices.ts";
import type { BindingWorld } from "./binding-world.ts";
import { isFree, isFresh, isRegistered, wantsNone } from "./binding-promises.ts";
import type { Promised } from "./promise.ts";

type Say = Promised<BindingWorld>["holds"];

const plain = { rule: "any", step: NONE, message: "" } as const;

/** Every kind of ruling that the memory tells apart. */
export const RULINGS: readonly NamedRuling[] = [
  { ...plain, reason: "Registered" },
  { ...plain, reason: "PendingRegistration" },
  { ...plain, reason: "WaitingForBudget" },
  { ...plain, reason: "RegistrationFailed" },
  { ...plain, reason: "RegistrationFailed", watch: "RegistrationFailed" },
  { ...plain, reason: "UnregistrationFailed", watch: "UnregistrationFailed" },
  { ...plain, reason: "Pending", keep: true, step: { type: "GetNumber", sid: DESK } },
  {
    ...plain,
    reason: "PendingRegistration",
    step: { type: "DisassociateAddress", numberSid: DESK, addressSid: OLD, takesAway: true },
  },
];

const forgets = (ruling: NamedRuling, field: string): boolean => ruling.memory?.[field] === null;

function isSettled(world: BindingWorld): boolean {
  return isRegistered(world) || (isFree(world) && wantsNone(world));
}

/** The record, and with it the way back, stays until protection is settled as seen after our last write. */
const keepsRecord: Say = (world, ruling) => {
  if (!forgets(ruling, "operation") && !forgets(ruling, "previousAddressSid")) return true;
  return isFresh(world) && isSettled(world);
};

const neverInventsWayBack: Say = (_, { memory }) =>
  memory?.["previousAddressSid"] === undefined || memory["previousAddressSid"] === null;

/** `begun` is what a look showed: the slot is no longer as it was recorded. */
const beginsWhenSeen: Say = (world, { memory }) => {
  const operation = memory?.["operation"] as { readonly begun: boolean } | null | undefined;
  if (operation === undefined || operation === null) return true;
  return operation.begun && isFresh(world) && !isSettled(world) && world.choices.get("operation") === "open";
};

/** What is still to be sent keeps its record; what is not, loses it. */
const dropsUnsent: Say = (world, ruling) => {
  const { choices: c } = world;
  if (!isFresh(world) || !isRegistered(world) || c.get("operation") !== "open") return true;
  const target = c.get("operationTarget") === "slot" ? world.slotSid : OLD;
  const sent = ruling.step.type === "DisassociateAddress" && ruling.step.addressSid === target;
  const stands = target === world.slotSid && (sent || ruling.keep === true);
  return forgets(ruling, "operation") === !stands;
};

const appliedIsSeen: Say = (world, { memory }) =>
  memory?.["appliedAddressSids"] === undefined ||
  (isRegistered(world) && ["target", "twin"].includes(world.choices.get("sid")));

const retriesWhileFailed: Say = (_, ruling) =>
  !forgets(ruling, "retry") || (ruling.reason === "Registered" && ruling.step.type === "None");

const spendsApproval: Say = ({ choices: c }, { memory }) => {
  if (memory?.["usedApproval"] === undefined) return true;
  return c.get("approval") === "this" && c.get("pendingPlan") === "this" && c.get("operation") === "open";
};

export const MEMORY_PROMISES: readonly Promised<BindingWorld>[] = [
  { code: "S11", says: "record and way back are kept until protection is settled", holds: keepsRecord },
  {
    code: "S11",
    says: "a way back is only ever what was registered on the number",
    holds: neverInventsWayBack,
  },
  { code: "S2", says: "a record has begun once the slot is seen otherwise", holds: beginsWhenSeen },
  { code: "S2", says: "a record whose step is not to be sent is dropped", holds: dropsUnsent },
  {
    code: "S2",
    says: "an Address counts as applied only where it is seen registered at the target",
    holds: appliedIsSeen,
  },
  { code: "S2", says: "an approval whose answer was lost is spent all the same", holds: spendsApproval },
  { code: "L1", says: "the slow retry is forgotten only when all is well", holds: retriesWhileFailed },
];
