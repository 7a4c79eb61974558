import { expect, test } from "vitest";
import { ManualClock, settle } from "../../test/support/manual-clock.ts";
import { WorkQueue } from "./queue.ts";

function setUp(random: () => number = () => 0.5) {
  const clock = new ManualClock();
  return { clock, queue: new WorkQueue({ clock, random }) };
}

/** Everything that is ready now, in its order; each is finished at once. */
async function drain(queue: WorkQueue): Promise<string[]> {
  const keys: string[] = [];
  for (let left = queue.stats().ready; left > 0; left -= 1) {
    const key = await queue.take();
    if (key === undefined) break;
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

test("a key that waits already is not added twice", async () => {
  const { queue } = setUp();
  for (const key of ["a", "b", "a", "a"]) queue.add(key);
  expect(await drain(queue)).toEqual(["a", "b"]);
});

test("a worker that waits gets the key as soon as it is added", async () => {
  const { queue } = setUp();
  const taken = queue.take();
  queue.add("a");
  expect(await taken).toBe("a");
});

test("lanes with lower numbers go first, first in first out inside a lane", async () => {
  const { queue } = setUp();
  queue.add("low-1", 20);
  queue.add("normal-1");
  queue.add("low-2", 20);
  queue.add("high", -10);
  queue.add("normal-2");
  expect(await drain(queue)).toEqual(["high", "normal-1", "normal-2", "low-1", "low-2"]);
});

test("no lane waits for ever: a key goes before those of better lanes that came much later", async () => {
  const { clock, queue } = setUp();
  queue.add("old", 30);
  await clock.advance(3_900);
  queue.add("early", 10);
  await clock.advance(200);
  queue.add("late", 10);
  expect(await drain(queue)).toEqual(["early", "old", "late"]);
});

test("the first lane waits for nobody, however long others have waited", async () => {
  const { clock, queue } = setUp();
  queue.add("old", 30);
  await clock.advance(3_600_000);
  queue.add("first", 0);
  expect(await drain(queue)).toEqual(["first", "old"]);
});

test("a worker that takes the first lane only leaves the others to the rest", async () => {
  const { queue } = setUp();
  const reserved: (string | undefined)[] = [];
  void queue.take(0).then((key) => reserved.push(key));
  queue.add("usual");
  expect(await queue.take()).toBe("usual");
  expect(reserved).toEqual([]);
  queue.add("first", 0);
  await settle();
  expect(reserved).toEqual(["first"]);
});

test("a key added again with a better priority moves up, with a worse one it stays", async () => {
  const { queue } = setUp();
  for (const key of ["a", "b", "c"]) queue.add(key, 5);
  queue.add("c", 1);
  queue.add("c", 9);
  expect(await drain(queue)).toEqual(["c", "a", "b"]);
});

test("a delayed key comes when its time has come, not before", async () => {
  const { clock, queue } = setUp();
  queue.addAfter("a", 1_000);
  await clock.advance(999);
  expect(queue.stats()).toMatchObject({ ready: 0, delayed: 1 });
  await clock.advance(1);
  expect(await drain(queue)).toEqual(["a"]);
});

test("of several delays the earliest wins, and adding at once beats them all", async () => {
  const { clock, queue } = setUp();
  queue.addAfter("a", 5_000);
  queue.addAfter("a", 1_000);
  queue.addAfter("a", 9_000);
  queue.addAfter("b", 60_000);
  queue.add("b");
  expect(await drain(queue)).toEqual(["b"]);
  await clock.advance(1_000);
  expect(await drain(queue)).toEqual(["a"]);
  await clock.advance(60_000);
  expect(await drain(queue)).toEqual([]);
});

test("a delay for a key that is ready already does not hold it back", async () => {
  const { queue } = setUp();
  queue.add("a");
  queue.addAfter("a", 60_000);
  expect(await drain(queue)).toEqual(["a"]);
});

test("a delayed key keeps the best priority it was given", async () => {
  const { clock, queue } = setUp();
  queue.addAfter("late", 1_000, 5);
  queue.addAfter("late", 2_000, -5);
  queue.addAfter("early", 500, 0);
  await clock.advance(1_000);
  expect(await drain(queue)).toEqual(["late", "early"]);
});

test("a key that a worker holds is not given to another; added meanwhile it runs once more afterwards", async () => {
  const { queue } = setUp();
  queue.add("a");
  expect(await queue.take()).toBe("a");
  queue.add("a");
  queue.add("a");
  let second: string | undefined;
  void queue.take().then((key) => (second = key));
  await settle();
  expect(second).toBeUndefined();
  queue.done("a");
  await settle();
  expect(second).toBe("a");
  queue.done("a");
  expect(queue.stats()).toMatchObject({ ready: 0, delayed: 0, processing: 0 });
});

test("a delay that ends while the key is held waits for the worker", async () => {
  const { clock, queue } = setUp();
  queue.add("a");
  await queue.take();
  queue.addAfter("a", 100);
  await clock.advance(200);
  expect(queue.stats()).toMatchObject({ ready: 1, processing: 1 });
  queue.done("a");
  expect(await drain(queue)).toEqual(["a"]);
});

test("a held key that becomes ready again and is upgraded is still handed out only once", async () => {
  const { queue } = setUp();
  queue.add("a", 5);
  await queue.take();
  queue.add("a", 5);
  queue.add("a", 1);
  queue.add("b", 3);
  queue.done("a");
  expect(await drain(queue)).toEqual(["a", "b"]);
});

test("the backoff of a key doubles with full jitter up to five minutes, until it is forgotten", () => {
  const { queue } = setUp(() => 0.5);
  const waits = Array.from({ length: 11 }, () => queue.addBackoff("a"));
  expect(waits.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000]);
  expect(waits.at(-1)).toBe(150_000);
  expect(queue.attempts("a")).toBe(11);
  expect(queue.addBackoff("b")).toBe(500);
  queue.forget("a");
  expect(queue.addBackoff("a")).toBe(500);
});

test("a wall clock that is set back delays a key by a minute at most", async () => {
  const { clock, queue } = setUp();
  queue.addAfter("a", 120_000);
  clock.jump(-3_600_000);
  await clock.advance(180_000);
  expect(await drain(queue)).toEqual(["a"]);
});

test("shutdown releases the workers that wait and takes nothing more", async () => {
  const { clock, queue } = setUp();
  queue.add("a");
  await queue.take();
  const waiting = queue.take();
  queue.add("b");
  expect(await waiting).toBe("b");
  const released = queue.take();
  queue.addAfter("c", 1_000);
  queue.shutdown();
  expect(await released).toBeUndefined();
  queue.add("d");
  expect(await queue.take()).toBeUndefined();
  expect(clock.pending).toBe(0);
});

test("an observer is told of every key's way, and the statistics of what is held", async () => {
  const clock = new ManualClock();
  const told: string[] = [];
  const observer = {
    added: () => told.push("added"),
    taken: (ms: number) => told.push(`taken after ${ms}`),
    done: (ms: number) => told.push(`done after ${ms}`),
    retried: () => told.push("retried"),
  };
  const queue = new WorkQueue({ clock, random: () => 0.5, observer });
  queue.add("a");
  queue.add("a");
  await clock.advance(3_000);
  await queue.take();
  await clock.advance(2_000);
  queue.add("b");
  await queue.take();
  await clock.advance(1_000);
  expect(queue.stats()).toEqual({
    ...{ ready: 0, delayed: 0, processing: 2 },
    ...{ unfinishedMs: 4_000, longestRunningMs: 3_000 },
  });
  queue.done("a");
  queue.addAfter("a", 500);
  queue.done("b");
  await clock.advance(500);
  expect(told).toEqual([
    ...["added", "taken after 3000", "added", "taken after 0"],
    ...["done after 3000", "retried", "done after 1000", "added"],
  ]);
});

test("50,000 keys, delayed at random and added again, each come once and in time", async () => {
  const { clock, queue } = setUp();
  const began = performance.now();
  const count = 50_000;
  for (let i = 0; i < count; i += 1) queue.addAfter(`key-${i}`, 1 + ((i * 7_919) % 600_000), i % 3);
  for (let i = 0; i < count; i += 2) queue.addAfter(`key-${i}`, 1 + ((i * 104_729) % 600_000), i % 5);
  expect(queue.stats().delayed).toBe(count);
  const seen = new Set<string>();
  for (let minute = 0; minute < 10; minute += 1) {
    await clock.skip(60_000);
    for (const key of await drain(queue)) {
      expect(seen.has(key)).toBe(false);
      seen.add(key);
    }
  }
  expect(seen.size).toBe(count);
  expect(queue.stats()).toMatchObject({ ready: 0, delayed: 0, processing: 0 });
  // Measured: under half a second. A linear search for each key would take minutes.
  expect(performance.now() - began).toBeLessThan(10_000);
});

test("re-adding a key with a delay over and over leaves nothing behind", async () => {
  const { queue } = setUp();
  for (let i = 0; i < 10_000; i += 1) {
    queue.addAfter("a", 3_600_000);
    queue.add("a");
    const key = await queue.take();
    queue.done(key ?? "");
  }
  expect(queue.stats()).toMatchObject({ ready: 0, delayed: 0, processing: 0 });
});
