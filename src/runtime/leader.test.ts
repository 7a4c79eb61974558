import { describe, expect, it } from "vitest";
import { ManualClock, settle } from "../../test/support/manual-clock.ts";
import { MemoryLeases } from "../../test/support/memory-leases.ts";
import { silentLogger } from "../telemetry/log.ts";
import { recorder } from "../../test/support/warnings.ts";
import { LeaderElection } from "./leader.ts";

/** The time of a stop is not over. */
const IN_TIME = new AbortController().signal;

function candidate(store: MemoryLeases, clock: ManualClock, identity: string, log = silentLogger) {
  const leases = store.client();
  const state = { leading: false, lost: false };
  const election = new LeaderElection({
    leases,
    name: "operator",
    identity,
    clock,
    random: () => 0.5,
    log,
    onLost: () => {
      state.lost = true;
    },
  });
  const abort = new AbortController();
  const started = election.start(abort.signal).then(
    () => {
      state.leading = true;
    },
    () => {},
  );
  return { election, leases, state, abort, started };
}

describe("leader election", () => {
  it("lets one lead and the other stand by", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const a = candidate(store, clock, "a");
    await settle();
    const b = candidate(store, clock, "b");
    await clock.advance(120_000);
    expect(a.state).toEqual({ leading: true, lost: false });
    expect(b.state.leading).toBe(false);
    expect(a.election.remainingMs()).toBeGreaterThan(12_000);
    expect(b.election.remainingMs()).toBe(0);
  });

  it("hands over at once when the leader stops", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const a = candidate(store, clock, "a");
    await settle();
    const b = candidate(store, clock, "b");
    await clock.advance(5_000);
    await a.election.stop(IN_TIME);
    await clock.advance(2_200);
    expect(b.state.leading).toBe(true);
    expect(store.all()[0]).toMatchObject({ holder: "b", transitions: 1 });
  });

  it("keeps the lease of a stop that ran out of time, for what is still under way", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const a = candidate(store, clock, "a");
    await settle();
    const b = candidate(store, clock, "b");
    await clock.advance(5_000);
    await a.election.stop(AbortSignal.abort());
    expect(a.election.remainingMs()).toBe(0);
    await clock.advance(12_000);
    expect(b.state.leading).toBe(false);
    await clock.advance(6_000);
    expect(b.state.leading).toBe(true);
  });

  it("never lets a second one lead while the first one's lease runs, and takes over within 20 s of its death", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const a = candidate(store, clock, "a");
    await settle();
    const b = candidate(store, clock, "b");
    await clock.advance(5_000);
    a.leases.cut = true;
    const died = clock.now();
    while (a.election.remainingMs() > 0) {
      expect(b.state.leading).toBe(false);
      await clock.advance(100);
    }
    while (!b.state.leading) await clock.advance(100);
    expect(clock.now() - died).toBeLessThanOrEqual(20_000);
    expect(b.election.since).toBeGreaterThan(died + 10_000);
  });

  it.each([false, true])(
    "does not lead while the first one may still write when somebody deletes the lease (cut off: %s)",
    async (cut) => {
      const [store, clock] = [new MemoryLeases(), new ManualClock()];
      const a = candidate(store, clock, "a");
      await settle();
      const b = candidate(store, clock, "b");
      await clock.advance(4_500);
      await b.leases.remove(store.all()[0] as never);
      a.leases.cut = cut;
      for (let steps = 0; steps < 200; steps += 1) {
        expect(a.election.remainingMs() > 0 && b.election.remainingMs() > 0).toBe(false);
        await clock.advance(100);
      }
      expect([a, b].map(({ state }) => [state.leading, state.lost])).toEqual([
        [true, cut],
        [cut, false],
      ]);
    },
  );

  it("gives up after 10 s without a renewal, before its lease ends", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const a = candidate(store, clock, "a");
    await clock.advance(3_000);
    a.leases.cut = true;
    await clock.advance(8_000);
    expect(a.state.lost).toBe(false);
    await clock.advance(5_000);
    expect(a.state.lost).toBe(true);
    expect(a.election.remainingMs()).toBe(0);
  });

  it.each([-3_600_000, 3_600_000])(
    "does not believe in a longer lease when the wall clock is set by %d ms",
    async (ms) => {
      const [store, clock] = [new MemoryLeases(), new ManualClock()];
      const a = candidate(store, clock, "a");
      await settle();
      const b = candidate(store, clock, "b");
      await clock.advance(3_000);
      a.leases.cut = true;
      clock.jump(ms);
      await clock.advance(15_100);
      expect(a.election.remainingMs()).toBe(0);
      await clock.advance(2_300);
      expect(b.state.leading).toBe(true);
    },
  );

  it("goes on when the answer to its renewal was lost but the renewal was not", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const a = candidate(store, clock, "a");
    await settle();
    const lease = store.all()[0];
    await store.client().write({ ...lease, holder: "a" } as never, { version: lease?.version });
    await clock.advance(20_000);
    expect(a.state.lost).toBe(false);
    expect(a.election.remainingMs()).toBeGreaterThan(12_000);
  });

  it("is lost when somebody else holds the lease", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const a = candidate(store, clock, "a");
    await settle();
    const lease = store.all()[0];
    await store.client().write({ ...lease, holder: "intruder" } as never, { version: lease?.version });
    await clock.advance(2_300);
    expect(a.state.lost).toBe(true);
    expect(a.election.remainingMs()).toBe(0);
  });

  it("gives the lease back when it is stopped while it gets it", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const a = candidate(store, clock, "a");
    a.abort.abort(new Error("stopping"));
    await a.election.stop(IN_TIME);
    await clock.advance(100);
    expect(store.all().map((lease) => lease.holder)).toEqual([""]);
  });

  it("warns once of each outage, however long it is", async () => {
    const [store, clock, { log, warnings }] = [new MemoryLeases(), new ManualClock(), recorder()];
    const a = candidate(store, clock, "a", log);
    for (let outages = 1; outages <= 2; outages += 1) {
      await clock.advance(20_000);
      a.leases.cut = true;
      await clock.advance(7_000);
      a.leases.cut = false;
      expect(warnings()).toEqual(Array(outages).fill("the lease could not be renewed: no answer"));
    }
    expect(a.state.lost).toBe(false);
  });

  it("warns once while it stands by, too", async () => {
    const [store, clock, { log, warnings }] = [new MemoryLeases(), new ManualClock(), recorder()];
    candidate(store, clock, "a");
    await settle();
    const b = candidate(store, clock, "b", log);
    for (let outages = 1; outages <= 2; outages += 1) {
      await clock.advance(20_000);
      b.leases.cut = true;
      await clock.advance(7_000);
      b.leases.cut = false;
      expect(warnings()).toEqual(Array(outages).fill("the lease cannot be read or taken: no answer"));
    }
  });
});
