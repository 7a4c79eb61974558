/** Reads the stream of a watch, event by event. */
import type { Clock } from "../lib/clock.ts";
import { type Attempt, classifyException, classifyWatchError, KubeError } from "./errors.ts";
import type { KubeObject, WatchEvent } from "./types.ts";

export interface WatchStream {
  /** Chunks of newline-separated JSON. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the connection. */
  readonly abort: () => void;
  /** Aborted by the one who watches: the events end without an error. */
  readonly signal: AbortSignal | undefined;
  readonly attempt: Attempt;
  readonly clock: Clock;
  /** Silence after which the connection counts as dead, in ms. */
  readonly idleMs: number;
}

interface RawEvent {
  readonly type?: string;
  readonly object?: KubeObject;
}

const TYPES = { ADDED: "added", MODIFIED: "modified", DELETED: "deleted" } as const;

/**
 * The events of a watch that is open. Ends when the server ends it or the signal is aborted. Throws KubeError: `gone`
 * when the resourceVersion is too old, `timeout` after `idleMs` without an event or bookmark (a connection whose other
 * end has vanished says nothing, for ever), `network` when it is cut.
 */
export async function* readEvents<T extends KubeObject>(stream: WatchStream): AsyncGenerator<WatchEvent<T>> {
  const idle = new IdleTimer(stream);
  try {
    for await (const line of lines(stream.body)) {
      idle.seen();
      const event = toEvent<T>(line, stream.attempt);
      if (event !== undefined) yield event;
    }
  } catch (error) {
    if (idle.expired) throw new KubeError(idleFailure(stream), error);
    if (stream.signal?.aborted === true) return;
    throw error instanceof KubeError ? error : new KubeError(classifyException(error, stream.attempt), error);
  } finally {
    idle.stop();
    stream.abort();
  }
}

function idleFailure(stream: WatchStream) {
  const { verb, resource } = stream.attempt;
  return { kind: "timeout" as const, message: `cannot ${verb} ${resource}: silent for ${stream.idleMs} ms` };
}

/** Notices silence with one timer at a time: setting a timer for each of thousands of events would cost more than they. */
class IdleTimer {
  readonly #stream: WatchStream;
  #lastAt: number;
  #cancel: () => void = () => {};
  expired = false;

  constructor(stream: WatchStream) {
    this.#stream = stream;
    this.#lastAt = stream.clock.now();
    this.#arm(stream.idleMs);
  }

  seen(): void {
    this.#lastAt = this.#stream.clock.now();
  }

  stop(): void {
    this.#cancel();
  }

  #arm(ms: number): void {
    this.#cancel = this.#stream.clock.after(ms, () => {
      const left = this.#lastAt + this.#stream.idleMs - this.#stream.clock.now();
      if (left > 0) {
        // No longer than one idle time, even if the wall clock was set back.
        this.#arm(Math.min(left, this.#stream.idleMs));
        return;
      }
      this.expired = true;
      this.#stream.abort();
    });
  }
}

async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const text = rest + decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      if (end > from) yield text.slice(from, end);
      from = end + 1;
    }
    rest = text.slice(from);
  }
  // The server ends every event with a newline. Half an event means that the connection was cut.
  if (rest.trim() !== "") throw new Error("the watch ended in the middle of an event");
}

function toEvent<T extends KubeObject>(line: string, attempt: Attempt): WatchEvent<T> | undefined {
  const raw = parse(line, attempt);
  if (raw.type === "ERROR") throw new KubeError(classifyWatchError(raw.object, attempt));
  if (raw.type === "BOOKMARK") {
    const resourceVersion = raw.object?.metadata.resourceVersion;
    return resourceVersion === undefined ? undefined : { type: "bookmark", resourceVersion };
  }
  const type = TYPES[raw.type as keyof typeof TYPES] as (typeof TYPES)[keyof typeof TYPES] | undefined;
  // Types that we do not know are left out, as the API asks of its clients.
  return type === undefined || raw.object === undefined ? undefined : { type, object: raw.object as T };
}

function parse(line: string, attempt: Attempt): RawEvent {
  try {
    return JSON.parse(line) as RawEvent;
  } catch (error) {
    throw new KubeError(classifyException(error, attempt), error);
  }
}
