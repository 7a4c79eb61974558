/**
 * Listing the accounts: one listing serves all objects of an account. It is made at the account's interval, at once for
 * an account that is new or whose Secret has changed, and whenever a plan asks for one.
 */
import type { Clock } from "../lib/clock.ts";
import { fullJitter, type BackoffRange } from "../lib/backoff.ts";
import type { Logger } from "../telemetry/log.ts";
import { isRefusal } from "../twilio/errors.ts";
import type { Failure } from "../twilio/types.ts";
import type { AccountEntry } from "./accounts.ts";
import type { Changes } from "../twilio/snapshot.ts";

export interface SweepOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly intervalOf: (entry: AccountEntry) => number;
  /** Nothing has been seen of the account for so long that its objects no longer say what is true. */
  readonly isStale: (entry: AccountEntry) => boolean;
  /** Rejected credentials are tried again this often, in ms. */
  readonly probeIntervalMs: number;
  /** Pauses after listings that failed, in ms. */
  readonly backoff: BackoffRange;
  /** What a listing has changed. `news`: beyond that the account itself is not as it was. */
  readonly onListed: (entry: AccountEntry, changes: Changes, news: boolean) => void;
  /** `news`: it did not fail in this way the last time. */
  readonly onFailed: (entry: AccountEntry, news: boolean) => void;
}

/** Accounts that are listed by themselves at the same time; a plan that asks for a listing does not wait. */
const MOST_AT_A_TIME = 16;

interface Plan {
  cancel: () => void;
  failures: number;
  running: Promise<Failure | undefined> | undefined;
  /** It is its turn, but for the accounts that are being listed. */
  queued: boolean;
}

export class Sweeper {
  readonly #options: SweepOptions;
  readonly #plans = new Map<AccountEntry, Plan>();
  #stopped = false;
  #ticking = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: SweepOptions) {
    this.#options = options;
  }

  /** Lists the account as soon as may be, and from then on at its interval. */
  begin(entry: AccountEntry): void {
    const plan = this.#plans.get(entry) ?? newPlan();
    this.#plans.set(entry, plan);
    plan.failures = 0;
    this.#schedule(entry, plan, 0);
  }

  end(entry: AccountEntry): void {
    this.#plans.get(entry)?.cancel();
    this.#plans.delete(entry);
  }

  stop(): void {
    this.#stopped = true;
    for (const plan of this.#plans.values()) plan.cancel();
  }

  /**
   * A complete listing that begins now or later than this call. Resolves with the failure, if there was one. Callers
   * that ask while one is running wait for the next, which they share. A pass may still ask for an account that has ended:
   * nothing follows from that.
   */
  async list(entry: AccountEntry): Promise<Failure | undefined> {
    const plan = this.#plans.get(entry) ?? newPlan();
    if (plan.running !== undefined) await plan.running;
    plan.running ??= this.#list(entry, plan).finally(() => {
      plan.running = undefined;
    });
    return plan.running;
  }

  #schedule(entry: AccountEntry, plan: Plan, ms: number): void {
    plan.cancel();
    if (this.#stopped || this.#plans.get(entry) !== plan) return;
    plan.cancel = this.#options.clock.after(ms, () => void this.#tick(entry, plan));
  }

  /** So many at a time: a thousand accounts are not listed at once at a start, nor when their parent's token changes. */
  async #tick(entry: AccountEntry, plan: Plan): Promise<void> {
    if (plan.queued) return;
    plan.queued = true;
    if (this.#ticking >= MOST_AT_A_TIME) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#ticking += 1;
    plan.queued = false;
    try {
      if (!this.#stopped && this.#plans.get(entry) === plan) await this.#sweep(entry, plan);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#ticking -= 1;
      else next();
    }
  }

  async #sweep(entry: AccountEntry, plan: Plan): Promise<void> {
    const { client } = entry;
    if (client === undefined) return;
    const isRejected = entry.credentials.kind === "rejected";
    if (isRejected && !(await this.#probe(entry))) {
      if (entry.client !== client) return;
      this.#schedule(entry, plan, this.#options.probeIntervalMs);
      return;
    }
    const failure = await this.list(entry);
    // New credentials have a listing of their own on the way; none have nothing to list with.
    if (entry.client !== client) return;
    this.#schedule(entry, plan, this.#pause(entry, plan, failure));
  }

  #pause(entry: AccountEntry, plan: Plan, failure: Failure | undefined): number {
    if (failure === undefined) return this.#jittered(this.#options.intervalOf(entry));
    if (entry.credentials.kind === "rejected") return this.#options.probeIntervalMs;
    return fullJitter(plan.failures, this.#options.random, this.#options.backoff);
  }

  /** Many accounts must not be listed in the same second for ever. */
  #jittered(ms: number): number {
    return ms * (0.95 + 0.1 * this.#options.random());
  }

  async #probe(entry: AccountEntry): Promise<boolean> {
    const { client } = entry;
    const answer = await client?.probe();
    if (answer === undefined || !answer.ok || entry.client !== client) return false;
    entry.credentials = { kind: "unchecked" };
    return true;
  }

  async #list(entry: AccountEntry, plan: Plan): Promise<Failure | undefined> {
    const { client, shared } = entry;
    if (client === undefined) return undefined;
    const [numbers, addresses, domains] = await Promise.all([
      client.listNumbers(),
      client.listAddresses(),
      client.listDomains(),
    ]);
    // The Secret has changed meanwhile: what the old credentials could see says nothing of those that are there now.
    if (entry.client !== client) return undefined;
    if (!numbers.ok || !addresses.ok || !domains.ok) {
      const failed = [numbers, addresses, domains].find((answer) => !answer.ok);
      return this.#failed(entry, plan, failed as { readonly failure: Failure });
    }
    const startedAt = Math.min(numbers.startedAt, addresses.startedAt, domains.startedAt);
    const changes = shared.snapshot.mergeListing({
      numbers: numbers.value,
      addresses: addresses.value,
      domains: domains.value,
      startedAt,
    });
    const first = !entry.listed && shared.snapshot.listedAt !== undefined;
    const healed = this.#isUnwell(entry);
    plan.failures = 0;
    entry.listed ||= first;
    entry.credentials = { kind: "ok" };
    entry.lastFailure = undefined;
    shared.lastSuccessAt = startedAt;
    this.#options.onListed(entry, changes, first || healed);
    return undefined;
  }

  /** Stale without a failure too: the machine may have been suspended, and the clock have gone on. */
  #isUnwell(entry: AccountEntry): boolean {
    const isAtFault = entry.credentials.kind !== "ok" || entry.lastFailure !== undefined;
    return isAtFault || this.#options.isStale(entry);
  }

  async #failed(
    entry: AccountEntry,
    plan: Plan,
    { failure }: { readonly failure: Failure },
  ): Promise<Failure> {
    plan.failures += 1;
    const isNews = entry.lastFailure?.kind !== failure.kind;
    entry.lastFailure = failure;
    if (await this.#isLockedOut(entry, failure)) {
      entry.credentials = { kind: "rejected", failure };
      this.#schedule(entry, plan, this.#options.probeIntervalMs);
    }
    const { namespace, name } = entry.object.metadata;
    const { kind, code, requestId, httpStatus } = failure;
    this.#options.log.warn(
      { account: `${namespace}/${name}`, kind, code, requestId, httpStatus },
      "listing the account failed",
    );
    this.#options.onFailed(entry, isNews);
    return failure;
  }

  /**
   * A listing is not sent only while the circuit is open. 403 on a listing may be a missing permission; a probe that is
   * refused too means that nothing works.
   */
  async #isLockedOut(entry: AccountEntry, { kind }: Failure): Promise<boolean> {
    if (kind !== "forbidden") return kind === "unauthorized" || kind === "notSent";
    const answer = await entry.client?.probe();
    return answer?.ok === false && isRefusal(answer.failure);
  }
}

function newPlan(): Plan {
  return { cancel: () => {}, failures: 0, running: undefined, queued: false };
}
