/** Every state of a SIPDomainSetting against every promise. How the product is walked: exhaustive/choices.ts. */
import { afterAll, describe, expect, it, vi } from "vitest";
import { DOMAIN_DELETION_RULES } from "../../src/plan/domain/deletion.ts";
import { DOMAIN_RULES, MISSING_DOMAIN_RULES } from "../../src/plan/domain.ts";
import { plan } from "../../src/plan/plan.ts";
import { Choices } from "./exhaustive/choices.ts";
import { DOMAIN_PROMISES } from "./exhaustive/domain-promises.ts";
import { DOMAIN_DIMENSIONS, DomainWorld } from "./exhaustive/domain-world.ts";
import { note } from "./exhaustive/note.ts";
import { restrict, walkWith } from "./exhaustive/promise.ts";

vi.setConfig({ testTimeout: 5 * 60_000 });
const walked: Record<string, unknown> = {};
const used = new Set<string>();
afterAll(() => note("exhaustive-domains", walked));

function walk(name: string, dimensions: typeof DOMAIN_DIMENSIONS): number {
  const choices = new Choices(dimensions);
  const world = new DomainWorld(choices);
  const rule = () => plan(world.world, world.object);
  const { rules, ...counts } = walkWith(choices, world, { rule, promises: DOMAIN_PROMISES });
  for (const each of rules) used.add(each);
  walked[name] = counts;
  return counts.runs;
}

describe("a SIP domain's rules", () => {
  it("keep every promise while the object lives", () => {
    expect(walk("living", restrict(DOMAIN_DIMENSIONS, { deleting: [false] }))).toBeGreaterThan(1000);
  });

  it("keep every promise while it is being deleted", () => {
    expect(walk("terminating", restrict(DOMAIN_DIMENSIONS, { deleting: [true] }))).toBeGreaterThan(1000);
  });

  it("are each needed somewhere", () => {
    const all = [...MISSING_DOMAIN_RULES, ...DOMAIN_RULES, ...DOMAIN_DELETION_RULES].map(({ name }) => name);
    expect(all.filter((name) => !used.has(name))).toEqual([]);
  });
});
