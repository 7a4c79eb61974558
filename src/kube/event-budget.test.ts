import { expect, it } from "vitest";
import { EventBudget } from "./event-budget.ts";

const event = (uid: string, type = "Normal") => ({ type, regarding: { uid } });

it("lets a flood of news that all is well through a hundred at once and one a second", () => {
  const budget = new EventBudget();
  const told = (from: number, count: number, now: number): number =>
    Array.from({ length: count }, (_, index) => budget.allows(event(`u${from + index}`), now)).filter(Boolean)
      .length;
  expect(told(0, 1000, 5_000)).toBe(100);
  expect(told(1000, 1000, 15_000)).toBe(10);
});

it("never keeps a warning back for what others have to tell", () => {
  const budget = new EventBudget();
  for (let index = 0; index < 1000; index += 1) budget.allows(event(`u${index}`), 0);
  expect(budget.allows(event("other"), 0)).toBe(false);
  expect(budget.allows(event("other", "Warning"), 0)).toBe(true);
});

it("lets one object tell 25 things at once and one a minute", () => {
  const budget = new EventBudget();
  const told = (now: number): number =>
    Array.from({ length: 40 }, () => budget.allows(event("one", "Warning"), now)).filter(Boolean).length;
  expect(told(0)).toBe(25);
  expect(told(120_000)).toBe(2);
  budget.forgetFull(10_000_000);
  expect(budget.isFull).toBe(true);
});
