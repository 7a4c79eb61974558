import { expect, it } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { aBinding } from "../../test/support/planning.ts";
import type { AccountEntry } from "./accounts.ts";
import { Resync } from "./resync.ts";

const MINUTE = 60_000;
const OBJECTS = Array.from({ length: 600 }, (_, index) => aBinding(`desk-${index}`));
const ENTRY = {} as AccountEntry;

it("gives each object its turn once an hour, about as many each time", async () => {
  const clock = new ManualClock();
  const resync = new Resync(clock);
  expect(resync.due(ENTRY, () => OBJECTS)).toEqual([]);
  const turns: string[] = [];
  for (let listing = 0; listing < 6; listing += 1) {
    await clock.advance(10 * MINUTE);
    const due = resync.due(ENTRY, () => OBJECTS).map(({ metadata }) => metadata.name);
    expect(due.length).toBeGreaterThan(60);
    expect(due.length).toBeLessThan(140);
    turns.push(...due);
  }
  expect(turns.toSorted()).toEqual(OBJECTS.map(({ metadata }) => metadata.name).toSorted());
});

it("gives none a turn at listings that follow each other quickly, as in a bulk load", async () => {
  const clock = new ManualClock();
  const resync = new Resync(clock);
  const due: unknown[] = [];
  for (let listing = 0; listing < 100; listing += 1) {
    due.push(...resync.due(ENTRY, () => OBJECTS));
    await clock.advance(5_000);
  }
  expect(due).toEqual([]);
});
