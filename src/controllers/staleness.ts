/** Freshness runs on a timer: without a listing an account's objects are looked at when what they say is too old. */
import type { Clock } from "../lib/clock.ts";
import type { AccountEntry, Accounts } from "./accounts.ts";

const MARGIN_MS = 200;

export interface StalenessOptions {
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly onStale: (entry: AccountEntry) => void;
}

export class Staleness {
  readonly #options: StalenessOptions;
  readonly #cancels = new Map<AccountEntry, () => void>();

  constructor(options: StalenessOptions) {
    this.#options = options;
  }

  /** To be called after every observation, and when what the account says of it has changed. */
  arm(entry: AccountEntry): void {
    const { clock, accounts, onStale } = this.#options;
    this.end(entry);
    const observedAt = accounts.lastSuccessOf(entry);
    if (observedAt === undefined) return;
    const left = Math.max(0, observedAt + accounts.maxStalenessOf(entry.object) - clock.now());
    this.#cancels.set(
      entry,
      clock.after(left + MARGIN_MS, () => onStale(entry)),
    );
  }

  end(entry: AccountEntry): void {
    this.#cancels.get(entry)?.();
    this.#cancels.delete(entry);
  }

  stop(): void {
    for (const cancel of this.#cancels.values()) cancel();
  }
}
