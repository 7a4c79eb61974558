/**
 * Every state of a PhoneNumberBinding against every promise. How the product is walked: exhaustive/choices.ts.
 *
 * The planner is a composition, and each part is walked over the whole product of what it reads: is there an account to
 * plan on; the rules; permission and budget (the rules end in one call of them, or do not ask); the memory (over every
 * kind of ruling, more than the rules give). The policies around all kinds are in exhaustive.test.ts.
 */
import { afterAll, describe, expect, it, vi } from "vitest";
import { bindingMemory } from "../../src/plan/binding/memory.ts";
import { ruleOnBinding } from "../../src/plan/binding.ts";
import { BindingFacts, NumberFacts } from "../../src/plan/binding/facts.ts";
import { plan } from "../../src/plan/plan.ts";
import { classOf } from "../../src/plan/rule.ts";
import { isWrite } from "../../src/plan/step.ts";
import { takeAway } from "../../src/plan/binding/take-away.ts";
import { BINDING_DIMENSIONS } from "./exhaustive/binding-choices.ts";
import { BindingWorld } from "./exhaustive/binding-world.ts";
import { RULE_PROMISES } from "./exhaustive/binding-promises.ts";
import { Choices } from "./exhaustive/choices.ts";
import { MEMORY_PROMISES, RULINGS } from "./exhaustive/memory-promises.ts";
import { note } from "./exhaustive/note.ts";
import { PERMISSION_PROMISES } from "./exhaustive/permission-promises.ts";
import { restrict, walkWith, type Promised } from "./exhaustive/promise.ts";

const MINUTES = 5 * 60_000;
vi.setConfig({ testTimeout: MINUTES });
const walked: Record<string, unknown> = {};
afterAll(() => note("exhaustive-bindings", walked));

/** Permission and budget are given. */
const GRANTED = {
  applied: [true],
  changePolicy: ["Rolling"],
  country: ["same", "other"],
  caller: ["none"],
  other: ["none"],
  maxUnprotected: [1],
} as const;

const RULES = restrict(BINDING_DIMENSIONS, {
  account: ["usable"],
  // Suspend and a dry run are no modes of the rules, but of the policy around them.
  mode: ["manage", "observe"],
  // A changed generation is one more thing by which the slow retry starts over.
  generation: ["observed"],
  lastWrite: ["none", "associatedTarget"],
  numberKnown: [true],
  // What only a listing shows has walks of its own.
  direct: [true],
  ...GRANTED,
});

function factsOf(world: BindingWorld): BindingFacts {
  return new BindingFacts(world.world, world.account, world.object);
}

function knownFacts(world: BindingWorld): NumberFacts {
  const facts = factsOf(world);
  if (facts.seen === undefined) throw new Error("the walk has no number");
  return new NumberFacts(facts, facts.seen);
}

describe("the rules", () => {
  const walkRules = (name: string, dimensions: typeof RULES) => {
    const choices = new Choices(dimensions);
    const world = new BindingWorld(choices);
    const rule = () => ruleOnBinding(factsOf(world));
    const { rules, ...counts } = walkWith(choices, world, { rule, promises: RULE_PROMISES });
    walked[name] = counts;
    return rules;
  };

  it(
    "keep every promise, and each of them is needed somewhere",
    () => {
      const rules = walkRules("rules", restrict(RULES, { claimant: ["none"] }));
      expect(rules.size).toBeGreaterThan(40);
    },
    MINUTES,
  );

  it("conclude nothing from a listing that may lag", () => {
    const rules = walkRules(
      "listed only",
      restrict(RULES, {
        ...{
          direct: [false],
          claimant: ["none"],
          retry: ["none"],
          requestedAt: ["none"],
          number: ["present"],
        },
        ...{ mode: ["manage"], deletionPolicy: ["Retain"], requested: ["none"], reported: ["Active"] },
      }),
    );
    expect(rules).toContain("what was observed before our last write is observed again");
  });

  it("let a claimed number go", () => {
    const rules = walkRules(
      "claimed",
      restrict(RULES, {
        ...{ deleting: [true], claimant: ["younger", "terminating"], rival: ["none"], number: ["present"] },
        ...{
          retry: ["none"],
          requestedAt: ["none"],
          current: ["target"],
          old: ["live"],
          previous: ["none", "old"],
        },
      }),
    );
    expect(rules).toContain("another object claims the number: let go and write nothing");
  });
});

describe("permission and budget", () => {
  const ASKED = restrict(BINDING_DIMENSIONS, {
    direct: [true],
    ...{
      account: ["usable"],
      // With others nothing is written at all (underPolicy).
      credentials: ["ok"],
      number: ["present"],
      evidence: ["fresh"],
      mode: ["manage"],
      claimant: ["none"],
    },
    sid: ["target", "twin", "old", "edited", "foreign", "gone"],
    status: ["registered", "unregistration-failure"],
    ...{ operation: ["none"], previous: ["none"], requestedAt: ["none"], failed: ["nowhere"] },
  });
  const walkTaking = (name: string, dimensions: typeof ASKED): number => {
    const choices = new Choices(dimensions);
    const world = new BindingWorld(choices);
    const rule = () => ({ ...takeAway(knownFacts(world), world.slotSid ?? ""), rule: "takeAway" });
    const { rules: _, ...counts } = walkWith(choices, world, { rule, promises: PERMISSION_PROMISES });
    walked[name] = counts;
    return counts.runs;
  };

  it(
    "keep S2 and S9 whoever is asked",
    () => {
      const budget = { other: ["none"], maxUnprotected: [1] } as const;
      // Which domain is on its way to disabled is walked with the domains.
      const domainObject = ["none", "stays", "leaving", "deletingConfirmed"] as const;
      expect(walkTaking("permission", restrict(ASKED, { ...budget, domainObject }))).toBeGreaterThan(1000);
    },
    MINUTES,
  );

  it("keep the budget whoever else needs it", () => {
    const granted = {
      applied: [true],
      changePolicy: ["Rolling"],
      country: ["same"],
      current: ["target"],
    } as const;
    const own = { addressObject: ["live"], sid: ["old", "foreign"], old: ["live"] } as const;
    const dimensions = restrict(ASKED, { ...granted, ...own, caller: ["none", "another"] });
    expect(walkTaking("budget", dimensions)).toBeGreaterThan(100);
  });
});

describe("the memory", () => {
  const walkMemory = (name: string, dimensions: typeof RULES): number => {
    const choices = new Choices({
      ...restrict(dimensions, {
        ...{
          mode: ["manage"],
          number: ["present"],
          old: ["live"],
          failed: ["nowhere"],
          addressObject: ["live"],
        },
        ...{ sid: ["none", "target", "old"], retry: ["none", "due", "startedOver"] },
      }),
      ruling: RULINGS,
    });
    const world = new BindingWorld(choices as never);
    const rule = () => {
      const ruling = choices.get("ruling");
      return { ...ruling, memory: bindingMemory(knownFacts(world), ruling) };
    };
    const { rules: _, ...counts } = walkWith(choices, world, { rule, promises: MEMORY_PROMISES });
    walked[name] = counts;
    return counts.runs;
  };

  it("keeps record and way back", () => expect(walkMemory("memory", RULES)).toBeGreaterThan(1000), MINUTES);

  it("keeps them whatever a listing shows that may lag", () => {
    const dimensions = restrict(RULES, { direct: [false], retry: ["none"], requested: ["none"] });
    expect(walkMemory("memory, listed only", dimensions)).toBeGreaterThan(1000);
  });
});

const WITHOUT_ACCOUNT: readonly Promised<BindingWorld>[] = [
  {
    code: "S1",
    says: "nothing is called Ready",
    holds: (_, it) => it.keep === true || classOf(it).ready !== "True",
  },
  { code: "S8", says: "nothing is written", holds: (_, { step }) => !isWrite(step) },
  {
    code: "S11",
    says: "what is let go has no open record, or a person said so",
    holds: ({ choices: c }, { step }) => {
      if (step.type !== "ReleaseFinalizer") return true;
      if (!c.get("deleting") || !c.get("finalizer")) return false;
      return c.get("abandoned") || (c.get("operation") === "none" && c.get("previous") === "none");
    },
  },
];

it("without an account to plan on nothing is claimed and nothing written", () => {
  const choices = new Choices(
    restrict(BINDING_DIMENSIONS, { account: ["absent", "mismatch", "stale", "unlisted"] }),
  );
  const world = new BindingWorld(choices);
  const rule = () => plan(world.world, world.object);
  const { rules: _, ...counts } = walkWith(choices, world, { rule, promises: WITHOUT_ACCOUNT });
  walked["without account"] = counts;
  expect(counts.runs).toBeGreaterThan(50);
});
