/** The controllers of one process, wired: objects in, keys queued, passes made, accounts listed and polled. */
import { KINDS } from "../api/names.ts";
import { keyOf, type AnyObject, type TwilioAccount } from "../api/objects.ts";
import type { BackoffRange } from "../lib/backoff.ts";
import type { Clock } from "../lib/clock.ts";
import { accountName } from "../plan/policy.ts";
import type { NamedRuling } from "../plan/rule.ts";
import type { Timings } from "../plan/timings.ts";
import type { Result } from "../runtime/controller.ts";
import type { WorkQueue } from "../runtime/queue.ts";
import type { Logger } from "../telemetry/log.ts";
import type { Changes } from "../twilio/snapshot.ts";
import { Accounts, type AccountEntry, type AccountsOptions } from "./accounts.ts";
import { BudgetLine, endsRecord } from "./budget-line.ts";
import type { Context } from "./context.ts";
import type { SecretSource } from "./credentials.ts";
import { FirstServed } from "./first-served.ts";
import { LANE } from "./lanes.ts";
import { listNumbers, lookOnce } from "./looks.ts";
import { ProcessMemory } from "./process-memory.ts";
import type { ObjectIndex } from "./object-index.ts";
import type { ChangeKind, ObjectSource } from "./objects.ts";
import { Poller, wishOf } from "./poll-transitions.ts";
import { reconcile } from "./reconcile.ts";
import { Resync } from "./resync.ts";
import { Staleness } from "./staleness.ts";
import { Sweeper } from "./sweep.ts";
import { shardOf, type Tenure } from "./shard.ts";
import { keysForChanges, keysForObject } from "./watches.ts";

export interface OperatorOptions {
  readonly source: ObjectSource & { readonly objects: ObjectIndex };
  readonly secrets: SecretSource;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Context["metrics"];
  readonly timings: Timings;
  readonly ownerId: string;
  readonly dryRun: boolean;
  readonly sweepIntervalMs: number;
  readonly pendingPollIntervalMs: number;
  readonly probeIntervalMs: number;
  readonly holdMs: number;
  /** Pauses after listings that failed, in ms. */
  readonly backoff: BackoffRange;
  readonly tenure: Tenure;
  readonly connect: AccountsOptions["connect"];
  readonly extras?: Pick<Context, "commandLine" | "onWrite" | "audited">;
}

/** A pass for the account's counts at most this often. */
const COVERAGE_PAUSE_MS = 1_000;

export class Operator {
  readonly #options: OperatorOptions;
  readonly #accounts: Accounts;
  readonly #context: Context;
  readonly #sweeper: Sweeper;
  readonly #poller: Poller;
  readonly #line = new BudgetLine();
  readonly #first = new FirstServed();
  readonly #staleness: Staleness;
  readonly #resync: Resync;
  /** Ends the watch of an account's Secret. */
  readonly #unwatch = new Map<AccountEntry, () => void>();
  /** Sids of the accounts that this process serves now. */
  readonly #served = new Set<string>();
  #running = false;

  constructor(options: OperatorOptions) {
    const { source, clock, log, random, metrics, timings, holdMs, ownerId, dryRun, tenure } = options;
    this.#options = options;
    this.#accounts = new Accounts({
      clock,
      sweepIntervalMs: options.sweepIntervalMs,
      connect: options.connect,
    });
    this.#staleness = new Staleness({
      clock,
      accounts: this.#accounts,
      onStale: (entry) => this.#accountNews(entry),
    });
    this.#resync = new Resync(clock);
    this.#sweeper = new Sweeper({
      clock,
      random,
      log,
      intervalOf: (entry) => this.#accounts.sweepIntervalOf(entry.object),
      isStale: (entry) => this.#accounts.isStale(entry),
      probeIntervalMs: options.probeIntervalMs,
      backoff: options.backoff,
      onListed: (entry, changes, news) => this.#listed(entry, changes, news),
      onFailed: (entry, news) => this.#tried(entry, news),
    });
    this.#context = {
      ...{ source, clock, log, metrics, timings, holdMs, ownerId, dryRun, tenure },
      ...options.extras,
      accounts: this.#accounts,
      memory: new ProcessMemory(),
      list: (entry) => this.#sweeper.list(entry),
      rejected: (entry) => {
        if (!this.#accounts.has(entry)) return;
        this.#sweeper.begin(entry);
        this.#accountNews(entry);
      },
      spread: (sid, changes) => this.#spread(sid, changes, LANE.observed),
    };
    this.#poller = new Poller({
      clock,
      intervalMs: options.pendingPollIntervalMs,
      holdMs: options.holdMs,
      look: async (entry, { look }) => void (await lookOnce(this.#context, entry, look)),
      listNumbers: async (entry) => void (await listNumbers(this.#context, entry)),
    });
  }

  /** All objects that are there are looked at; from now on changes are acted upon. */
  start(): void {
    this.#running = true;
    for (const kind of KINDS)
      for (const object of this.#options.source.all(kind)) this.changed(object, undefined, "other");
  }

  stop(): void {
    this.#running = false;
    this.#sweeper.stop();
    this.#poller.stop();
    this.#staleness.stop();
  }

  /** This process serves other accounts than before. */
  tenureChanged(): void {
    if (!this.#running) return;
    const { tenure, source, queue } = this.#options;
    for (const sid of new Set(this.#accounts.entries().map((entry) => entry.shared.accountSid))) {
      if (tenure.serves(sid) !== this.#served.has(sid)) this.#changeService(sid);
    }
    for (const object of KINDS.flatMap((kind) => [...source.all(kind)])) {
      const shard = shardOf(source.objects, object);
      if (!this.#served.has(shard) && tenure.serves(shard)) queue.add(keyOf(object), LANE.change);
    }
  }

  /** What another process did meanwhile is not in our snapshot: it starts anew. */
  #changeService(sid: string): void {
    for (const entry of this.#accounts.entriesOf(sid)) this.#endAccount(entry);
    this.#line.drop(sid);
    this.#accounts.startOver(sid);
    if (this.#served.delete(sid)) return;
    for (const entry of this.#accounts.entriesOf(sid)) this.#openAccount(entry);
  }

  /** For those who count and watch; changed only here. */
  get accounts(): Accounts {
    return this.#accounts;
  }

  get isRunning(): boolean {
    return this.#running;
  }

  /** Does this process work for the shard now? */
  serves(shard: string): boolean {
    return this.#running && this.#options.tenure.serves(shard);
  }

  /** One pass over one key. */
  reconcile(key: string): Promise<Result> {
    return reconcile(
      { context: this.#context, onRuling: (object, ruling) => this.#ruled(object, ruling) },
      key,
    );
  }

  /** Has this number lost its protection by a step of ours? */
  isUnprotected(numberSid: string): boolean {
    return this.#first.hasNumber(numberSid);
  }

  /** An object came, changed or went. */
  changed(object: AnyObject, previous: AnyObject | undefined, by: ChangeKind): void {
    if (!this.#running) return;
    if (object.kind === "TwilioAccount") this.#accountChanged(object, by === "gone");
    if (by === "gone") this.#forget(object);
    const self = keyOf(object);
    const { queue, source } = this.#options;
    if (by === "other") queue.add(self, this.#first.laneOf(self, LANE.change));
    const others = keysForObject(source.objects, object, by === "gone" ? undefined : previous, this.#context);
    for (const key of others) if (key !== self) queue.add(key, LANE.change);
    if (endsRecord(previous, by === "gone" ? undefined : object))
      this.#wakeWaiting(shardOf(source.objects, object));
  }

  #forget(object: AnyObject): void {
    const key = keyOf(object);
    this.#context.memory.forget(object);
    this.#first.drop(key);
    this.#poller.drop(key);
    this.#options.queue.forget(key);
    for (const sid of this.#line.forget(key)) this.#wakeWaiting(sid);
  }

  #accountChanged(object: TwilioAccount, gone: boolean): void {
    const { namespace, name } = object.metadata;
    const known = this.#accounts.entry(namespace, name);
    if (gone) {
      if (known !== undefined) this.#endAccount(known);
      this.#accounts.remove(object);
      return;
    }
    const secretName = known?.object.spec.credentialsSecretRef.name;
    const entry = this.#accounts.put(object);
    if (this.#running) this.#staleness.arm(entry);
    if (entry === known && secretName === object.spec.credentialsSecretRef.name) return;
    if (known !== undefined && known !== entry) this.#endAccount(known);
    if (this.#options.tenure.serves(entry.shared.accountSid)) this.#openAccount(entry);
  }

  #openAccount(entry: AccountEntry): void {
    const { metadata, spec } = entry.object;
    const { name } = spec.credentialsSecretRef;
    this.#served.add(entry.shared.accountSid);
    this.#unwatch.get(entry)?.();
    const onChange = (): void => this.#useSecret(entry);
    this.#unwatch.set(entry, this.#options.secrets.watch(metadata.namespace, name, onChange));
    this.#useSecret(entry);
    this.#accountNews(entry);
  }

  #endAccount(entry: AccountEntry): void {
    this.#sweeper.end(entry);
    this.#poller.end(entry);
    this.#staleness.end(entry);
    this.#unwatch.get(entry)?.();
    this.#unwatch.delete(entry);
  }

  #useSecret(entry: AccountEntry): void {
    const { metadata, spec } = entry.object;
    const state = this.#options.secrets.state(metadata.namespace, spec.credentialsSecretRef.name);
    if (!this.#accounts.useSecret(entry, state)) return;
    this.#accountNews(entry);
    if (entry.client !== undefined) this.#sweeper.begin(entry);
  }

  /** What is true of an account concerns all its objects. */
  #accountNews(entry: AccountEntry): void {
    this.#options.queue.add(keyOf(entry.object), LANE.change);
    for (const object of this.#options.source.objects.objectsOfAccount(entry.object))
      this.#options.queue.add(keyOf(object), LANE.change);
  }

  #listed(entry: AccountEntry, changes: Changes, news: boolean): void {
    if (this.#running && this.#accounts.has(entry)) this.#staleness.arm(entry);
    this.#tried(entry, news);
    this.#spread(entry.shared.accountSid, changes, LANE.sweep);
    const { source, queue } = this.#options;
    const due = this.#resync.due(entry, () => source.objects.objectsOfAccount(entry.object));
    for (const object of due) queue.add(keyOf(object), LANE.sweep);
  }

  /** A listing has come to an end, with news for all who belong to the account or with none. */
  #tried({ object, shared }: AccountEntry, news: boolean): void {
    if (news) this.#accounts.entriesOf(shared.accountSid).forEach((each) => this.#accountNews(each));
    else this.#options.queue.add(keyOf(object), LANE.sweep);
  }

  #spread(accountSid: string, changes: Changes, lane: number): void {
    const index = this.#options.source.objects;
    const shared = this.#accounts.entries().find((entry) => entry.shared.accountSid === accountSid)?.shared;
    if (shared === undefined || changes.size === 0) return;
    this.#poller.changed(accountSid, changes);
    for (const key of keysForChanges(index, shared.snapshot, this.#options.ownerId, changes))
      this.#options.queue.add(key, this.#first.laneOf(key, lane));
    for (const account of index.accountsOf(accountSid))
      this.#options.queue.addAfter(keyOf(account), COVERAGE_PAUSE_MS, LANE.sweep);
    this.#wakeWaiting(accountSid);
  }

  /** Scheduling by the last plan of a pass: polling, and the line for the budget. */
  #ruled(object: AnyObject, ruling: NamedRuling): void {
    if (object.kind === "TwilioAccount") return;
    const key = keyOf(object);
    const entry = this.#accounts.entry(object.metadata.namespace, accountName(object));
    if (entry === undefined) return;
    this.#poller.set(key, entry, wishOf(object, ruling));
    this.#first.note(object);
    const { accountSid } = entry.shared;
    const isWaiting = ruling.reason === "WaitingForBudget";
    if (this.#line.note(accountSid, key, isWaiting)) this.#wakeWaiting(accountSid);
  }

  #wakeWaiting(accountSid: string): void {
    const budgets = this.#accounts.entries().map((entry) => entry.object.spec.maxUnprotected ?? 1);
    for (const key of this.#line.first(accountSid, Math.max(...budgets) + 2))
      this.#options.queue.add(key, LANE.unprotected);
  }
}
