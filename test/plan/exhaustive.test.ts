/**
 * The policies around the rules of every kind: Observe, suspend, a dry run, credentials that do not work. They see a
 * ruling and the object, not how the ruling came about; so they are walked over every kind of step.
 */
import { afterAll, expect, it } from "vitest";
import { underPolicy } from "../../src/plan/policy.ts";
import { classOf, type NamedRuling } from "../../src/plan/rule.ts";
import { isWrite, NONE, type Step } from "../../src/plan/step.ts";
import { DESK, OLD, BINDING_DIMENSIONS, TARGET } from "./exhaustive/binding-choices.ts";
import { BindingWorld } from "./exhaustive/binding-world.ts";
import { Choices } from "./exhaustive/choices.ts";
import { note } from "./exhaustive/note.ts";
import { restrict, walkWith, type Promised } from "./exhaustive/promise.ts";

const walked: Record<string, unknown> = {};
afterAll(() => note("exhaustive-policies", walked));

const key = { kind: "EmergencyAddress", namespace: "site", name: "hq" } as const;
const failed = { addressSid: TARGET, phoneNumberSid: DESK };
const STEPS: readonly Step[] = [
  NONE,
  { type: "GetNumber", sid: DESK },
  { type: "ListAccount" },
  { type: "DeleteAddress", sid: OLD },
  { type: "AssociateAddress", numberSid: DESK, addressSid: TARGET },
  { type: "DisassociateAddress", numberSid: DESK, addressSid: OLD, takesAway: true },
  { type: "SetEmergencyStatus", numberSid: DESK, value: "Active" },
  { type: "EnableEmergencyCalling", domainSid: "SD" },
  { type: "DisableEmergencyCalling", domainSid: "SD" },
  { type: "SetEmergencyCaller", domainSid: "SD", numberSid: DESK },
  { type: "ClearEmergencyCaller", domainSid: "SD" },
  { type: "AddFinalizer" },
  { type: "ReleaseFinalizer" },
  { type: "RecordFailedTarget", address: key, ...failed },
  { type: "ClearFailedTargets", address: key, entries: [failed] },
];
const REASONS = ["Registered", "PendingRegistration", "RegistrationFailed"] as const;
const PLAN = { hash: "a plan", steps: [], domains: [] };

const DIMENSIONS = {
  ...restrict(BINDING_DIMENSIONS, { account: ["usable"] }),
  step: STEPS,
  reason: REASONS,
  asks: [false, true],
} as const;
type World = BindingWorld & { readonly all: Choices<typeof DIMENSIONS> };

const isMark = ({ type }: Step): boolean =>
  type === "AddFinalizer" || type.endsWith("FailedTargets") || type === "RecordFailedTarget";

const PROMISES: readonly Promised<World>[] = [
  {
    code: "S6",
    says: "Observe, suspend and a dry run write nothing",
    holds: ({ all }, { step }) => all.get("mode") === "manage" || (!isWrite(step) && !isMark(step)),
  },
  {
    code: "S6",
    says: "a dry run lets nothing go, suspend only what a person abandons",
    holds: ({ all }, { step }) => {
      if (step.type !== "ReleaseFinalizer") return true;
      if (all.get("mode") === "dryRun") return false;
      return all.get("mode") !== "suspend" || (all.get("deleting") && all.get("abandoned"));
    },
  },
  {
    code: "S1",
    says: "what differs is not called Ready",
    holds: ({ all }, ruling) => {
      if (all.get("mode") === "manage" || classOf(ruling).ready !== "True") return true;
      return !isWrite(all.get("step")) && !all.get("asks") && all.get("reason") === "Registered";
    },
  },
  {
    code: "L1",
    says: "with credentials that do not work nothing is sent, and the stop says so",
    holds: ({ all }, { step, reason }) => {
      if (all.get("mode") !== "manage" || isMark(step) || ["None", "ReleaseFinalizer"].includes(step.type))
        return true;
      return all.get("credentials") === "ok" && reason === all.get("reason");
    },
  },
  {
    code: "L1",
    says: "what may be done is done",
    holds: ({ all }, { step }) =>
      all.get("mode") !== "manage" ||
      isMark(step) ||
      all.get("credentials") !== "ok" ||
      step === all.get("step"),
  },
];

it("the policies keep S6", () => {
  const all = new Choices(DIMENSIONS);
  const world = Object.assign(new BindingWorld(all as never), { all });
  const rule = (): NamedRuling => {
    const plan = all.get("asks") ? { pendingPlan: PLAN } : {};
    const ruling = { rule: "any", step: all.get("step"), reason: all.get("reason"), message: "", ...plan };
    return underPolicy(world.world, world.object, world.account, ruling);
  };
  const { rules: _, ...counts } = walkWith(all, world, { rule, promises: PROMISES });
  walked["policies"] = counts;
  expect(counts.runs).toBeGreaterThan(400);
});
