/**
 * Looking again at what Twilio is working on. The first look comes at the delay learned for this account, later ones in
 * widening steps up to the polling interval; by GET for each number, or by one listing of the numbers for all that are
 * due soon, whichever is fewer calls. A number that our own change has left unprotected waits for nobody.
 */
import type { Managed } from "../api/objects.ts";
import type { Reason } from "../api/reasons.ts";
import { Buckets } from "../lib/buckets.ts";
import type { Clock } from "../lib/clock.ts";
import { equal } from "../lib/equal.ts";
import type { NamedRuling } from "../plan/rule.ts";
import type { Look } from "../plan/step.ts";
import { Heap, type Heaped } from "../runtime/heap.ts";
import type { Changes } from "../twilio/snapshot.ts";
import type { AccountEntry } from "./accounts.ts";
import { LearnedDelay } from "./learned-delay.ts";

export interface PollOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  /** How long the status of a number may be held back: a listing that serves many comes before that is over. */
  readonly holdMs: number;
  /** Looks at one thing and spreads what changed. */
  readonly look: (entry: AccountEntry, wish: PollWish) => Promise<void>;
  /** Lists all numbers of the account and spreads what changed. */
  readonly listNumbers: (entry: AccountEntry) => Promise<void>;
}

/** What a plan wants looked at again. */
export interface PollWish {
  readonly look: Look;
  /** What Twilio is doing, whose time can be learned; absent: looked at in the polling interval. */
  readonly work?: "registration" | "unregistration";
  /** The number lost its protection by a step of ours. */
  readonly urgent: boolean;
}

const WORK: Readonly<Partial<Record<Reason, PollWish["work"]>>> = {
  PendingRegistration: "registration",
  PendingUnregistration: "unregistration",
};

/** What the ruling on an object wants looked at again. */
export function wishOf(object: Managed, { poll, reason }: NamedRuling): PollWish | undefined {
  if (poll === undefined) return undefined;
  const work = WORK[reason];
  const urgent = object.kind === "PhoneNumberBinding" && object.status?.operation !== undefined;
  return { look: poll, urgent, ...(work === undefined ? {} : { work }) };
}

interface Poll extends Heaped {
  readonly key: string;
  readonly wish: PollWish;
  /** Since when Twilio works on it, by our own knowledge. */
  readonly since: number;
  dueAt: number;
  /** Looks that came too early. */
  looks: number;
  /** Beginning of the look that is under way. */
  lookingSince: number | undefined;
}

const PAGE = 1000;
/** Until a listing has shown how long a page takes. */
const PAGE_MS = 60;
const FIRST_LOOK: { readonly leastMs: number; readonly startMs: number } = { leastMs: 50, startMs: 1_000 };
/** The second look comes after so much more of the time that has gone by; each step is wider than the one before. */
const STEP = { urgent: 0.03, usual: 0.1 } as const;
const WIDER = 1.5;
const LEAST_STEP_MS = 30;
/** What a listing brings must still be written before the held status is due. */
const MARGIN_MS = 100;

export class Poller {
  readonly #options: PollOptions;
  readonly #lines = new Map<AccountEntry, PollLine>();
  readonly #entries = new Map<string, AccountEntry>();
  #stopped = false;

  constructor(options: PollOptions) {
    this.#options = options;
  }

  /** What the latest plan of this key wants looked at, or undefined: the polling of a key ends with its need. */
  set(key: string, entry: AccountEntry, wish: PollWish | undefined): void {
    if (this.#entries.get(key) !== entry) this.drop(key);
    if (wish === undefined || this.#stopped) {
      this.drop(key);
      return;
    }
    const line = this.#lines.get(entry) ?? new PollLine(this.#options, entry);
    this.#lines.set(entry, line);
    this.#entries.set(key, entry);
    line.set(key, wish);
  }

  drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#lines.get(entry)?.drop(key);
  }

  /** Nobody polls for it any more: its object is gone, or another process serves it. */
  end(entry: AccountEntry): void {
    for (const [key, owner] of this.#entries) if (owner === entry) this.drop(key);
    this.#lines.get(entry)?.stop();
    this.#lines.delete(entry);
  }

  /** These things at Twilio are not as they were: their objects are planned again, and say what they want then. */
  changed(accountSid: string, changes: Changes): void {
    for (const [entry, line] of this.#lines)
      if (entry.shared.accountSid === accountSid) line.changed(changes);
  }

  stop(): void {
    this.#stopped = true;
    for (const line of this.#lines.values()) line.stop();
    this.#lines.clear();
  }
}

/** The polls of one account. */
class PollLine {
  readonly #options: PollOptions;
  readonly #entry: AccountEntry;
  readonly #polls = new Map<string, Poll>();
  readonly #bySid = new Buckets<Poll>();
  readonly #due = new Heap<Poll>((a, b) => a.dueAt < b.dueAt);
  readonly #delays = new Map<string, LearnedDelay>();
  #cancel: (() => void) | undefined;
  #armedFor = Number.POSITIVE_INFINITY;
  /** A listing is planned for then, or is under way (infinity): those that it serves wait for it. */
  #listingAt = 0;
  /** How long a listing of the numbers takes, in ms. */
  #listingMs: number | undefined;

  constructor(options: PollOptions, entry: AccountEntry) {
    this.#options = options;
    this.#entry = entry;
  }

  set(key: string, wish: PollWish): void {
    const known = this.#polls.get(key);
    if (known !== undefined && equal(known.wish, wish)) return;
    this.drop(key);
    const now = this.#options.clock.now();
    const first = this.#delayOf(wish)?.ms ?? this.#options.intervalMs;
    const poll: Poll = {
      ...{ key, wish, since: now, dueAt: now + first, looks: 0 },
      ...{ lookingSince: undefined, heapIndex: -1 },
    };
    this.#polls.set(key, poll);
    if (wish.look.type === "GetNumber") this.#bySid.add(wish.look.sid, poll);
    this.#due.push(poll);
    this.#arm(this.#nextOf(poll));
  }

  drop(key: string): void {
    const poll = this.#polls.get(key);
    if (poll === undefined) return;
    this.#polls.delete(key);
    this.#due.remove(poll);
    if (poll.wish.look.type === "GetNumber") this.#bySid.remove(poll.wish.look.sid, poll);
  }

  changed(changes: Changes): void {
    if (this.#polls.size === 0) return;
    for (const sid of changes) {
      for (const poll of this.#bySid.get(sid)) {
        const began = poll.lookingSince ?? this.#options.clock.now();
        this.#delayOf(poll.wish)?.ended(began - poll.since, poll.looks);
        this.drop(poll.key);
      }
    }
  }

  /** Leaves nothing that is due: a listing that is under way would arm for it when it ends. */
  stop(): void {
    this.#cancel?.();
    for (const key of [...this.#polls.keys()]) this.drop(key);
  }

  #delayOf({ work }: PollWish): LearnedDelay | undefined {
    if (work === undefined) return undefined;
    const known = this.#delays.get(work);
    if (known !== undefined) return known;
    const { leastMs, startMs } = FIRST_LOOK;
    const delay = new LearnedDelay({ leastMs, startMs, mostMs: this.#options.intervalMs });
    this.#delays.set(work, delay);
    return delay;
  }

  #nextOf(poll: Poll): number {
    return isListable(poll) ? Math.max(poll.dueAt, this.#listingAt) : poll.dueAt;
  }

  #arm(at: number): void {
    if (at >= this.#armedFor) return;
    this.#cancel?.();
    this.#armedFor = at;
    this.#cancel = this.#options.clock.after(Math.max(0, at - this.#options.clock.now()), () => {
      this.#armedFor = Number.POSITIVE_INFINITY;
      this.#tick();
    });
  }

  /** One look for each that is due, unless one listing costs less: then that waits for as many as may be served. */
  #tick(): void {
    const now = this.#options.clock.now();
    if (this.#listingAt !== Number.POSITIVE_INFINITY) this.#decide(now);
    for (const poll of [...this.#due]) {
      if (this.#nextOf(poll) > now) continue;
      this.#due.remove(poll);
      void this.#look(poll);
    }
    this.#armNext();
  }

  /** Is a listing cheaper than the looks that are due until its latest beginning? */
  #decide(now: number): void {
    this.#listingAt = 0;
    const listable = [...this.#due].filter(isListable);
    if (!listable.some((poll) => poll.dueAt <= now)) return;
    const latest = listable.reduce((at, poll) => Math.min(at, this.#latestListing(poll)), Infinity);
    const listAt = Math.max(now, latest);
    if (listable.filter((poll) => poll.dueAt <= listAt).length <= this.#pages) return;
    this.#listingAt = listAt;
    if (now >= listAt) void this.#list();
  }

  get #pages(): number {
    return Math.max(1, Math.ceil(this.#entry.shared.snapshot.numberCount / PAGE));
  }

  #armNext(): void {
    let at = Number.POSITIVE_INFINITY;
    for (const poll of this.#due) at = Math.min(at, this.#nextOf(poll));
    this.#arm(at);
  }

  /** The latest beginning of a listing that still brings in time what is held back; else a little later than due. */
  #latestListing({ dueAt, since }: Poll): number {
    const { holdMs, intervalMs } = this.#options;
    const inTime = since + holdMs - (this.#listingMs ?? this.#pages * PAGE_MS) - MARGIN_MS;
    return Math.max(inTime, dueAt + (dueAt < since + holdMs ? 0 : intervalMs / 10));
  }

  async #look(poll: Poll): Promise<void> {
    poll.lookingSince = this.#options.clock.now();
    await this.#options.look(this.#entry, poll.wish);
    this.#again(poll);
  }

  async #list(): Promise<void> {
    const { clock } = this.#options;
    const began = clock.now();
    const polls = [...this.#polls.values()].filter(
      (poll) => isListable(poll) && poll.lookingSince === undefined,
    );
    for (const poll of polls) poll.lookingSince = began;
    this.#listingAt = Number.POSITIVE_INFINITY;
    await this.#options.listNumbers(this.#entry);
    this.#listingAt = 0;
    const took = clock.now() - began;
    this.#listingMs = ((this.#listingMs ?? took) + took) / 2;
    for (const poll of polls) this.#again(poll, poll.looks > 0 || poll.dueAt <= began);
    this.#armNext();
  }

  /** Nothing new was seen: again after a wider step. */
  #again(poll: Poll, wasDue = true): void {
    poll.lookingSince = undefined;
    if (this.#polls.get(poll.key) !== poll || !wasDue) return;
    const now = this.#options.clock.now();
    const { urgent, work } = poll.wish;
    const part = (urgent ? STEP.urgent : STEP.usual) * WIDER ** poll.looks;
    const step = work === undefined ? this.#options.intervalMs : (now - poll.since) * part;
    poll.looks += 1;
    this.#due.remove(poll);
    poll.dueAt = now + Math.min(this.#options.intervalMs, Math.max(LEAST_STEP_MS, step));
    this.#due.push(poll);
    this.#arm(this.#nextOf(poll));
  }
}

function isListable({ wish }: Poll): boolean {
  return wish.look.type === "GetNumber" && !wish.urgent;
}
