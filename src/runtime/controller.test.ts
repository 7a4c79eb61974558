import { expect, test } from "vitest";
import { ManualClock, settle } from "../../test/support/manual-clock.ts";
import { createLogger } from "../telemetry/log.ts";
import { Controller, type Result } from "./controller.ts";
import { FIRST_PRIORITY, WorkQueue } from "./queue.ts";

/** A world of keys that a test moves; the controller's passes are recorded in `log` of the set-up. */
function setUp(reconcile: (key: string) => Promise<Result>, workers = 2, reserved = 0) {
  const clock = new ManualClock();
  const queue = new WorkQueue({ clock, random: () => 0.5 });
  const lines: string[] = [];
  const log = createLogger({
    level: "debug",
    format: "json",
    destination: { write: (line) => void lines.push(line) },
  });
  const passes: string[] = [];
  const controller = new Controller({
    name: "test",
    queue,
    workers,
    reserved,
    clock,
    log,
    reconcile,
    stuckAfterMs: 60_000,
    onPass: ({ key, result }) => passes.push(`${key} ${result}`),
  });
  return { clock, queue, lines, controller, passes };
}

const forget: Result = { kind: "forget" };

test("a settled key is worked on once for each time it is added", async () => {
  const { queue, controller, passes, clock } = setUp(() => Promise.resolve(forget));
  controller.start();
  queue.add("a");
  await settle();
  queue.add("a");
  await clock.advance(3_600_000);
  expect(passes).toEqual(["a forget", "a forget"]);
  await controller.stop();
});

test("requeueAfter looks again after its time and forgets the backoff", async () => {
  const results: Result[] = [{ kind: "backoff" }, { kind: "requeueAfter", ms: 30_000 }, forget];
  const { queue, controller, passes, clock } = setUp(() => Promise.resolve(results.shift() ?? forget));
  controller.start();
  queue.add("a");
  await clock.advance(500);
  expect(passes).toEqual(["a backoff", "a requeueAfter"]);
  expect(queue.attempts("a")).toBe(0);
  await clock.advance(29_999);
  expect(passes).toHaveLength(2);
  await clock.advance(1);
  expect(passes).toHaveLength(3);
  await controller.stop();
});

test("what backs off in the first lane is taken by a worker that is reserved for it", async () => {
  const results: Result[] = [{ kind: "backoff", priority: FIRST_PRIORITY }];
  const { queue, controller, passes, clock } = setUp(() => Promise.resolve(results.shift() ?? forget), 0, 1);
  controller.start();
  queue.add("a", FIRST_PRIORITY);
  await clock.advance(500);
  expect(passes).toEqual(["a backoff", "a forget"]);
  await controller.stop();
});

test("an exception is logged with its key and backs off; other keys go on", async () => {
  const { queue, controller, passes, lines, clock } = setUp((key) => {
    if (key === "bad") throw new Error("boom");
    return Promise.resolve(forget);
  }, 1);
  controller.start();
  queue.add("bad");
  queue.add("good");
  await clock.advance(10);
  expect(passes).toEqual(["bad exception", "good forget"]);
  await clock.advance(10_000);
  expect(passes.filter((pass) => pass === "bad exception").length).toBeGreaterThan(3);
  const line = lines.find((text) => text.includes("exception"));
  expect(JSON.parse(line ?? "{}")).toMatchObject({
    level: "error",
    key: "bad",
    controller: "test",
    error: { message: "boom" },
  });
  await controller.stop();
});

test("no key is ever with two workers, and no more keys than workers at a time", async () => {
  const running = new Set<string>();
  let most = 0;
  const { clock, queue, controller } = setUp(async (key) => {
    expect(running.has(key)).toBe(false);
    running.add(key);
    most = Math.max(most, running.size);
    await clock.sleep(10);
    running.delete(key);
    return forget;
  }, 3);
  controller.start();
  for (let i = 0; i < 200; i += 1) {
    queue.add(`key-${i % 7}`);
    if (i % 10 === 0) await clock.advance(3);
  }
  await clock.advance(1_000);
  expect(most).toBe(3);
  await controller.stop();
});

test("a stop lets the pass under way finish and begins no other", async () => {
  const { clock, queue, controller, passes } = setUp(async () => {
    await clock.sleep(1_000);
    return { kind: "requeueAfter", ms: 0 };
  }, 1);
  controller.start();
  queue.add("a");
  queue.add("b");
  await settle();
  let stopped = false;
  void controller.stop().then(() => (stopped = true));
  await clock.advance(999);
  expect(stopped).toBe(false);
  await clock.advance(1);
  expect(stopped).toBe(true);
  expect(passes).toEqual(["a requeueAfter"]);
});

test("a pass that takes too long is named by the health check until it ends", async () => {
  const { clock, queue, controller } = setUp(async () => {
    await clock.sleep(90_000);
    return forget;
  });
  controller.start();
  queue.add("slow");
  await clock.advance(59_000);
  expect(controller.check()).toBeUndefined();
  await clock.advance(3_000);
  expect(controller.check()).toBe("1 of 2 workers stuck: slow for 62 s");
  await clock.advance(30_000);
  expect(controller.check()).toBeUndefined();
  await controller.stop();
});

test("the workers that are reserved for the first lane count among the workers", async () => {
  const hang = (): Promise<Result> => new Promise(() => {});
  const { clock, queue, controller } = setUp(hang, 1, 1);
  controller.start();
  queue.add("usual");
  queue.add("urgent", FIRST_PRIORITY);
  await clock.advance(61_000);
  expect(controller.check()).toMatch(/^2 of 2 workers stuck: /);
  expect(controller.workers).toBe(2);
});
