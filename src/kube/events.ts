/** Events of Kubernetes: equal ones are counted, and too many of them held back. */
import { createHash } from "node:crypto";
import type { Clock } from "../lib/clock.ts";
import type { Logger } from "../telemetry/log.ts";
import { failureOf, isKind, type KubeFailure } from "./errors.ts";
import { EventBudget } from "./event-budget.ts";
import type { MergePatch } from "./merge-patch.ts";
import { microTime } from "./micro-time.ts";
import type { KubeObject, ObjectRef, ResourceType } from "./types.ts";

/** The object that an Event is about. */
export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface EventRecord {
  readonly regarding: Regarding;
  readonly type: "Normal" | "Warning";
  /** Why, in UpperCamelCase; at most 128 characters. */
  readonly reason: string;
  /** What was done or tried, in UpperCamelCase; at most 128 characters. */
  readonly action: string;
  /** For people; cut at 1024 bytes. */
  readonly note: string;
}

/** What the recorder needs of KubeClient. */
export interface EventTarget {
  create<T extends KubeObject>(type: ResourceType, object: object): Promise<T>;
  patch<T extends KubeObject>(type: ResourceType, ref: ObjectRef, patch: MergePatch): Promise<T>;
}

export interface EventRecorderOptions {
  readonly target: EventTarget;
  readonly clock: Clock;
  readonly log: Logger;
  /** Name of the controller as `domain/name`; at most 128 characters. */
  readonly reportingController: string;
  /** Name of this process, such as the pod's; at most 128 characters. */
  readonly reportingInstance: string;
}

export const EVENT_TYPE: ResourceType = {
  group: "events.k8s.io",
  version: "v1",
  plural: "events",
  kind: "Event",
  namespaced: true,
};

/** The same event on the same object within this time is one Event with a count. */
const SERIES_MS = 10 * 60_000;
/** A count is written this often at most. */
const COUNT_EVERY_MS = 30_000;
/** More waiting than this is dropped: Events are for reading, and nobody reads a flood. */
const MAX_WAITING = 1_000;
const ATTEMPTS = 3;

interface Series {
  readonly record: EventRecord;
  readonly name: string;
  readonly firstAt: number;
  lastAt: number;
  count: number;
  /** The count that the API server has, or has refused; 0 before the Event is created. */
  written: number;
  /** When a write was last answered or given up. */
  writtenAt: number;
  queued: boolean;
}

/**
 * Writes events.k8s.io/v1 Events. `record` returns at once and never throws: Events are told on a side line that may be
 * slow or broken without anybody waiting for it. Failures are logged.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #series = new Map<string, Series>();
  readonly #budget = new EventBudget();
  #waiting: Series[] = [];
  #pumping: Promise<void> | undefined;
  #cancelSweep: (() => void) | undefined;
  #stopped = false;
  #dropped = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  /** Tells of something that has happened. */
  record(record: EventRecord): void {
    if (this.#stopped) return;
    const now = this.#options.clock.now();
    const key = seriesKey(record);
    const running = this.#series.get(key);
    if (running !== undefined && now - running.lastAt < SERIES_MS) {
      running.count += 1;
      running.lastAt = now;
      if (now - running.writtenAt >= COUNT_EVERY_MS) this.#enqueue(running);
    } else if (this.#budget.allows(record, now)) {
      const name = eventName(record, key, now);
      const series = {
        record,
        name,
        firstAt: now,
        lastAt: now,
        count: 1,
        written: 0,
        writtenAt: now,
        queued: false,
      };
      this.#series.set(key, series);
      this.#enqueue(series);
    } else {
      this.#drop("too many events");
    }
    this.#cancelSweep ??= this.#options.clock.after(COUNT_EVERY_MS, () => this.#sweep());
  }

  /** Accepts nothing more and writes what waits, until `force` is aborted. */
  async stop(force: AbortSignal): Promise<void> {
    this.#stopped = true;
    this.#cancelSweep?.();
    if (this.#pumping === undefined) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        this.#waiting = [];
        resolve();
      };
      if (force.aborted) end();
      else force.addEventListener("abort", end, { once: true });
      void this.#pumping?.then(() => {
        force.removeEventListener("abort", end);
        resolve();
      });
    });
  }

  /** Writes the counts that wait, and forgets what is over. */
  #sweep(): void {
    const now = this.#options.clock.now();
    for (const [key, series] of this.#series) {
      if (now - series.lastAt >= SERIES_MS) this.#series.delete(key);
      else if (series.count > series.written && series.written > 0) this.#enqueue(series);
    }
    this.#budget.forgetFull(now);
    const left = this.#series.size > 0 || !this.#budget.isFull;
    this.#cancelSweep = left ? this.#options.clock.after(COUNT_EVERY_MS, () => this.#sweep()) : undefined;
  }

  #enqueue(series: Series): void {
    if (series.queued) return;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#drop("too many events waiting");
      return;
    }
    series.queued = true;
    this.#waiting.push(series);
    this.#pumping ??= this.#pump();
  }

  #drop(why: string): void {
    this.#dropped += 1;
    // 1, 2, 4, 8, …: a flood of dropped events must not become a flood of lines.
    if (Number.isInteger(Math.log2(this.#dropped))) {
      this.#options.log.warn({ why, dropped: this.#dropped }, "Event not written");
    }
  }

  /** One after the other: Events never compete with the calls that matter. */
  async #pump(): Promise<void> {
    // Not in the caller's tick: record must cost next to nothing.
    await Promise.resolve();
    for (let series = this.#waiting.shift(); series !== undefined; series = this.#waiting.shift()) {
      series.queued = false;
      await this.#write(series);
    }
    this.#pumping = undefined;
  }

  async #write(series: Series): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#writeOnce(series);
        return;
      } catch (error) {
        if (attempt >= ATTEMPTS || !isWorthRetrying(failureOf(error))) {
          this.#giveUp(series, error);
          return;
        }
        await this.#options.clock.sleep(attempt * 1_000);
      }
    }
  }

  /** Until it happens again; but an outage may be over before that. */
  #giveUp(series: Series, error: unknown): void {
    const { clock, log } = this.#options;
    const failure = failureOf(error);
    series.writtenAt = clock.now();
    if (series.written > 0 && !isWorthRetrying(failure)) series.written = series.count;
    const { reason, regarding } = series.record;
    const { kind, namespace, name } = regarding;
    const message = failure?.message ?? String(error);
    log.warn({ reason, kind, namespace, name, failure: message }, "Event not written");
  }

  async #writeOnce(series: Series): Promise<void> {
    const { count } = series;
    const { namespace } = series.record.regarding;
    try {
      if (series.written === 0) await this.#options.target.create(EVENT_TYPE, this.#event(series, count));
      else
        await this.#options.target.patch(
          EVENT_TYPE,
          { namespace, name: series.name },
          { series: seriesField(series, count) },
        );
    } catch (error) {
      // An answer that was lost the first time.
      const done = series.written === 0 && isKind(error, "conflict");
      // Events live for an hour only: it is told anew.
      if (isKind(error, "notFound") && series.written > 0) {
        await this.#options.target.create(EVENT_TYPE, this.#event(series, count));
      } else if (!done) throw error;
    }
    series.written = count;
    series.writtenAt = this.#options.clock.now();
  }

  #event(series: Series, count: number): object {
    const { record } = series;
    return {
      metadata: { name: series.name, namespace: record.regarding.namespace },
      eventTime: microTime(series.firstAt),
      reportingController: this.#options.reportingController.slice(0, 128),
      reportingInstance: this.#options.reportingInstance.slice(0, 128),
      action: record.action.slice(0, 128),
      reason: record.reason.slice(0, 128),
      regarding: record.regarding,
      note: cut(record.note, 1024),
      type: record.type,
      ...(count > 1 ? { series: seriesField(series, count) } : {}),
    };
  }
}

function seriesField(series: Series, count: number): object {
  return { count, lastObservedTime: microTime(series.lastAt) };
}

function isWorthRetrying(failure: KubeFailure | undefined): boolean {
  return (
    failure?.kind === "network" ||
    failure?.kind === "server" ||
    failure?.kind === "timeout" ||
    failure?.kind === "throttled"
  );
}

function seriesKey(record: EventRecord): string {
  return [record.regarding.uid, record.type, record.reason, record.action, record.note].join("\u0000");
}

/** Unlike any other Event's name, and the same when the create is sent twice. */
function eventName(record: EventRecord, key: string, now: number): string {
  const hash = createHash("sha256").update(`${key}\u0000${now}`).digest("hex").slice(0, 16);
  return `${record.regarding.name.slice(0, 230).replace(/[^a-z0-9]+$/, "")}.${hash}`;
}

/** At most so many bytes of UTF-8, without half a character at the end. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const whole = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    Buffer.from(text).subarray(0, bytes - 3),
  );
  return `${whole.replace(/\uFFFD$/, "")}…`;
}
