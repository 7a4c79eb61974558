import { expect, test } from "vitest";
import { fullJitter } from "./backoff.ts";

test("the ceiling doubles from 1 s and stops at 5 min", () => {
  const highest = (attempt: number) => fullJitter(attempt, () => 0.999999999);
  expect([0, 1, 2, 3, 8, 9, 5000].map(highest)).toEqual([
    1_000, 2_000, 4_000, 8_000, 256_000, 300_000, 300_000,
  ]);
});

test("the wait is anything from nothing to the ceiling", () => {
  expect(fullJitter(3, () => 0)).toBe(0);
  expect(fullJitter(3, () => 0.25)).toBe(2_000);
});

test("a range of the caller replaces the default", () => {
  expect(fullJitter(20, () => 0.5, { baseMs: 10, capMs: 200 })).toBe(100);
});
