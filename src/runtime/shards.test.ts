import { describe, expect, it } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { MemoryLeases } from "../../test/support/memory-leases.ts";
import { silentLogger } from "../telemetry/log.ts";
import { recorder } from "../../test/support/warnings.ts";
import { Shards } from "./shards.ts";

/** The time of a stop is not over. */
const IN_TIME = new AbortController().signal;

const KEYS = Array.from({ length: 300 }, (_, index) => `account-${index}`);

interface Replica {
  readonly identity: string;
  readonly shards: Shards;
  readonly leases: { cut: boolean };
  lost: boolean;
  /** How long a write that is under way takes, in ms. */
  drainMs: number;
}

function replica(store: MemoryLeases, clock: ManualClock, identity: string, log = silentLogger): Replica {
  const leases = store.client();
  const made: Replica = {
    identity,
    leases,
    lost: false,
    drainMs: 0,
    shards: new Shards({
      leases,
      group: "operator",
      identity,
      clock,
      random: () => 0.5,
      log,
      drain: () => (made.drainMs === 0 ? Promise.resolve() : clock.sleep(made.drainMs)),
      onChange: () => {},
      onLost: () => {
        made.lost = true;
      },
    }),
  };
  // What cannot start ends its process.
  made.shards.start(new AbortController().signal).catch(() => {
    made.lost = true;
  });
  return made;
}

/** Keys by how many replicas serve them: [nobody, one, more]. */
function served(replicas: readonly Replica[]): readonly [number, number, number] {
  const counts: [number, number, number] = [0, 0, 0];
  for (const key of KEYS) {
    const servers = replicas.filter((one) => one.shards.serves(key)).length;
    counts[Math.min(servers, 2) as 0 | 1 | 2] += 1;
  }
  return counts;
}

describe("shards", () => {
  it("gives everything to a single replica", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const a = replica(store, clock, "a");
    await clock.advance(100);
    expect(served([a])).toEqual([0, 300, 0]);
    expect(a.shards.since("account-1")).toBe(clock.now());
  });

  it("shares among three, each within 25 % of a third, and every key once", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const all = ["a", "b", "c"].map((identity) => replica(store, clock, identity));
    await clock.advance(10_000);
    expect(served(all)).toEqual([0, 300, 0]);
    for (const one of all) {
      const share = KEYS.filter((key) => one.shards.serves(key)).length;
      expect(share).toBeGreaterThan(75);
      expect(share).toBeLessThan(125);
    }
  });

  it("goes on without a pause with what a newcomer does not get", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const [a, b] = [replica(store, clock, "a"), replica(store, clock, "b")];
    await clock.advance(10_000);
    const before = KEYS.map((key) => a.shards.serves(key));
    const sinceBefore = KEYS.map((key) => a.shards.since(key));
    const c = replica(store, clock, "c");
    for (let steps = 0; steps < 100; steps += 1) {
      await clock.advance(100);
      expect(served([a, b, c])[2]).toBe(0);
    }
    expect(served([a, b, c])).toEqual([0, 300, 0]);
    const kept = KEYS.filter((key, index) => before[index] === true && a.shards.serves(key));
    expect(kept.length).toBeGreaterThan(50);
    expect(kept.every((key) => a.shards.since(key) === sinceBefore[KEYS.indexOf(key)])).toBe(true);
  });

  it("does not give a key away before what is under way for it has ended", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const a = replica(store, clock, "a");
    await clock.advance(3_000);
    a.drainMs = 8_000;
    const b = replica(store, clock, "b");
    const began = clock.now();
    while (!KEYS.some((key) => b.shards.serves(key))) await clock.advance(100);
    expect(clock.now() - began).toBeGreaterThan(8_000);
    expect(a.lost).toBe(false);
  });

  it("serves the keys of a dead replica again within 20 s, and not before its lease has ended", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const all = ["a", "b", "c"].map((identity) => replica(store, clock, identity));
    await clock.advance(10_000);
    const [a, b, c] = all as [Replica, Replica, Replica];
    c.leases.cut = true;
    const died = clock.now();
    while (served([a, b])[1] < 300) {
      await clock.advance(100);
      expect(served(all)[2]).toBe(0);
    }
    expect(clock.now() - died).toBeLessThanOrEqual(20_000);
    expect(c.lost).toBe(true);
  });

  it("hands over within 5 s when a replica stops", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const [a, b] = [replica(store, clock, "a"), replica(store, clock, "b")];
    await clock.advance(10_000);
    await b.shards.stop(IN_TIME);
    await clock.advance(5_000);
    expect(served([a])).toEqual([0, 300, 0]);
  });

  it("keeps the lease of a stop that ran out of time, for what is still under way", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const [a, b] = [replica(store, clock, "a"), replica(store, clock, "b")];
    await clock.advance(10_000);
    const theirs = KEYS.filter((key) => b.shards.serves(key));
    await b.shards.stop(AbortSignal.abort());
    expect(served([b])).toEqual([300, 0, 0]);
    await clock.advance(12_000);
    expect(theirs.some((key) => a.shards.serves(key))).toBe(false);
    await clock.advance(8_000);
    expect(served([a])).toEqual([0, 300, 0]);
  });

  it("does not serve what was another's when somebody deletes that one's lease", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const [a, b] = [replica(store, clock, "a"), replica(store, clock, "b")];
    await clock.advance(10_000);
    const mine = store.all().find((lease) => lease.holder === "b");
    await store.client().remove(mine as never);
    while (!b.lost) {
      await clock.advance(50);
      expect(served([a, b])[2]).toBe(0);
    }
    await clock.advance(20_000);
    expect(served([a])).toEqual([0, 300, 0]);
  });

  it("ends a replica whose lease ended while it was starting, so that the others need not wait for it", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    const a = replica(store, clock, "a");
    await clock.advance(10_000);
    const b = replica(store, clock, "b");
    // Announced, but without an answer to who else there is.
    b.leases.cut = true;
    await clock.advance(20_000);
    b.leases.cut = false;
    await clock.advance(30_000);
    expect(b.lost).toBe(true);
    expect(served([a])).toEqual([0, 300, 0]);
  });

  it("removes the leases of replicas that are long gone", async () => {
    const [store, clock] = [new MemoryLeases(), new ManualClock()];
    replica(store, clock, "a");
    const b = replica(store, clock, "b");
    await clock.advance(10_000);
    await b.shards.stop(IN_TIME);
    await clock.advance(30_000);
    expect(store.all()).toHaveLength(2);
    await clock.advance(60_000);
    expect(store.all().map((lease) => lease.holder)).toEqual(["a"]);
  });

  it.each([1, 2, 3, 4, 5])(
    "never lets two serve one key, whatever comes and goes (seed %d)",
    async (seed) => {
      const [store, clock] = [new MemoryLeases(), new ManualClock()];
      const random = lcg(seed);
      const all: Replica[] = [];
      for (let round = 0; round < 60; round += 1) {
        disturb({ store, clock, random, all });
        for (let steps = 0; steps < 20; steps += 1) {
          await clock.advance(Math.floor(random() * 400));
          expect(served(all)[2]).toBe(0);
        }
      }
      for (const one of living(all)) [one.leases.cut, one.drainMs] = [false, 0];
      await clock.advance(30_000);
      all.push(replica(store, clock, "last"));
      await clock.advance(40_000);
      expect(served(all)).toEqual([0, 300, 0]);
    },
  );

  it("warns once of each outage, however long it is", async () => {
    const [store, clock, { log, warnings }] = [new MemoryLeases(), new ManualClock(), recorder()];
    const a = replica(store, clock, "a", log);
    for (let outages = 1; outages <= 2; outages += 1) {
      await clock.advance(20_000);
      a.leases.cut = true;
      await clock.advance(7_000);
      a.leases.cut = false;
      expect(warnings()).toEqual(Array(outages).fill("no clear answer about the replicas: no answer"));
    }
    expect(a.lost).toBe(false);
  });
});

function living(all: readonly Replica[]): readonly Replica[] {
  return all.filter((one) => !one.lost);
}

/** One thing that happens to replicas in the course of a day. */
function disturb({
  store,
  clock,
  random,
  all,
}: {
  readonly store: MemoryLeases;
  readonly clock: ManualClock;
  readonly random: () => number;
  readonly all: Replica[];
}): void {
  const alive = living(all);
  const one = alive[Math.floor(random() * alive.length)];
  if (one === undefined || (random() < 0.3 && alive.length < 4)) {
    all.push(replica(store, clock, `r${all.length}`));
    return;
  }
  const kinds = [
    () => void (one.leases.cut = !one.leases.cut),
    () => void (one.drainMs = random() < 0.5 ? 0 : 8_000),
    () => clock.jump((random() - 0.5) * 60_000),
    () => {},
    () => {
      void one.shards.stop(IN_TIME);
      one.lost = true;
    },
  ];
  kinds[Math.floor(random() * kinds.length)]?.();
}

/** Repeatable randomness. */
function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}
