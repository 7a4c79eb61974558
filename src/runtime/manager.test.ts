import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { ManualClock, settle } from "../../test/support/manual-clock.ts";
import { silentLogger } from "../telemetry/log.ts";
import { Manager, type Runnable } from "./manager.ts";

function setUp() {
  const clock = new ManualClock();
  const diary: string[] = [];
  const runnable = (name: string, more: Partial<Runnable> = {}): Runnable => ({
    name,
    start: () => void diary.push(`start ${name}`),
    stop: () => void diary.push(`stop ${name}`),
    ...more,
  });
  const manager = (...runnables: Runnable[]) => new Manager(runnables, { clock, log: silentLogger });
  return { clock, diary, runnable, manager };
}

test("runnables start in order, each when the one before is ready, and stop in the opposite order", async () => {
  const { clock, diary, runnable, manager } = setUp();
  const slow = runnable("cache", {
    start: async () => {
      await clock.sleep(1_000);
      diary.push("cache ready");
    },
  });
  const all = manager(runnable("health"), slow, runnable("workers"));
  const started = all.start();
  await clock.advance(1_000);
  await started;
  expect(await all.stop()).toBe(true);
  expect(diary).toEqual([
    "start health",
    "cache ready",
    "start workers",
    "stop workers",
    "stop cache",
    "stop health",
  ]);
});

test("when one cannot start, those before it are stopped and the error comes out", async () => {
  const { diary, runnable, manager } = setUp();
  const bad = runnable("bad", { start: () => Promise.reject(new Error("port in use")) });
  await expect(manager(runnable("a"), bad, runnable("c")).start()).rejects.toThrow("port in use");
  expect(diary).toEqual(["start a", "stop bad", "stop a"]);
});

test("what is built from what those before it have learned is built when they are ready", async () => {
  const { clock, diary, runnable } = setUp();
  const slow = runnable("owner", { start: () => clock.sleep(1_000).then(() => void diary.push("learned")) });
  function* parts(): Iterable<Runnable> {
    yield slow;
    diary.push("build");
    throw new Error("cannot be built");
  }
  const started = new Manager(parts(), { clock, log: silentLogger }).start();
  await Promise.all([expect(started).rejects.toThrow("cannot be built"), clock.advance(1_000)]);
  expect(diary).toEqual(["learned", "build", "stop owner"]);
});

test("a stop during the start ends it and stops what has begun", async () => {
  const { clock, diary, runnable, manager } = setUp();
  const waiting = runnable("cache", { start: (signal) => clock.sleep(3_600_000, signal) });
  const all = manager(runnable("a"), waiting, runnable("c"));
  const started = all.start();
  await settle();
  expect(await all.stop()).toBe(true);
  await started;
  expect(diary).toEqual(["start a", "stop cache", "stop a"]);
});

test("what is under way gets nine seconds, then it is aborted, and what does not obey is left behind", async () => {
  const { clock, runnable, manager } = setUp();
  let aborted: number | undefined;
  const began = clock.now();
  const stubborn = runnable("stubborn", {
    stop: (force) =>
      new Promise(() => {
        force.addEventListener("abort", () => (aborted = clock.now() - began));
      }),
  });
  const all = manager(runnable("a"), stubborn);
  await all.start();
  let outcome: boolean | undefined;
  void all.stop().then((finished) => (outcome = finished));
  await clock.advance(9_400);
  expect(aborted).toBe(9_000);
  expect(outcome).toBeUndefined();
  await clock.advance(100);
  expect(outcome).toBe(false);
});

test("a runnable that fails to stop does not keep the others from stopping", async () => {
  const { diary, runnable, manager } = setUp();
  const bad = runnable("bad", { stop: () => Promise.reject(new Error("no")) });
  const all = manager(runnable("a"), bad);
  await all.start();
  expect(await all.stop()).toBe(true);
  expect(diary).toEqual(["start a", "start bad", "stop a"]);
});

test("the first signal stops, and gives up the handler so that a second one kills", async () => {
  const { diary, runnable, manager } = setUp();
  const all = manager(runnable("a"));
  await all.start();
  const source = new EventEmitter();
  const end = all.stopOn(source, ["SIGTERM", "SIGINT"]);
  source.emit("SIGTERM", "SIGTERM");
  expect(source.listenerCount("SIGTERM") + source.listenerCount("SIGINT")).toBe(0);
  expect(await end).toBe(true);
  expect(diary).toEqual(["start a", "stop a"]);
});
