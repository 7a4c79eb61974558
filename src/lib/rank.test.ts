import { expect, it } from "vitest";
import { compareRanks, type Rank } from "./rank.ts";

it("ranks are ordered by the first place in which they differ", () => {
  const ranks: Rank[] = [
    [1, "a"],
    [0, "b"],
    [0, "a"],
    [-1, "z"],
  ];
  expect(ranks.toSorted(compareRanks)).toEqual([
    [-1, "z"],
    [0, "a"],
    [0, "b"],
    [1, "a"],
  ]);
  expect(compareRanks([0, "a"], [0, "a"])).toBe(0);
});
