/** Looking again at what Twilio is working on: by GET for each, or by one listing of the numbers, whichever is fewer calls. */
import type { Clock } from "../lib/clock.ts";
import { equal } from "../lib/equal.ts";
import type { Look } from "../plan/step.ts";
import type { AccountEntry } from "./accounts.ts";

export interface PollOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** Looks at one thing and spreads what changed. */
  readonly look: (entry: AccountEntry, look: Look) => Promise<void>;
  /** Lists all numbers of the account and spreads what changed. */
  readonly listNumbers: (entry: AccountEntry) => Promise<void>;
}

interface Poll {
  readonly entry: AccountEntry;
  readonly look: Look;
  dueAt: number;
}

const PAGE = 1000;

export class Poller {
  readonly #options: PollOptions;
  readonly #polls = new Map<string, Poll>();
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(options: PollOptions) {
    this.#options = options;
  }

  /** What the latest plan of this key wants looked at, or undefined: the polling of a key ends with its need. */
  set(key: string, entry: AccountEntry, look: Look | undefined): void {
    const known = this.#polls.get(key);
    if (look === undefined) {
      this.#polls.delete(key);
      return;
    }
    if (known !== undefined && known.entry === entry && equal(known.look, look)) return;
    this.#polls.set(key, { entry, look, dueAt: this.#options.clock.now() + this.#options.intervalMs });
    this.#arm();
  }

  drop(key: string): void {
    this.#polls.delete(key);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #arm(): void {
    if (this.#stopped || this.#cancel !== undefined || this.#polls.size === 0) return;
    const first = Math.min(...[...this.#polls.values()].map((poll) => poll.dueAt));
    // Together with those that are due soon: one listing may serve them all.
    const wait = Math.max(first - this.#options.clock.now(), this.#options.intervalMs / 10);
    this.#cancel = this.#options.clock.after(wait, () => void this.#tick());
  }

  async #tick(): Promise<void> {
    const now = this.#options.clock.now();
    const due = [...this.#polls.values()].filter((poll) => poll.dueAt <= now);
    const byAccount = Map.groupBy(due, (poll) => poll.entry);
    await Promise.all([...byAccount].map(([entry, polls]) => this.#pollAccount(entry, polls)));
    const next = this.#options.clock.now() + this.#options.intervalMs;
    for (const poll of due) poll.dueAt = next;
    this.#cancel = undefined;
    this.#arm();
  }

  async #pollAccount(entry: AccountEntry, polls: readonly Poll[]): Promise<void> {
    const numbers = polls.filter((poll) => poll.look.type === "GetNumber");
    const pages = Math.ceil(entry.shared.snapshot.numberCount / PAGE);
    const single = numbers.length > pages ? polls.filter((poll) => poll.look.type !== "GetNumber") : polls;
    const listing = single.length < polls.length ? [this.#options.listNumbers(entry)] : [];
    await Promise.all([...listing, ...single.map((poll) => this.#options.look(entry, poll.look))]);
  }
}
