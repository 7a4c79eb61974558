/** A cache whose handlers keep the objects holds no second copy of them, and tells them all the same. */
import { expect, onTestFinished, test } from "vitest";
import { MemorySource, THING, type Thing } from "../../test/kube/memory-source.ts";
import { ManualClock, settle } from "../../test/support/manual-clock.ts";
import { silentLogger } from "../telemetry/log.ts";
import { Reflector } from "./reflector.ts";
import { keyOf } from "./types.ts";

function setUp() {
  const source = new MemorySource();
  const clock = new ManualClock();
  const options = { source, type: THING, clock, random: () => 0.5, log: silentLogger };
  const reflector = new Reflector<Thing>({ ...options, identityOnly: true });
  const told: string[] = [];
  reflector.onChange(({ type, object }) =>
    told.push(
      `${type} ${keyOf(object.metadata)} ${(object as Partial<Thing>).spec?.value ?? object.metadata.uid}`,
    ),
  );
  onTestFinished(() => reflector.stop());
  return { source, clock, reflector, told };
}

test("handlers get whole objects, from the list as from the watch, and the store keeps who they are", async () => {
  const { source, reflector, told } = setUp();
  source.put("a", "one", 1);
  reflector.start();
  await settle();
  source.put("a", "one", 2);
  source.put("a", "two", 1);
  source.remove("a", "two");
  await settle();
  expect(told).toEqual(["added a/one 1", "modified a/one 2", "added a/two 1", "deleted a/two 1"]);
  expect(reflector.store.list()).toEqual([
    {
      apiVersion: expect.any(String) as string,
      kind: THING.kind,
      metadata: {
        name: "one",
        namespace: "a",
        uid: expect.any(String) as string,
        resourceVersion: expect.any(String) as string,
      },
    },
  ]);
});

test("what has gone or was replaced while nobody watched is told by a new list", async () => {
  const { source, clock, reflector, told } = setUp();
  source.put("a", "one", 1);
  source.put("a", "two", 1);
  reflector.start();
  await settle();
  const uids = reflector.store.list().map(({ metadata }) => metadata.uid);
  told.length = 0;
  source.endWatches({ kind: "gone", message: "too old" });
  source.remove("a", "one");
  source.remove("a", "two");
  source.put("a", "two", 5);
  await clock.advance(2_000);
  expect(told).toEqual([`deleted a/one ${uids[0]}`, `deleted a/two ${uids[1]}`, "added a/two 5"]);
});
