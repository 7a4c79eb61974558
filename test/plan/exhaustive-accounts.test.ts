/** Every state of a TwilioAccount against every promise. How the product is walked: exhaustive/choices.ts. */
import { expect, it } from "vitest";
import { ACCOUNT_RULES } from "../../src/plan/account.ts";
import { plan } from "../../src/plan/plan.ts";
import { classOf } from "../../src/plan/rule.ts";
import { TIMINGS } from "../../src/plan/timings.ts";
import type { World } from "../../src/plan/world.ts";
import { ACCOUNT, anAccount, NOW, numberRecord, OWNER, sid } from "../support/planning.ts";
import { Choices } from "./exhaustive/choices.ts";
import { note } from "./exhaustive/note.ts";
import { walkWith, type Promised } from "./exhaustive/promise.ts";

const DIMENSIONS = {
  known: [true, false],
  pinned: ["none", "same", "another"],
  policy: ["Manage", "Observe"],
  generation: ["observed", "changed"],
  maxStaleness: ["none", "long", "short"],
  sweepInterval: ["flag", "own"],
  credentials: ["ok", "unchecked", "secretNotFound", "secretInvalid", "rejected"],
  lastSuccess: ["never", "fresh", "stale"],
  listed: [true, false],
  suspect: [false, true],
  failure: [false, true],
  heartbeat: ["none", "recent", "old"],
  bound: [false, true],
} as const;
type AccountChoices = Choices<typeof DIMENSIONS>;

const MINUTE = 60_000;
const iso = (ms: number): string => new Date(ms).toISOString();
/** One number of each protection, and one that no country registers. */
const NUMBERS = [
  numberRecord({ emergencyAddressSid: sid("AD", 1), emergencyAddressStatus: "registered" }),
  numberRecord({ sid: sid("PN", 2), emergencyAddressStatus: "pending-registration" }),
  numberRecord({ sid: sid("PN", 3), emergencyAddressStatus: "registration-failure" }),
  numberRecord({ sid: sid("PN", 4) }),
  numberRecord({ sid: sid("PN", 5), phoneNumber: "+4930123456" }),
];

function worldOf(c: AccountChoices) {
  const object = {
    ...anAccount(),
    spec: {
      ...anAccount().spec,
      get managementPolicy() {
        return c.get("policy");
      },
      get maxStaleness() {
        return { none: undefined, long: "20m", short: "19m" }[c.get("maxStaleness")];
      },
      get sweepInterval() {
        return c.get("sweepInterval") === "own" ? "10m" : undefined;
      },
    },
    status: {
      get accountSid() {
        return { none: undefined, same: ACCOUNT, another: `AC${"9".repeat(32)}` }[c.get("pinned")];
      },
      get observedGeneration() {
        return c.get("generation") === "observed" ? 1 : 0;
      },
      get lastObservationTime() {
        return { none: undefined, recent: iso(NOW - MINUTE), old: iso(NOW - 30 * MINUTE) }[
          c.get("heartbeat")
        ];
      },
    },
  };
  const view = {
    accountSid: ACCOUNT,
    get listedAt() {
      return c.get("listed") ? NOW - MINUTE : undefined;
    },
    get suspect() {
      return c.get("suspect");
    },
    numbers: () => NUMBERS,
  };
  const state = {
    object,
    get credentials() {
      const kind = c.get("credentials");
      return {
        kind,
        message: "the Secret lacks authToken",
        failure: { kind: "unauthorized", message: "No" },
      };
    },
    get lastSuccessAt() {
      return { never: undefined, fresh: NOW - MINUTE, stale: NOW - 21 * MINUTE }[c.get("lastSuccess")];
    },
    get lastFailure() {
      return c.get("failure") ? { kind: "unknown", message: "no answer" } : undefined;
    },
    ...{ view, maxStalenessMs: 20 * MINUTE, sweepIntervalMs: 10 * MINUTE },
  };
  const world = {
    ...{ now: NOW, ownerId: OWNER, trustedSince: 0, timings: TIMINGS, dryRun: false },
    account: () => (c.get("known") ? state : undefined),
    objects: { bindingsNaming: () => (c.get("bound") ? [{}] : []) },
  } as unknown as World;
  return { c, object: object as never, world };
}
type State = ReturnType<typeof worldOf>;

const PROMISES: readonly Promised<State>[] = [
  {
    code: "S1",
    says: "Ready only where this very account was seen lately, with credentials that nobody refuses",
    holds: ({ c }, ruling) => {
      if (ruling.keep === true || classOf(ruling).ready !== "True") return true;
      const works = c.get("credentials") === "ok" || c.get("credentials") === "unchecked";
      const isSeen = c.get("known") && c.get("listed") && c.get("lastSuccess") !== "stale";
      return works && isSeen && c.get("pinned") !== "another" && c.get("maxStaleness") !== "short";
    },
  },
  { code: "S10", says: "an account is never written to", holds: (_, { step }) => step.type === "None" },
  {
    code: "S7",
    says: "the time of the last look is written once in a third of maxStaleness",
    holds: ({ c }, { memory }) =>
      memory?.["lastObservationTime"] === undefined || c.get("heartbeat") !== "recent",
  },
  {
    code: "S1",
    says: "every number of the account is counted once, and managed or not",
    holds: ({ c }, { memory }) => {
      const coverage = memory?.["coverage"] as Readonly<Record<string, number>> | undefined;
      if (coverage === undefined) return !c.get("known") || !c.get("listed");
      const { numbers, unmanaged, ...states } = coverage;
      const sum = Object.values(states).reduce((all, count) => all + count, 0);
      const each = Object.values(states).every((count) => count === 1);
      return each && numbers === sum && sum === NUMBERS.length && unmanaged === (c.get("bound") ? 0 : sum);
    },
  },
  {
    code: "L1",
    says: "a stop says how to go on",
    holds: (_, ruling) => !classOf(ruling).stalled || ruling.message.length > 20,
  },
  { code: "L1", says: "every state is named by a rule", holds: (_, { rule }) => !rule.startsWith("no rule") },
];

it("an account's rules keep every promise, and each of them is needed somewhere", () => {
  const choices = new Choices(DIMENSIONS);
  const state = worldOf(choices);
  const rule = () => plan(state.world, state.object);
  const { rules, ...counts } = walkWith(choices, state, { rule, promises: PROMISES });
  note("exhaustive-accounts", { all: counts });
  expect([...rules].toSorted()).toEqual(ACCOUNT_RULES.map(({ name }) => name).toSorted());
});
