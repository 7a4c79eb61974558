import { describe, expect, it } from "vitest";
import { LearnedDelay } from "./learned-delay.ts";

const BOUNDS = { leastMs: 50, mostMs: 30_000, startMs: 1_000 };

/** Looks at the learned delay, then in steps of a tenth, until Twilio is done. Returns the looks that were made. */
function register(delay: LearnedDelay, takesMs: number): number {
  let age = delay.ms;
  let looks = 0;
  for (; age < takesMs; looks += 1) age *= 1.1;
  delay.ended(age, looks);
  return looks + 1;
}

describe("the delay of the first look", () => {
  it.each([80, 500, 4_000, 20_000])("settles near what Twilio takes: %i ms", (takes) => {
    const delay = new LearnedDelay(BOUNDS);
    for (let index = 0; index < 100; index += 1) register(delay, takes);
    const looks = Array.from({ length: 100 }, () => register(delay, takes));
    expect(delay.ms).toBeGreaterThan(takes * 0.9);
    expect(delay.ms).toBeLessThan(takes * 1.15);
    expect(looks.reduce((sum, one) => sum + one, 0)).toBeLessThan(160);
  });

  it("stays within its bounds, whatever Twilio does", () => {
    const delay = new LearnedDelay(BOUNDS);
    delay.ended(3_600_000, 40);
    expect(delay.ms).toBe(30_000);
    for (let index = 0; index < 200; index += 1) delay.ended(1, 0);
    expect(delay.ms).toBe(50);
  });
});
