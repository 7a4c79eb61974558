import { afterEach, expect, test, vi } from "vitest";
import { systemClock } from "./system-clock.ts";

afterEach(() => vi.restoreAllMocks());

test("now is the time of day in milliseconds", () => {
  expect(Math.abs(systemClock().now() - Date.now())).toBeLessThan(1000);
});

test("now follows a wall clock that is set forward, and does not go back with one that is set back", async () => {
  const clock = systemClock();
  const before = clock.now();
  const wall = vi.spyOn(Date, "now").mockReturnValue(before + 3_600_000);
  expect(clock.now()).toBe(before + 3_600_000);
  wall.mockReturnValue(before);
  await clock.sleep(20);
  const later = clock.now();
  expect(later).toBeGreaterThan(before + 3_600_000);
  expect(later).toBeLessThan(before + 3_610_000);
});

test("after calls once, and not when it was cancelled", async () => {
  const clock = systemClock();
  const calls: string[] = [];
  clock.after(5, () => calls.push("kept"));
  clock.after(5, () => calls.push("cancelled"))();
  await clock.sleep(25);
  expect(calls).toEqual(["kept"]);
});

test("a wait longer than a timer of Node can hold does not fire at once", async () => {
  const clock = systemClock();
  let fired = false;
  const cancel = clock.after(30 * 24 * 3_600_000, () => {
    fired = true;
  });
  await clock.sleep(20);
  cancel();
  expect(fired).toBe(false);
});

test("sleep rejects with the reason of its signal", async () => {
  const stop = new AbortController();
  const sleeping = systemClock().sleep(60_000, stop.signal);
  stop.abort(new Error("stopping"));
  await expect(sleeping).rejects.toThrow("stopping");
  await expect(systemClock().sleep(1, stop.signal)).rejects.toThrow("stopping");
});
