/** Leader election on one lease: who holds it does the work, the others stand by with everything ready. */
import type { Clock } from "../lib/clock.ts";
import type { Leases, StoredLease } from "../lib/lease.ts";
import type { Logger } from "../telemetry/log.ts";
import { LeaseTerm, LeaseWatch } from "./lease-term.ts";
import type { Runnable } from "./manager.ts";

/** In ms; Kubernetes' own components use the same. */
export const LEASE_TIMINGS = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 } as const;
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
  readonly #stopping = new AbortController();
  #lease: StoredLease | undefined;
  #since: number | undefined;
  #renewing: Promise<void> = Promise.resolve();
  #warned = "";

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#term = new LeaseTerm(options.clock);
    this.#watch = new LeaseWatch(options.clock);
  }

  /** Resolves when this process leads. */
  async start(signal: AbortSignal): Promise<void> {
    const { clock, log, name, identity } = this.#options;
    const either = AbortSignal.any([signal, this.#stopping.signal]);
    log.info({ lease: name, identity }, "waiting for leadership");
    while (!(await this.#attemptOnce())) await clock.sleep(this.#jittered(STANDBY_MS), either);
    this.#since = clock.now();
    log.info({ lease: name, identity }, "leading");
    this.#renewing = this.#renewUntilStopped();
  }

  /** Gives the lease back, so that another can take over at once. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error("stopping"));
    await this.#renewing;
    if (this.#lease?.holder !== this.#options.identity || this.#term.remainingMs === 0) return;
    this.#term.end();
    await this.#write({ holder: "", durationMs: 1_000 }).catch((error: unknown) =>
      this.#warn("the lease could not be given back", error),
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
      const lease = await leases.get(name, this.#patience());
      if (lease !== undefined && lease.holder !== identity && !this.#watch.isOver(lease)) return false;
      this.#lease = lease;
      return await this.#write({ holder: identity, durationMs: LEASE_TIMINGS.durationMs });
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#warn("the lease cannot be read or taken", error);
      return false;
    }
  }

  async #renewUntilStopped(): Promise<void> {
    const { clock, onLost, log, name } = this.#options;
    while (!this.#stopping.signal.aborted) {
      await clock.sleep(this.#jittered(LEASE_TIMINGS.retryMs), this.#stopping.signal).catch(() => {});
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
      if (await this.#write(mine)) return true;
      // A renewal of our own whose answer was lost, an edit by hand, or another holder.
      this.#lease = await leases.get(name, this.#patience());
      if (this.#lease !== undefined && this.#lease.holder !== identity) return false;
      await this.#write(mine);
    } catch (error) {
      this.#warn("the lease could not be renewed", error);
    }
    return true;
  }

  async #write(given: Held): Promise<boolean> {
    const { leases, name, clock } = this.#options;
    const before = this.#lease;
    const count = this.#term.begin(given.durationMs);
    const written = await leases.write(
      { name, notes: {}, ...given, ...history(before, given, clock.now()) },
      { version: before?.version, signal: this.#patience() },
    );
    if (written === undefined) return false;
    this.#lease = written;
    if (given.holder !== "") count();
    return true;
  }

  /** No call may take so long that the deadline passes while it hangs. */
  #patience(): AbortSignal {
    return AbortSignal.timeout(LEASE_TIMINGS.renewDeadlineMs / 2);
  }

  #jittered(ms: number): number {
    return ms * (0.9 + 0.2 * this.#options.random());
  }

  #warn(what: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    // The same fault every two seconds is one fault.
    const level = reason === this.#warned ? "debug" : "warn";
    this.#warned = reason;
    this.#options.log[level]({ lease: this.#options.name, reason }, what);
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
