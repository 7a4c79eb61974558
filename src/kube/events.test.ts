import { expect, test } from "vitest";
import { ManualClock, settle } from "../../test/support/manual-clock.ts";
import { createLogger } from "../telemetry/log.ts";
import { KubeError, type KubeFailure } from "./errors.ts";
import { type EventRecord, EventRecorder, type EventTarget } from "./events.ts";
import type { MergePatch } from "./merge-patch.ts";
import type { KubeObject, ObjectRef, ResourceType } from "./types.ts";

interface WrittenEvent {
  metadata: { name: string; namespace: string };
  eventTime: string;
  note: string;
  reason: string;
  series?: { count: number; lastObservedTime: string };
}

/** The events of an API server, by name; it can refuse, lose answers and forget. */
class EventStore implements EventTarget {
  readonly events = new Map<string, WrittenEvent>();
  writes = 0;
  failures: KubeFailure[] = [];
  /** How every patch fails, if it does. */
  patchFailure: KubeFailure | undefined;
  /** The write is done and its answer lost. */
  loseAnswers = 0;

  create<T extends KubeObject>(_type: ResourceType, object: object): Promise<T> {
    return this.#write(() => {
      const event = object as WrittenEvent;
      const { name } = event.metadata;
      if (this.events.has(name))
        throw new KubeError({ kind: "conflict", alreadyExists: true, message: "exists" });
      this.events.set(name, event);
    });
  }

  patch<T extends KubeObject>(_type: ResourceType, ref: ObjectRef, patch: MergePatch): Promise<T> {
    return this.#write(() => {
      if (this.patchFailure !== undefined) throw new KubeError(this.patchFailure);
      const event = this.events.get(ref.name);
      if (event === undefined)
        throw new KubeError({ kind: "notFound", missingType: false, message: "no event" });
      Object.assign(event, patch);
    });
  }

  async #write<T>(action: () => void): Promise<T> {
    this.writes += 1;
    const failure = this.failures.shift();
    if (failure !== undefined) throw new KubeError(failure);
    action();
    await Promise.resolve();
    if (this.loseAnswers > 0) {
      this.loseAnswers -= 1;
      throw new KubeError({ kind: "network", message: "reset" });
    }
    return {} as T;
  }
}

function setUp() {
  const clock = new ManualClock();
  const target = new EventStore();
  const lines: string[] = [];
  const log = createLogger({
    level: "warn",
    format: "json",
    destination: { write: (line) => void lines.push(line) },
  });
  const recorder = new EventRecorder({
    target,
    clock,
    log,
    reportingController: "example.com/test",
    reportingInstance: "pod-1",
  });
  const events = () => [...target.events.values()];
  return { clock, target, lines, recorder, events };
}

function record(changes: Partial<EventRecord> & { readonly name?: string } = {}): EventRecord {
  const { name = "thing", ...rest } = changes;
  const regarding = {
    apiVersion: "example.com/v1",
    kind: "Thing",
    namespace: "ns",
    name,
    uid: `uid-${name}`,
  };
  return { regarding, type: "Normal", reason: "Created", action: "Create", note: "made it", ...rest };
}

test("an event carries what happened, to whom, when and by whom", async () => {
  const { recorder, events } = setUp();
  recorder.record(record());
  await settle();
  expect(events()).toMatchObject([
    {
      metadata: { namespace: "ns", name: expect.stringMatching(/^thing\.[0-9a-f]{16}$/) },
      eventTime: "2023-11-14T22:13:20.000000Z",
      reportingController: "example.com/test",
      reportingInstance: "pod-1",
      type: "Normal",
      reason: "Created",
      action: "Create",
      note: "made it",
      regarding: { kind: "Thing", name: "thing", uid: "uid-thing" },
    },
  ]);
  expect(events()[0]).not.toHaveProperty("series");
});

test("the same event again is counted, and the count is written now and then, not each time", async () => {
  const { clock, recorder, target, events } = setUp();
  for (let i = 0; i < 100; i += 1) {
    recorder.record(record());
    await clock.advance(1_000);
  }
  await clock.advance(30_000);
  expect(events()).toHaveLength(1);
  expect(events()[0]?.series?.count).toBe(100);
  expect(events()[0]?.series?.lastObservedTime).toBe("2023-11-14T22:14:59.000000Z");
  expect(target.writes).toBeLessThan(7);
});

test("another note, reason or object is another event, and so is the same one after ten quiet minutes", async () => {
  const { clock, recorder, events } = setUp();
  recorder.record(record());
  recorder.record(record({ note: "made another" }));
  recorder.record(record({ reason: "Deleted" }));
  recorder.record(record({ name: "other" }));
  await clock.advance(10 * 60_000);
  recorder.record(record());
  await settle();
  expect(events()).toHaveLength(5);
});

test("a flood on one object is cut off, others are not touched, and the log says so in a few lines", async () => {
  const { clock, recorder, events, lines } = setUp();
  for (let i = 0; i < 500; i += 1) recorder.record(record({ note: `number ${i}` }));
  recorder.record(record({ name: "other" }));
  await settle();
  expect(events()).toHaveLength(26);
  expect(lines.length).toBeLessThan(12);
  await clock.advance(60_000);
  recorder.record(record({ note: "one more" }));
  await settle();
  expect(events()).toHaveLength(27);
});

test("a failed write is tried three times, then logged, and the next event is written", async () => {
  const { clock, recorder, target, events, lines } = setUp();
  target.failures = Array.from({ length: 3 }, () => ({ kind: "server" as const, message: "down" }));
  recorder.record(record());
  recorder.record(record({ reason: "Next" }));
  await clock.advance(10_000);
  expect(events().map((event) => event.reason)).toEqual(["Next"]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("down");
});

test("what trying again cannot help is logged at once", async () => {
  const { clock, recorder, target, lines } = setUp();
  target.failures = [{ kind: "forbidden", message: "no" }];
  recorder.record(record());
  await clock.advance(1_000);
  expect(target.writes).toBe(1);
  expect(lines).toHaveLength(1);
});

test("a count that may not be written is given up, and logged once for each time it was to be written", async () => {
  const { clock, recorder, target, lines } = setUp();
  target.patchFailure = { kind: "forbidden", message: "no" };
  for (let i = 0; i < 100; i += 1) {
    recorder.record(record());
    await clock.advance(1_000);
  }
  await clock.advance(24 * 3_600_000);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThan(7);
  expect(clock.pending).toBe(0);
});

test("a count that an outage holds up is written after it, and forgotten if it does not end", async () => {
  const { clock, recorder, target, events } = setUp();
  target.patchFailure = { kind: "server", message: "down" };
  recorder.record(record());
  recorder.record(record({ name: "other" }));
  await settle();
  recorder.record(record());
  await clock.advance(120_000);
  target.patchFailure = undefined;
  await clock.advance(60_000);
  expect(events()[0]?.series?.count).toBe(2);
  target.patchFailure = { kind: "server", message: "down" };
  recorder.record(record({ name: "other" }));
  await clock.advance(3_600_000);
  expect(clock.pending).toBe(0);
});

test("a lost answer does not make two events", async () => {
  const { clock, recorder, target, events, lines } = setUp();
  target.loseAnswers = 1;
  recorder.record(record());
  await clock.advance(5_000);
  expect(events()).toHaveLength(1);
  expect(lines).toEqual([]);
});

test("a count whose event is gone is told anew", async () => {
  const { clock, recorder, target, events } = setUp();
  recorder.record(record());
  await settle();
  target.events.clear();
  recorder.record(record());
  await clock.advance(31_000);
  expect(events()).toMatchObject([{ series: { count: 2 } }]);
});

test("a long note is cut at 1024 bytes, not in the middle of a character", async () => {
  const { recorder, events } = setUp();
  recorder.record(record({ note: "é".repeat(2_000) }));
  await settle();
  const note = events()[0]?.note ?? "";
  expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024);
  expect(note).toMatch(/^é+…$/);
});

test("a stop writes what waits, accepts nothing more, and leaves no timer behind", async () => {
  const { clock, recorder, events } = setUp();
  recorder.record(record());
  recorder.record(record({ reason: "Next" }));
  await recorder.stop(new AbortController().signal);
  recorder.record(record({ reason: "TooLate" }));
  await settle();
  expect(events().map((event) => event.reason)).toEqual(["Created", "Next"]);
  expect(clock.pending).toBe(0);
});

test("a stop without patience does not wait for an API server that is away", async () => {
  const { recorder, target } = setUp();
  target.failures = Array.from({ length: 50 }, () => ({ kind: "network" as const, message: "down" }));
  for (let i = 0; i < 10; i += 1) recorder.record(record({ note: `number ${i}` }));
  const force = new AbortController();
  const stopped = recorder.stop(force.signal);
  force.abort(new Error("over"));
  await expect(stopped).resolves.toBeUndefined();
});

test("quiet objects are forgotten", async () => {
  const { clock, recorder } = setUp();
  for (let i = 0; i < 50; i += 1) recorder.record(record({ name: `thing-${i}` }));
  await clock.advance(3_600_000);
  expect(clock.pending).toBe(0);
});
