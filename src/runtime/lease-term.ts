/** How long leases last, ours and those of others, by clocks that may be wrong. */
import type { Clock } from "../lib/clock.ts";
import type { StoredLease } from "../lib/lease.ts";

const FORGOTTEN_AFTER_MS = 60_000;

/**
 * How long a lease that we renewed is still ours. Counted from before the renewal was sent, by two clocks of which the
 * faster counts: one that was set back and one that stood still while the machine slept must not make the lease longer.
 */
export class LeaseTerm {
  readonly #clock: Clock;
  #began: { readonly wall: number; readonly uptime: number; readonly durationMs: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be called right before a renewal is sent; the result makes it count. */
  begin(durationMs: number): () => void {
    const began = { wall: this.#clock.now(), uptime: this.#clock.uptime(), durationMs };
    return () => {
      this.#began = began;
    };
  }

  end(): void {
    this.#began = undefined;
  }

  /** Since the last renewal that counts, in ms; infinite without one. */
  get ageMs(): number {
    if (this.#began === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(this.#clock.now() - this.#began.wall, this.#clock.uptime() - this.#began.uptime);
  }

  /** In ms, 0 when it is over or never began. */
  get remainingMs(): number {
    return this.#began === undefined ? 0 : Math.max(0, this.#began.durationMs - this.ageMs);
  }
}

/** Leases of others: how long each has stood without a change, by our own clock only. */
export class LeaseWatch {
  readonly #clock: Clock;
  readonly #seen = new Map<string, { readonly lease: StoredLease; readonly at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes note of what was read just now. True when its holder has certainly lost it. */
  isOver(lease: StoredLease): boolean {
    return lease.holder === "" || this.#note(lease) > lease.durationMs;
  }

  /**
   * Takes note of all leases there are now. Those that may still be held, the ones among them that somebody has deleted
   * included: their holders do not know yet.
   */
  living(leases: readonly StoredLease[]): readonly StoredLease[] {
    for (const lease of leases) this.#note(lease);
    const living = [...this.#seen.values()].map(({ lease }) => lease).filter((lease) => !this.isOver(lease));
    const kept = new Set([...leases, ...living].map((lease) => lease.name));
    for (const name of this.#seen.keys()) if (!kept.has(name)) this.#seen.delete(name);
    return living;
  }

  /** For how long we have seen it unchanged, in ms. */
  #note(lease: StoredLease): number {
    const now = this.#clock.uptime();
    const known = this.#seen.get(lease.name);
    if (known?.lease.version === lease.version) return now - known.at;
    this.#seen.set(lease.name, { lease, at: now });
    return 0;
  }

  /** Nobody holds it, and nobody has for so long that no one waits for its end any more. */
  isForgotten(lease: StoredLease): boolean {
    return this.#note(lease) > FORGOTTEN_AFTER_MS;
  }
}
