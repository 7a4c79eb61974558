/**
 * Shares keys ("shards") among replicas. Each replica announces itself with a lease; who serves a shard follows from the
 * set of replicas that live (a "view") by rendezvous hashing. No two ever serve one shard at a time:
 *
 *   a replica comes or goes ─▶ new view ─▶ give up what the view takes away ─▶ wait until nothing of it is under way
 *     ─▶ announce the view ─▶ serve what it gives as soon as every other live replica has announced the same view
 *
 * What both the old and the new view give is served without a pause. A replica that dies without a word lives, for the
 * others, until its lease has certainly ended; one whose own lease has ended must not go on, but start anew.
 */
import type { Clock } from "../lib/clock.ts";
import { shortHash } from "../lib/hash.ts";
import type { Leases, StoredLease } from "../lib/lease.ts";
import { rendezvousOwner } from "../lib/rendezvous.ts";
import type { Logger } from "../telemetry/log.ts";
import { Faults, jittered, LEASE_TIMINGS, patience } from "./lease-calls.ts";
import { LeaseTerm, LeaseWatch } from "./lease-term.ts";
import type { Runnable } from "./manager.ts";

export interface ShardsOptions {
  readonly leases: Leases;
  /** Replicas of one group share. The name of a replica's own lease begins with it. */
  readonly group: string;
  /** Names this process and no other one, ever; fit for the name of a lease. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Resolves when no write is under way for a shard that is not `kept`. None begins meanwhile. */
  readonly drain: (kept: (shard: string) => boolean) => Promise<void>;
  /** Other shards are served from now on. */
  readonly onChange: () => void;
  /** Our own lease has ended: the process should end. Called once at most. */
  readonly onLost: () => void;
}

interface View {
  readonly members: readonly string[];
  /** What is announced: the same for the same members. */
  readonly digest: string;
  readonly owners: Map<string, string | undefined>;
}

const VIEW_NOTE = "view";

export class Shards implements Runnable {
  readonly name = "shards";
  readonly #options: ShardsOptions;
  readonly #term: LeaseTerm;
  readonly #watch: LeaseWatch;
  readonly #faults: Faults;
  readonly #stopping = new AbortController();
  /** From the last view that all have announced to the one that is being adopted: what every one of them gives is ours. */
  #views: View[] = [];
  /** The first of #views has been announced by all. */
  #isConfirmed = false;
  #own: StoredLease | undefined;
  /** Our own lease has ended, or is gone: the others may have gone on without us. */
  #isLost = false;
  /** When we began to serve a shard, in ms since the epoch. */
  readonly #since = new Map<string, number>();
  #working: Promise<void> = Promise.resolve();

  constructor(options: ShardsOptions) {
    this.#options = options;
    this.#term = new LeaseTerm(options.clock);
    this.#watch = new LeaseWatch(options.clock);
    this.#faults = new Faults(options.log, { replica: options.identity });
  }

  /**
   * Announces this replica; resolves when the others can see it. What it serves comes with `onChange`.
   * @throws {Error} when its lease has ended meanwhile: kept up, it would announce no view, and all would wait for one.
   */
  async start(signal: AbortSignal): Promise<void> {
    const { clock, group, identity } = this.#options;
    const either = AbortSignal.any([signal, this.#stopping.signal]);
    while (!(await this.#turn())) {
      if (this.#isLost)
        throw new Error(`the lease ${group}-${identity} ended while its replica was starting: start it anew`);
      await clock.sleep(this.#pause(), either);
    }
    this.#working = this.#work();
  }

  /** Gives everything up. The lease too, unless a write may be under way still: then it runs out. */
  async stop(force: AbortSignal): Promise<void> {
    this.#stopping.abort(new Error("stopping"));
    await this.#working;
    this.#views = [];
    if (this.#own !== undefined && this.#term.remainingMs > 0 && !force.aborted)
      await this.#announce("", "").catch((error: unknown) =>
        this.#faults.tell("the lease could not be given back", error),
      );
    this.#term.end();
  }

  /** May this process serve the shard now? */
  serves(shard: string): boolean {
    const serves =
      this.#isConfirmed &&
      this.#term.remainingMs > 0 &&
      this.#views.length > 0 &&
      this.#views.every((view) => this.#ownerIn(view, shard) === this.#options.identity);
    if (serves && !this.#since.has(shard)) this.#since.set(shard, this.#options.clock.now());
    return serves;
  }

  /** Since when this process serves the shard, in ms since the epoch; infinite when it does not. */
  since(shard: string): number {
    return this.serves(shard) ? (this.#since.get(shard) ?? 0) : Number.POSITIVE_INFINITY;
  }

  /** For how long nobody else can serve the shard, in ms; 0 when this process does not. */
  remainingMs(shard: string): number {
    return this.serves(shard) ? this.#term.remainingMs : 0;
  }

  /** The replicas of the latest view. */
  get members(): readonly string[] {
    return this.#views.at(-1)?.members ?? [];
  }

  async #work(): Promise<void> {
    const { clock, onLost, log, identity } = this.#options;
    while (!this.#stopping.signal.aborted) {
      await clock.sleep(this.#pause(), this.#stopping.signal).catch(() => {});
      if (this.#stopping.signal.aborted) return;
      await this.#turn();
      if (!this.#isLost && this.#term.ageMs < LEASE_TIMINGS.renewDeadlineMs) continue;
      this.#term.end();
      log.error({ replica: identity }, "the lease of this replica has ended: stopping");
      onLost();
      return;
    }
  }

  /** Renews, looks who is there, and adopts or confirms a view. False when there was no clear answer. */
  async #turn(): Promise<boolean> {
    const { leases, group, identity } = this.#options;
    try {
      // Before the look: of two that come together, one at least sees the other.
      if (!(await this.#announce(identity, this.#views.at(-1)?.digest ?? ""))) return false;
      const all = await leases.list(group, patience());
      const others = this.#watch.living(all.filter((lease) => lease.holder !== identity));
      await this.#adopt([identity, ...others.map((lease) => lease.holder)].toSorted());
      this.#confirm(others);
      await this.#tidy(all);
      this.#faults.over();
      return true;
    } catch (error) {
      this.#faults.tell("no clear answer about the replicas", error);
      return false;
    }
  }

  async #adopt(members: readonly string[]): Promise<void> {
    const { identity, drain, log, onChange } = this.#options;
    const view: View = { members, digest: shortHash(members.join("\n"), 32), owners: new Map() };
    if (view.digest === this.#views.at(-1)?.digest) return;
    log.info({ replica: identity, replicas: members.length }, "the set of replicas has changed");
    // From here on what the new view takes away is not served any more.
    this.#views = this.#isConfirmed ? [...this.#views, view] : [view];
    for (const shard of this.#since.keys()) if (!this.serves(shard)) this.#since.delete(shard);
    onChange();
    await drain((shard) => this.serves(shard));
    if (!(await this.#announce(identity, view.digest))) throw new Error("the view could not be announced");
  }

  #confirm(others: readonly StoredLease[]): void {
    const view = this.#views.at(-1);
    if (view === undefined || (this.#isConfirmed && this.#views.length === 1)) return;
    if (!others.every((lease) => lease.notes[VIEW_NOTE] === view.digest)) return;
    this.#views = [view];
    this.#isConfirmed = true;
    this.#options.log.info({ replicas: view.members.length }, "all replicas agree on who serves what");
    this.#options.onChange();
  }

  #ownerIn(view: View, shard: string): string | undefined {
    const known = view.owners.get(shard);
    if (known !== undefined) return known;
    const owner = rendezvousOwner(view.members, shard);
    view.owners.set(shard, owner);
    return owner;
  }

  async #announce(holder: string, digest: string): Promise<boolean> {
    const { leases, group, identity, clock } = this.#options;
    const count = this.#term.begin(LEASE_TIMINGS.durationMs);
    const written = await leases.write(
      {
        name: `${group}-${identity}`,
        holder,
        durationMs: LEASE_TIMINGS.durationMs,
        transitions: 0,
        acquiredAt: this.#own?.acquiredAt ?? clock.now(),
        notes: { [VIEW_NOTE]: digest },
      },
      { version: this.#own?.version, group, signal: patience() },
    );
    if (written === undefined) {
      await this.#reread();
      return false;
    }
    // Written, but so late that others may have gone on without us in between.
    this.#isLost ||= this.#own !== undefined && this.#term.remainingMs === 0;
    this.#own = written;
    if (holder !== "" && !this.#isLost) count();
    return !this.#isLost;
  }

  /** A renewal whose answer was lost, or somebody's edit. Deleted, it is not ours any more. */
  async #reread(): Promise<void> {
    const { leases, group, identity } = this.#options;
    const found = await leases.get(`${group}-${identity}`, patience());
    if (found?.holder === identity) this.#own = found;
    else this.#isLost = this.#own !== undefined;
  }

  /** Leases of replicas that have long gone. */
  async #tidy(all: readonly StoredLease[]): Promise<void> {
    const { identity } = this.#options;
    const gone = all.find((lease) => lease.holder !== identity && this.#watch.isForgotten(lease));
    if (gone !== undefined) await this.#options.leases.remove(gone);
  }

  #pause(): number {
    return jittered(LEASE_TIMINGS.retryMs, this.#options.random);
  }
}
