import { beforeEach, describe, expect, it } from "vitest";
import { anAccount, numberRecord, sid } from "../../test/support/planning.ts";
import { ManualClock } from "../../test/support/manual-clock.ts";
import type { TwilioAccountClient } from "../twilio/types.ts";
import { Accounts, type AccountEntry } from "./accounts.ts";
import { Poller, type PollWish } from "./poll-transitions.ts";

const HOLD = 2_000;
const PAGE_MS = 40;

/** An account of many numbers at Twilio, which registers each in a fixed time. */
class Twilio {
  readonly gets: { readonly index: number; readonly at: number }[] = [];
  listings = 0;
  /** Index → when it is registered. */
  readonly doneAt = new Map<number, number>();
  /** Index → when the poller learned of it. */
  readonly seenAt = new Map<number, number>();
  readonly clock = new ManualClock();
  readonly entry: AccountEntry;
  readonly poller: Poller;

  constructor(numbers: number) {
    const { clock } = this;
    const accounts = new Accounts({
      clock,
      sweepIntervalMs: 600_000,
      connect: () => ({}) as TwilioAccountClient,
    });
    this.entry = accounts.put(anAccount());
    const records = Array.from({ length: numbers }, (_, index) => numberRecord({ sid: sid("PN", index) }));
    this.entry.shared.snapshot.mergeListing({ numbers: records, startedAt: 0 });
    this.poller = new Poller({
      clock,
      intervalMs: 1_000,
      holdMs: HOLD,
      look: async (_, { look }) => {
        const index = look.type === "GetNumber" ? Number(look.sid.slice(2)) : -1;
        this.gets.push({ index, at: clock.now() });
        await clock.sleep(PAGE_MS);
        this.#see([index], clock.now());
      },
      listNumbers: async () => {
        this.listings += 1;
        const began = clock.now();
        await clock.sleep(PAGE_MS * Math.ceil(numbers / 1000));
        this.#see([...this.doneAt.keys()], began);
      },
    });
  }

  #see(indexes: readonly number[], at: number): void {
    const done = indexes.filter(
      (index) => !this.seenAt.has(index) && (this.doneAt.get(index) ?? at + 1) <= at,
    );
    for (const index of done) this.seenAt.set(index, this.clock.now());
    this.poller.changed(this.entry.shared.accountSid, new Set(done.map((index) => sid("PN", index))));
  }

  register(index: number, takesMs: number, urgent = false): void {
    this.doneAt.set(index, this.clock.now() + takesMs);
    const wish: PollWish = {
      look: { type: "GetNumber", sid: sid("PN", index) },
      work: "registration",
      urgent,
    };
    this.poller.set(`number ${index}`, this.entry, wish);
  }
}

describe("polling an account of ten thousand numbers", () => {
  let twilio: Twilio;
  beforeEach(() => {
    twilio = new Twilio(10_000);
  });

  it("looks at one number by GET, at the delay it has learned", async () => {
    for (let index = 0; index < 40; index += 1) {
      twilio.register(index, 500);
      await twilio.clock.advance(5_000);
    }
    expect(twilio.listings).toBe(0);
    const last = twilio.gets.filter(({ index }) => index >= 30);
    expect(last.length).toBeLessThanOrEqual(16);
    const waits = [...twilio.seenAt].slice(30).map(([index, at]) => at - (twilio.doneAt.get(index) ?? 0));
    expect(Math.max(...waits)).toBeLessThan(150);
  });

  it("serves hundreds a second by few listings, each before its status may be held no longer", async () => {
    for (let index = 0; index < 3_000; index += 1) {
      twilio.register(index, 500);
      if (index % 3 === 0) await twilio.clock.advance(10);
    }
    await twilio.clock.advance(5_000);
    expect(twilio.seenAt.size).toBe(3_000);
    expect(twilio.gets.length).toBeLessThan(30);
    expect(twilio.listings).toBeLessThanOrEqual(11);
    const ages = [...twilio.seenAt].map(([index, at]) => at - (twilio.doneAt.get(index) ?? 0) + 500);
    expect(Math.max(...ages)).toBeLessThanOrEqual(HOLD);
  });

  it("does not let a number that lost its protection wait for a listing", async () => {
    for (let index = 0; index < 40; index += 1) {
      twilio.register(index, 500, true);
      await twilio.clock.advance(3_000);
    }
    for (let index = 100; index < 1_000; index += 1) twilio.register(index, 3_000);
    twilio.register(40, 500, true);
    await twilio.clock.advance(800);
    expect(twilio.seenAt.get(40)).toBeLessThan((twilio.doneAt.get(40) ?? 0) + 100);
  });

  it("looks in widening steps, and no less often than the interval", async () => {
    twilio.register(1, 600_000);
    await twilio.clock.advance(30_000);
    const times = twilio.gets.map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(gaps.slice(0, 5)).toEqual(gaps.slice(0, 5).toSorted((a, b) => a - b));
    expect(gaps.at(-1)).toBe(1_000 + PAGE_MS);
  });

  it("ends with its need, and when it is stopped", async () => {
    twilio.register(1, 600_000);
    twilio.register(2, 600_000);
    twilio.poller.set("number 1", twilio.entry, undefined);
    await twilio.clock.advance(3_000);
    expect(twilio.gets.map(({ index }) => index)).not.toContain(1);
    twilio.poller.stop();
    const before = twilio.gets.length;
    expect(before).toBeGreaterThan(0);
    await twilio.clock.advance(10_000);
    expect(twilio.gets.length).toBe(before);
  });

  it("lists no more when it is stopped in the middle of a listing", async () => {
    for (let index = 0; index < 40; index += 1) twilio.register(index, 600_000);
    await twilio.clock.advance(1_500);
    expect(twilio.listings).toBe(1);
    twilio.poller.stop();
    await twilio.clock.advance(60_000);
    expect(twilio.listings).toBe(1);
    expect(twilio.clock.pending).toBe(0);
  });

  it("looks at what is not there in the interval, and learns nothing from it", async () => {
    const wish: PollWish = { look: { type: "FindNumber", phoneNumber: "+13035550100" }, urgent: false };
    twilio.poller.set("missing", twilio.entry, wish);
    await twilio.clock.advance(5_000);
    expect(twilio.gets.length).toBe(4);
  });
});

describe("an account that has ended", () => {
  it("is polled for no object any more, and what polls with its successor goes on", async () => {
    const twilio = new Twilio(3);
    const successor: AccountEntry = { ...twilio.entry };
    twilio.register(0, 600_000);
    twilio.poller.set("other", successor, {
      ...{ look: { type: "GetNumber", sid: sid("PN", 1) }, urgent: false },
    });
    twilio.poller.end(twilio.entry);
    await twilio.clock.advance(60_000);
    expect(new Set(twilio.gets.map(({ index }) => index))).toEqual(new Set([1]));
  });
});

describe("an object that is polled for another number now", () => {
  it("is not dropped when the former one changes", async () => {
    const twilio = new Twilio(3);
    const wish = (index: number): PollWish => ({
      look: { type: "GetNumber", sid: sid("PN", index) },
      work: "registration",
      urgent: true,
    });
    twilio.poller.set("desk", twilio.entry, wish(0));
    twilio.poller.set("desk", twilio.entry, wish(1));
    twilio.poller.changed(twilio.entry.shared.accountSid, new Set([sid("PN", 0)]));
    await twilio.clock.advance(5_000);
    expect(new Set(twilio.gets.map(({ index }) => index))).toEqual(new Set([1]));
  });
});
