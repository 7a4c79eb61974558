import { expect, onTestFinished, test } from "vitest";
import { MemorySource, THING, type Thing } from "../../test/kube/memory-source.ts";
import { ManualClock, settle } from "../../test/support/manual-clock.ts";
import { createLogger } from "../telemetry/log.ts";
import { Reflector, type ReflectorOptions } from "./reflector.ts";
import type { Change } from "./store.ts";
import { keyOf } from "./types.ts";

function setUp(options: Partial<ReflectorOptions<Thing>> = {}) {
  const source = new MemorySource();
  const clock = new ManualClock();
  const lines: { level: string; msg: string; failure?: string }[] = [];
  const log = createLogger({
    level: "debug",
    format: "json",
    destination: { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]) },
  });
  const reflector = new Reflector<Thing>({ source, type: THING, clock, random: () => 0.5, log, ...options });
  const changes: string[] = [];
  reflector.onChange((change) => changes.push(text(change)));
  onTestFinished(() => reflector.stop());
  const contents = () =>
    reflector.store
      .list()
      .map((object) => `${keyOf(object.metadata)} ${object.spec.value}`)
      .toSorted();
  return { source, clock, reflector, changes, lines, contents };
}

function text(change: Change<Thing>): string {
  return `${change.type} ${keyOf(change.object.metadata)} ${change.object.spec.value}`;
}

test("it lists, then follows the watch, and tells every change once", async () => {
  const { source, reflector, changes, contents } = setUp();
  source.put("a", "one", 1);
  reflector.start();
  await settle();
  expect(reflector.hasSynced).toBe(true);
  source.put("a", "two", 1);
  source.put("a", "one", 2);
  source.remove("a", "two");
  await settle();
  expect(changes).toEqual(["added a/one 1", "added a/two 1", "modified a/one 2", "deleted a/two 1"]);
  expect(contents()).toEqual(source.contents());
});

test("a handler finds the whole first list in the store, and the state before in a modification", async () => {
  const { source, reflector } = setUp();
  for (const name of ["one", "two", "three"]) source.put("a", name, 1);
  const sizes: number[] = [];
  const before: number[] = [];
  reflector.onChange((change) => {
    sizes.push(reflector.store.size);
    if (change.type === "modified") before.push(change.previous.spec.value);
  });
  reflector.start();
  await settle();
  expect(sizes).toEqual([3, 3, 3]);
  source.put("a", "one", 7);
  await settle();
  expect(before).toEqual([1]);
});

test("when a watch ends it goes on from the last event or bookmark, without a list", async () => {
  const { source, reflector, contents, clock } = setUp();
  reflector.start();
  await settle();
  source.put("a", "one", 1);
  await settle();
  source.bookmark();
  await settle();
  source.endWatches();
  source.put("a", "two", 1);
  await clock.advance(1_000);
  expect(source.calls).toEqual(["list *", "watch * from 100", "watch * from 101"]);
  expect(contents()).toEqual(source.contents());
});

test("a 410 means a new list at once, and what happened meanwhile comes out as changes", async () => {
  const { source, reflector, changes, contents } = setUp();
  source.put("a", "kept", 1);
  source.put("a", "gone", 1);
  source.put("a", "again", 1);
  reflector.start();
  await settle();
  source.put("a", "kept", 2);
  await settle();
  changes.length = 0;
  source.endWatches({ kind: "gone", message: "too old" });
  source.remove("a", "gone");
  source.remove("a", "again");
  source.put("a", "again", 5);
  source.put("a", "new", 1);
  source.compact();
  await settle();
  expect(changes.toSorted()).toEqual([
    "added a/again 5",
    "added a/new 1",
    "deleted a/again 1",
    "deleted a/gone 1",
  ]);
  expect(contents()).toEqual(source.contents());
  expect(source.calls.filter((call) => call.startsWith("list"))).toHaveLength(2);
});

test("a server that answers 410 to everything is not asked in a tight loop", async () => {
  const { source, reflector, clock } = setUp();
  for (let i = 0; i < 200; i += 1) source.fail("watch", { kind: "gone", message: "too old" });
  reflector.start();
  await clock.advance(60_000);
  expect(source.calls.length).toBeGreaterThan(4);
  expect(source.calls.length).toBeLessThan(80);
});

test("a list that is refused with 410 again and again is not asked for in a tight loop either", async () => {
  const { source, reflector, clock } = setUp();
  reflector.start();
  await settle();
  source.bookmark();
  await settle();
  for (let i = 0; i < 200; i += 1) source.fail("list", { kind: "gone", message: "too old" });
  source.endWatches({ kind: "gone", message: "too old" });
  await clock.advance(60_000);
  expect(source.calls.length).toBeLessThan(80);
});

test("failures of every kind are survived, with growing waits, and end in the right state", async () => {
  const { source, reflector, contents, clock } = setUp();
  source.put("a", "one", 1);
  const kinds = ["network", "server", "timeout", "unauthorized", "invalid"] as const;
  for (const kind of kinds) source.fail("list", { kind, message: kind });
  source.fail("list", { kind: "forbidden", message: "forbidden" });
  reflector.start();
  await settle();
  expect(reflector.hasSynced).toBe(false);
  expect(reflector.check(1_000)).toBe("not listed yet: network");
  await clock.advance(60_000);
  expect(reflector.hasSynced).toBe(true);
  for (const kind of kinds) source.fail("watch", { kind, message: kind });
  source.endWatches({ kind: "network", message: "reset" });
  source.put("a", "two", 2);
  await clock.advance(120_000);
  expect(contents()).toEqual(source.contents());
  expect(reflector.failure).toBeUndefined();
});

test("a server that asks for time gets it", async () => {
  const { source, reflector, clock } = setUp();
  source.fail("list", { kind: "throttled", message: "busy", retryAfterMs: 20_000 });
  reflector.start();
  await clock.advance(19_999);
  expect(source.calls).toHaveLength(1);
  await clock.advance(1);
  expect(reflector.hasSynced).toBe(true);
});

test("a long outage is one warning, not a line for each try", async () => {
  const { source, reflector, lines, clock } = setUp();
  reflector.start();
  await settle();
  source.down = { kind: "network", message: "refused" };
  await clock.advance(20 * 60_000);
  source.down = undefined;
  await clock.advance(60_000);
  source.put("a", "one", 1);
  await settle();
  expect(lines.filter((line) => line.level === "warn")).toHaveLength(1);
  expect(lines.filter((line) => line.msg === "watching again")).toHaveLength(1);
});

test("numbers that have gone back after a restore are noticed by the first bookmark", async () => {
  const { source, reflector, contents, clock } = setUp();
  source.put("a", "one", 1);
  reflector.start();
  await settle();
  source.restore(50);
  source.put("a", "other", 9);
  await clock.advance(2_000);
  expect(contents()).toEqual(["a/one 1"]);
  source.bookmark();
  await clock.advance(2_000);
  expect(contents()).toEqual(["a/other 9"]);
});

test("a watch that has been mute for too long proves nothing: it lists again", async () => {
  const { source, reflector, contents, clock } = setUp({ idleMs: 130_000 });
  reflector.start();
  await settle();
  source.restore(50);
  source.put("a", "other", 9);
  await clock.advance(130_000);
  source.endWatches({ kind: "timeout", message: "silent" });
  await clock.advance(5_000);
  expect(contents()).toEqual(["a/other 9"]);
});

test("namespaces are watched one by one and fill one store; it is synced when all are", async () => {
  const { source, reflector, contents, clock } = setUp({ namespaces: ["a", "b", "a"] });
  source.put("a", "one", 1);
  source.put("b", "two", 1);
  source.put("c", "three", 1);
  source.fail("list", { kind: "forbidden", message: "no" });
  reflector.start();
  let synced = false;
  void reflector.waitForSync(new AbortController().signal).then(() => (synced = true));
  await settle();
  expect([synced, reflector.hasSynced, reflector.lastContactAt]).toEqual([false, false, undefined]);
  await clock.advance(1_000);
  expect(synced).toBe(true);
  expect(contents()).toEqual(["a/one 1", "b/two 1"]);
  expect(source.calls.filter((call) => call.startsWith("list")).toSorted()).toEqual([
    "list a",
    "list a",
    "list b",
  ]);
});

test("a list of one namespace does not remove the objects of another", async () => {
  const { source, reflector, contents, clock } = setUp({ namespaces: ["a", "b"] });
  source.put("a", "one", 1);
  source.put("b", "two", 1);
  reflector.start();
  await settle();
  source.endWatches({ kind: "gone", message: "too old" });
  await clock.advance(2_000);
  expect(contents()).toEqual(["a/one 1", "b/two 1"]);
});

test("a handler that throws is logged and harms nobody", async () => {
  const { source, reflector, changes, lines } = setUp();
  reflector.onChange(() => {
    throw new Error("boom");
  });
  const later: string[] = [];
  reflector.onChange((change) => later.push(text(change)));
  source.put("a", "one", 1);
  reflector.start();
  await settle();
  source.put("a", "one", 2);
  await settle();
  expect(later).toEqual(changes);
  expect(later).toHaveLength(2);
  expect(lines.filter((line) => line.level === "error")).toHaveLength(2);
});

test("only what transform keeps is kept; without it managedFields are dropped", async () => {
  const plain = setUp();
  plain.source.put("a", "one", 1);
  plain.reflector.start();
  const small = setUp({ transform: (object) => ({ ...object, spec: { value: 0 } }) });
  small.source.put("a", "one", 1);
  small.reflector.start();
  await settle();
  expect(plain.reflector.store.get({ namespace: "a", name: "one" })?.metadata).not.toHaveProperty(
    "managedFields",
  );
  expect(small.contents()).toEqual(["a/one 0"]);
});

test("the check names what is wrong: not listed, then silent for too long", async () => {
  const { source, reflector, clock } = setUp();
  expect(reflector.check(60_000)).toBe("not listed yet");
  reflector.start();
  await settle();
  expect(reflector.check(60_000)).toBeUndefined();
  await clock.advance(61_000);
  expect(reflector.check(60_000)).toBe("nothing heard for 61 s");
  source.bookmark();
  await settle();
  expect(reflector.check(60_000)).toBeUndefined();
});

test("a stop ends the watches, and waiting for a sync ends with its signal", async () => {
  const { source, reflector, changes } = setUp();
  source.fail("list", { kind: "forbidden", message: "no" });
  reflector.start();
  const abort = new AbortController();
  const waiting = reflector.waitForSync(abort.signal);
  abort.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  await reflector.stop();
  source.put("a", "one", 1);
  await settle();
  expect(changes).toEqual([]);
});

test("an unsubscribed handler hears nothing more", async () => {
  const { source, reflector } = setUp();
  let heard = 0;
  const off = reflector.onChange(() => (heard += 1));
  reflector.start();
  source.put("a", "one", 1);
  await settle();
  off();
  source.put("a", "one", 2);
  await settle();
  expect(heard).toBe(1);
});
