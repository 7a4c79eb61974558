/**
 * Every state of an EmergencyAddress against every promise. How the product is walked: exhaustive/choices.ts.
 *
 * The whole product is too large, and it need not be walked: the rules that look at who uses an Address (`waiting`, failed
 * targets, retirement) read nothing of look-ups and of creates in doubt, and those read nothing of its users; what they
 * have in common is which Addresses there are. So each part is walked over all its values while the other one is at rest.
 */
import { afterAll, describe, expect, it, vi } from "vitest";
import { ADDRESS_DELETION_RULES } from "../../src/plan/address/deletion.ts";
import { ADDRESS_RULES } from "../../src/plan/address.ts";
import { plan } from "../../src/plan/plan.ts";
import { ADDRESS_PROMISES } from "./exhaustive/address-promises.ts";
import { ADDRESS_DIMENSIONS, AddressWorld } from "./exhaustive/address-world.ts";
import { Choices } from "./exhaustive/choices.ts";
import { note } from "./exhaustive/note.ts";
import { restrict, walkWith } from "./exhaustive/promise.ts";

vi.setConfig({ testTimeout: 5 * 60_000 });
const walked: Record<string, unknown> = {};
const used = new Set<string>();
afterAll(() => note("exhaustive-addresses", walked));

const UNUSED = { binding: ["none"], wayBack: [false], stranger: [false], failed: ["nowhere"] } as const;
const NO_DOUBT = {
  lookedUp: ["afterTrust"],
  operation: ["none"],
  knows: ["wanted"],
  adopted: [false],
  adopt: ["none", "asDesired"],
  watched: ["none"],
} as const;

function walk(name: string, dimensions: typeof ADDRESS_DIMENSIONS): number {
  const choices = new Choices(dimensions);
  const world = new AddressWorld(choices);
  const rule = () => plan(world.world, world.object);
  const { rules, ...counts } = walkWith(choices, world, { rule, promises: ADDRESS_PROMISES });
  for (const each of rules) used.add(each);
  walked[name] = counts;
  return counts.runs;
}

describe("an address's rules", () => {
  it("keep every promise while it is looked for, adopted or created", () => {
    const dimensions = restrict(ADDRESS_DIMENSIONS, { ...UNUSED, deleting: [false] });
    expect(walk("found or created", dimensions)).toBeGreaterThan(1000);
  });

  it("keep every promise while numbers use it", () => {
    const dimensions = restrict(ADDRESS_DIMENSIONS, { ...NO_DOUBT, deleting: [false] });
    expect(walk("used", dimensions)).toBeGreaterThan(1000);
  });

  it("keep every promise while it is being deleted and nobody uses it", () => {
    const dimensions = restrict(ADDRESS_DIMENSIONS, { ...UNUSED, deleting: [true] });
    expect(walk("terminating", dimensions)).toBeGreaterThan(1000);
  });

  it("keep every promise while it is being deleted and numbers use it", () => {
    const dimensions = restrict(ADDRESS_DIMENSIONS, { ...NO_DOUBT, deleting: [true] });
    expect(walk("terminating, used", dimensions)).toBeGreaterThan(1000);
  });

  it("are each needed somewhere", () => {
    const all = [...ADDRESS_RULES, ...ADDRESS_DELETION_RULES].map(({ name }) => name);
    expect(all.filter((name) => !used.has(name))).toEqual([]);
  });
});
