/** Leader election on one lease: who holds it does the work, the others stand by with everything ready. */
import type { Clock } from "../lib/clock.ts";
import type { Leases, StoredLease } from "../lib/lease.ts";
import type { Logger } from "../telemetry/log.ts";
import { Faults, jittered, LEASE_TIMINGS, patience } from "./lease-calls.ts";
import { LeaseTerm, LeaseWatch } from "./lease-term.ts";
import type { Runnable } from "./manager.ts";

/** Who stands by looks more often than the leader renews, so that a lease that was given back is soon taken. */
const STANDBY_MS = 1_000;

export interface LeaderElectionOptions {
  readonly leases: Leases;
  /** Name of the lease. */
  readonly name: string;
  /** Names this process and no other one, ever. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Leadership is gone for good: the process should end. Called once at most, and not after a stop has begun. */
  readonly onLost: () => void;
}

export class LeaderElection implements Runnable {
  readonly name = "leadership";
  readonly #options: LeaderElectionOptions;
  readonly #term: LeaseTerm;
  readonly #watch: LeaseWatch;
  readonly #faults: Faults;
  readonly #stopping = new AbortController();
  #lease: StoredLease | undefined;
  #since: number | undefined;
  #renewing: Promise<void> = Promise.resolve();

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#term = new LeaseTerm(options.clock);
    this.#watch = new LeaseWatch(options.clock);
    this.#faults = new Faults(options.log, { lease: options.name });
  }

  /** Resolves when this process leads. */
  async start(signal: AbortSignal): Promise<void> {
    const { clock, random, log, name, identity } = this.#options;
    const either = AbortSignal.any([signal, this.#stopping.signal]);
    log.info({ lease: name, identity }, "waiting for leadership");
    while (!(await this.#attemptOnce())) await clock.sleep(jittered(STANDBY_MS, random), either);
    this.#since = clock.now();
    log.info({ lease: name, identity }, "leading");
    this.#renewing = this.#renewUntilStopped();
  }

  /** Gives the lease back, so that another can take over at once; unless a write may be under way still: then it runs out. */
  async stop(force: AbortSignal): Promise<void> {
    this.#stopping.abort(new Error("stopping"));
    await this.#renewing;
    const isOurs = this.#lease?.holder === this.#options.identity && this.#term.remainingMs > 0;
    this.#term.end();
    if (!isOurs || force.aborted) return;
    await this.#write({ holder: "", durationMs: 1_000 }).catch((error: unknown) =>
      this.#faults.tell("the lease could not be given back", error),
    );
  }

  /** When it took over, in ms since the epoch: what was seen before that may be what the leader before it has changed. */
  get since(): number {
    return this.#since ?? Number.POSITIVE_INFINITY;
  }

  /** For how long nobody else can lead, in ms; 0 when this process does not. */
  remainingMs(): number {
    return this.#since === undefined ? 0 : this.#term.remainingMs;
  }

  /** A stop in the middle waits for it: what it gets must be given back. */
  #attemptOnce(): Promise<boolean> {
    const attempt = this.#attempt();
    this.#renewing = attempt.then(() => {});
    return attempt;
  }

  /** One attempt to get the lease; true when it is ours. */
  async #attempt(): Promise<boolean> {
    const { leases, name, identity } = this.#options;
    try {
      const lease = await leases.get(name, patience());
      const isFree = this.#isFree(lease);
      if (isFree) this.#lease = lease;
      const isOurs =
        isFree && (await this.#write({ holder: identity, durationMs: LEASE_TIMINGS.durationMs }));
      this.#faults.over();
      return isOurs;
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#faults.tell("the lease cannot be read or taken", error);
      return false;
    }
  }

  /** One that somebody deleted may still be held: its holder does not know yet. */
  #isFree(lease: StoredLease | undefined): boolean {
    if (lease === undefined) return this.#watch.living([]).length === 0;
    return lease.holder === this.#options.identity || this.#watch.isOver(lease);
  }

  async #renewUntilStopped(): Promise<void> {
    const { clock, random, onLost, log, name } = this.#options;
    while (!this.#stopping.signal.aborted) {
      await clock.sleep(jittered(LEASE_TIMINGS.retryMs, random), this.#stopping.signal).catch(() => {});
      if (this.#stopping.signal.aborted) return;
      const stillOurs = await this.#renew();
      if (stillOurs && this.#term.ageMs < LEASE_TIMINGS.renewDeadlineMs) continue;
      this.#term.end();
      log.error({ lease: name }, "leadership is lost: stopping");
      onLost();
      return;
    }
  }

  /** False only when the lease is somebody else's. A failure is for the deadline to judge. */
  async #renew(): Promise<boolean> {
    const { leases, name, identity } = this.#options;
    const mine = { holder: identity, durationMs: LEASE_TIMINGS.durationMs };
    try {
      if (!(await this.#write(mine))) {
        // A renewal of our own whose answer was lost, an edit by hand, or another holder.
        this.#lease = await leases.get(name, patience());
        if (this.#lease !== undefined && this.#lease.holder !== identity) return false;
        await this.#write(mine);
      }
      this.#faults.over();
    } catch (error) {
      this.#faults.tell("the lease could not be renewed", error);
    }
    return true;
  }

  async #write(given: Held): Promise<boolean> {
    const { leases, name, clock } = this.#options;
    const before = this.#lease;
    const count = this.#term.begin(given.durationMs);
    const written = await leases.write(
      { name, notes: {}, ...given, ...history(before, given, clock.now()) },
      { version: before?.version, signal: patience() },
    );
    if (written === undefined) return false;
    this.#lease = written;
    if (given.holder !== "") count();
    return true;
  }
}

interface Held {
  readonly holder: string;
  readonly durationMs: number;
}

/** Giving a lease back is no change of hands; the next one who takes it makes one. */
function history(
  before: StoredLease | undefined,
  { holder }: Held,
  now: number,
): Pick<StoredLease, "transitions" | "acquiredAt"> {
  if (before === undefined) return { transitions: 0, acquiredAt: now };
  const { transitions, acquiredAt } = before;
  if (holder === "" || holder === before.holder) return { transitions, acquiredAt };
  return { transitions: transitions + 1, acquiredAt: now };
}
