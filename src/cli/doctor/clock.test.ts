import { expect, it } from "vitest";
import { checkClock } from "./clock.ts";

const NOW = Date.parse("2026-01-01T00:10:00Z");

it.each([
  ["2026-01-01T00:09:56.000000Z", "ok", "agrees"],
  ["2026-01-01T00:10:29.000000Z", "ok", "agrees"],
  ["2026-01-01T00:08:30.000000Z", "warning", "90 s behind"],
  ["2026-01-01T00:12:00.000000Z", "warning", "120 s ahead of"],
])("a lease renewed at %s by the leader's clock: %s", (renewTime, level, says) => {
  expect(checkClock(renewTime, NOW)).toMatchObject([
    { level, what: expect.stringContaining(says) as string },
  ]);
});

it.each([undefined, null, "", "soon"])("nothing is concluded from %s", (renewTime) => {
  expect(checkClock(renewTime, NOW)).toEqual([]);
});
