import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock, settle } from "../../test/support/manual-clock.ts";
import { ConcurrencyGate, LANE, LANE_AGE_MS, type Lane } from "./concurrency.ts";

const LATENCY = 40;

/** Answers after its latency; more requests under way than its limit, and it says 429. */
class Twilio {
  limit: number;
  inFlight = 0;
  good = 0;
  throttled = 0;
  readonly clock = new ManualClock();
  readonly gate: ConcurrencyGate;

  constructor(limit: number, ceiling: number) {
    this.limit = limit;
    this.gate = new ConcurrencyGate(this.clock, ceiling);
  }

  async request(lane: Lane = LANE.change): Promise<void> {
    for (;;) {
      const { throttled } = await this.gate.run(lane, false, async () => {
        this.inFlight += 1;
        await this.clock.sleep(LATENCY);
        const isTooMuch = this.inFlight > this.limit;
        this.inFlight -= 1;
        if (isTooMuch) this.throttled += 1;
        else this.good += 1;
        return { throttled: isTooMuch };
      });
      if (!throttled) return;
    }
  }

  /** More to do than there is room for, for so long. Returns the answers of that time. */
  async load(ms: number): Promise<{ readonly good: number; readonly throttled: number }> {
    const before = { good: this.good, throttled: this.throttled };
    const until = this.clock.now() + ms;
    const client = async (): Promise<void> => {
      while (this.clock.now() < until) await this.request();
    };
    for (let index = 0; index < 60; index += 1) void client();
    await this.clock.advance(ms);
    return { good: this.good - before.good, throttled: this.throttled - before.throttled };
  }
}

describe("the limit of an account", () => {
  it("uses the configured ceiling while Twilio does not mind", async () => {
    const twilio = new Twilio(100, 30);
    const { good, throttled } = await twilio.load(4_000);
    expect(throttled).toBe(0);
    expect(good).toBeGreaterThanOrEqual((0.95 * 30 * 4_000) / LATENCY);
  });

  it.each([
    [30, 3],
    [30, 10],
    [30, 1],
    [100, 25],
  ])("settles at 85 %% or more when Twilio's falls from %i to %i, with few 429s", async (from, to) => {
    const twilio = new Twilio(from, from);
    const before = await twilio.load(5_000);
    twilio.limit = to;
    const falling = await twilio.load(5_000);
    const settled = await twilio.load(60_000);
    expect(settled.good).toBeGreaterThanOrEqual((0.85 * to * 60_000) / LATENCY);
    expect(settled.throttled).toBeLessThan(0.02 * (settled.good + settled.throttled));
    const all = [before, falling, settled];
    const throttled = all.reduce((sum, one) => sum + one.throttled, 0);
    const calls = throttled + all.reduce((sum, one) => sum + one.good, 0);
    expect(throttled).toBeLessThanOrEqual(0.05 * calls);
  });

  it("finds the way back up when Twilio allows more again", async () => {
    const twilio = new Twilio(3, 30);
    await twilio.load(30_000);
    twilio.limit = 30;
    await twilio.load(60_000);
    const { good } = await twilio.load(5_000);
    expect(good).toBeGreaterThanOrEqual((0.85 * 30 * 5_000) / LATENCY);
  });

  it("follows a lower ceiling at once", () => {
    const { gate } = new Twilio(30, 30);
    gate.setCeiling(4);
    expect(gate.limit).toBe(4);
  });

  it("is one fall for all requests that were under way together", async () => {
    const twilio = new Twilio(15, 30);
    for (let index = 0; index < 30; index += 1) void twilio.request();
    await twilio.clock.advance(LATENCY);
    expect(twilio.throttled).toBe(15);
    await twilio.load(10_000);
    expect(twilio.gate.limit).toBeGreaterThanOrEqual(14);
  });

  it("sends nothing before Retry-After is over", async () => {
    const clock = new ManualClock();
    const gate = new ConcurrencyGate(clock, 5);
    await gate.run(LANE.change, false, () => Promise.resolve({ throttled: true, throttledForMs: 7_000 }));
    let sent = false;
    void gate.run(LANE.unprotected, false, () => {
      sent = true;
      return Promise.resolve({ throttled: false });
    });
    await clock.advance(6_900);
    expect(sent).toBe(false);
    await clock.advance(200);
    expect(sent).toBe(true);
  });
});

describe("the order of requests that wait", () => {
  let twilio: Twilio;
  let done: string[];
  beforeEach(() => {
    twilio = new Twilio(1, 1);
    done = [];
    void twilio.request();
  });

  const ask = (name: string, lane: Lane): void =>
    void twilio.request(lane).then(() => {
      done.push(name);
    });

  it("is that of the lanes: unprotected, change, transition, poll, drift", async () => {
    for (const lane of ["drift", "poll", "transition", "change", "unprotected"] as const)
      ask(lane, LANE[lane]);
    await twilio.clock.advance(LATENCY * 6);
    expect(done).toEqual(["unprotected", "change", "transition", "poll", "drift"]);
  });

  it("is that of arrival inside a lane", async () => {
    for (const name of ["a", "b", "c"]) ask(name, LANE.poll);
    await twilio.clock.advance(LATENCY * 4);
    expect(done).toEqual(["a", "b", "c"]);
  });

  it("lets no lane wait for ever: age counts", async () => {
    ask("drift", LANE.drift);
    const stop = twilio.clock.now() + 4 * LANE_AGE_MS;
    const busy = async (): Promise<void> => {
      while (twilio.clock.now() < stop) await twilio.request(LANE.change);
    };
    for (let index = 0; index < 3; index += 1) void busy();
    await twilio.clock.advance(3 * LANE_AGE_MS + 10 * LATENCY);
    expect(done).toEqual(["drift"]);
  });

  it("never puts a number without protection behind anything else, whatever its age", async () => {
    ask("drift", LANE.drift);
    for (let index = 0; index < 500; index += 1) ask("change", LANE.change);
    await twilio.clock.advance(5 * LANE_AGE_MS);
    done.length = 0;
    ask("unprotected", LANE.unprotected);
    await twilio.clock.advance(LATENCY * 2);
    expect(done.indexOf("unprotected")).toBeLessThanOrEqual(1);
    expect(done).toContain("unprotected");
  });
});

it("tells when no write is under way", async () => {
  const twilio = new Twilio(1, 5);
  let drained = false;
  void twilio.gate.run(LANE.change, true, async () => {
    await twilio.clock.sleep(100);
    return { throttled: false };
  });
  await settle();
  void twilio.gate.writesDrained().then(() => (drained = true));
  await twilio.clock.advance(99);
  expect(drained).toBe(false);
  await twilio.clock.advance(1);
  expect(drained).toBe(true);
});
