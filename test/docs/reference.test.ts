/** What the hand-written part of the reference must not leave out. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { CONDITIONS, FURTHER_EVENTS } from "../../src/api/explanations.ts";
import { REASONS } from "../../src/api/reasons.ts";
import { ROOT } from "./page.ts";

const sources = globSync("src/plan/**/status.ts", { cwd: ROOT }).map((path) =>
  readFileSync(join(ROOT, path), "utf8"),
);

function namesIn(pattern: RegExp): readonly string[] {
  return [
    ...new Set(sources.flatMap((source) => [...source.matchAll(pattern)].map(([, name = ""]) => name))),
  ];
}

describe("every condition that a status may have is explained", () => {
  const types = namesIn(/\btype(?:: | = )"([A-Z]\w+)"/g);

  it("is found in the source", () => {
    expect(types.length).toBeGreaterThan(6);
  });

  test.each(types)("%s", (type) => {
    expect(CONDITIONS.map((condition) => condition.type)).toContain(type);
  });
});

describe("every reason of such a condition is explained", () => {
  const own = new Set(CONDITIONS.flatMap(({ reasons = {} }) => Object.keys(reasons)));
  const used = namesIn(/\breason: "([A-Z]\w+)"/g);

  test.each(used.filter((reason) => !(reason in REASONS)))("%s", (reason) => {
    expect(own).toContain(reason);
  });
});

test("every Event that is told by name is explained", () => {
  const told = globSync("src/controllers/*.ts", { cwd: ROOT }).flatMap((path) =>
    [...readFileSync(join(ROOT, path), "utf8").matchAll(/\.tell\([^)]*?reason: "(\w+)"/gs)].map(
      ([, reason = ""]) => reason,
    ),
  );
  expect(told).toContain("DuplicateAddress");
  expect(told.filter((reason) => !(reason in FURTHER_EVENTS))).toEqual([]);
});
