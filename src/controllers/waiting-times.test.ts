import { expect, it } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { aBinding } from "../../test/support/planning.ts";
import type { AnyObject } from "../api/objects.ts";
import { Times } from "./waiting-times.ts";

const KEY = "PhoneNumberBinding/site/desk";

function setUp(isServing = true) {
  const state = { isServing };
  const clock = new ManualClock();
  const told: string[] = [];
  const metrics = {
    firstLook: (kind: string, ms: number) => void told.push(`looked at ${kind} after ${ms}`),
    ready: (kind: string, ms: number) => void told.push(`${kind} ready after ${ms}`),
    unprotectedFor: (ms: number) => void told.push(`unprotected for ${ms}`),
  };
  return { clock, told, state, times: new Times({ metrics, clock, serves: () => state.isServing }) };
}

const NEW = { ...aBinding("desk"), status: undefined } as unknown as AnyObject;

function ready(status: "True" | "Unknown"): AnyObject {
  return aBinding("desk", { status: { conditions: [{ type: "Ready", status, reason: "", message: "" }] } });
}

it("a new object's first look and first Ready are told once", async () => {
  const { clock, told, times } = setUp();
  times.changed(NEW, undefined, "other");
  await clock.advance(300);
  times.passed(KEY);
  times.changed(ready("Unknown"), NEW, "own");
  times.passed(KEY);
  await clock.advance(700);
  times.changed(ready("True"), ready("Unknown"), "own");
  times.changed(ready("Unknown"), ready("True"), "own");
  times.changed(ready("True"), ready("Unknown"), "own");
  expect(told).toEqual(["looked at PhoneNumberBinding after 300", "PhoneNumberBinding ready after 1000"]);
});

it("an object that was there before us is not new", () => {
  const { told, times } = setUp();
  times.changed(ready("Unknown"), undefined, "other");
  times.passed(KEY);
  times.changed(ready("True"), ready("Unknown"), "own");
  expect(told).toEqual([]);
});

it("the end of a time without protection is told by the process that serves the number", async () => {
  const since = (clock: ManualClock) => ({ unprotectedSince: new Date(clock.now()).toISOString() });
  for (const [serves, expected] of [
    [true, ["unprotected for 5000"]],
    [false, []],
  ] as const) {
    const { clock, told, times } = setUp(serves);
    const bare = aBinding("desk", { status: since(clock) });
    await clock.advance(5_000);
    times.changed(bare, ready("Unknown"), "own");
    times.changed(bare, bare, "own");
    times.changed(ready("True"), bare, "own");
    expect(told).toEqual(expected);
  }
});

it("what another replica has looked at is not told here, nor after we have taken over", async () => {
  const { clock, told, times, state } = setUp(false);
  times.changed(NEW, undefined, "other");
  times.changed(ready("Unknown"), NEW, "other");
  await clock.advance(3_600_000);
  state.isServing = true;
  times.passed(KEY);
  times.changed(ready("True"), ready("Unknown"), "own");
  expect(told).toEqual([]);
});

it("what nobody has looked at has waited since we saw it, whoever was to serve it then", async () => {
  const { clock, told, times, state } = setUp(false);
  times.changed(NEW, undefined, "other");
  await clock.advance(20_000);
  state.isServing = true;
  times.passed(KEY);
  expect(told).toEqual(["looked at PhoneNumberBinding after 20000"]);
});
