import { expect, it } from "vitest";
import { scaledTimings, TIMINGS } from "./timings.ts";

it("is the time scale that every wait is divided by, and nothing else", () => {
  expect(scaledTimings(10)).toEqual({
    grace: 30_000,
    slotLag: 6_000,
    ignoredAfter: 30_000,
    createLooks: [500, 1_500, 6_000],
    slowRetryMin: 360_000,
    slowRetryMax: 8_640_000,
  });
  expect(scaledTimings(1)).toEqual(TIMINGS);
});
