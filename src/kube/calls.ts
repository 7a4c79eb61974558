/** One request to the API server and its answer, as JSON; KubeClient makes its methods of these. */
import type { Clock } from "../lib/clock.ts";
import { type Attempt, classifyAnswer, classifyException, isKind, KubeError } from "./errors.ts";
import {
  type Call,
  type Carrier,
  type Reply,
  type StreamBody,
  Transport,
  type TransportOptions,
} from "./transport.ts";

export interface CallsOptions extends TransportOptions {
  /** For one call; 10 s if absent. */
  readonly timeoutMs?: number;
  /** Puts something around every call, such as measuring it. */
  readonly wrap?: (carrier: Carrier) => Carrier;
}

/** What is sent, and as which media type. */
export interface Body {
  readonly contentType: string;
  readonly value: unknown;
}

export type WriteCall = Pick<Call, "method" | "path" | "attempt">;

const DEFAULT_TIMEOUT_MS = 10_000;
/** A throttled call was not executed: it is sent again this often, if the server asks for no longer a wait than that. */
const MAX_THROTTLED_RETRIES = 2;
const LONGEST_RETRY_WAIT_MS = 5_000;

/** Calls with JSON answers: what is sent again, and how answers become values or KubeErrors. */
export class Calls {
  readonly timeoutMs: number;
  readonly #transport: Carrier;
  readonly #clock: Clock;

  constructor(options: CallsOptions) {
    this.timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#clock = options.clock;
    const { wrap = (carrier) => carrier } = options;
    this.#transport = wrap(new Transport(options));
  }

  /** A GET; sent once more when a pooled connection turns out to be dead. */
  async read<T>(
    path: string,
    attempt: Attempt,
    signal: AbortSignal | undefined,
    timeoutMs = this.timeoutMs,
  ): Promise<T> {
    const call: Call = {
      method: "GET",
      path,
      attempt,
      timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    };
    try {
      return parseBody<T>(await this.#send(call), attempt);
    } catch (error) {
      if (!isKind(error, "network") || signal?.aborted === true) throw error;
      return parseBody<T>(await this.#send(call), attempt);
    }
  }

  /** Sends JSON; never again unless the server says that it did nothing. */
  async write<T>(call: WriteCall, body: Body, signal: AbortSignal | undefined): Promise<T> {
    const text = { contentType: body.contentType, text: JSON.stringify(body.value) };
    const reply = await this.#send({
      ...call,
      body: text,
      timeoutMs: this.timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
    return parseBody<T>(reply, call.attempt);
  }

  async #send(call: Call): Promise<Reply> {
    for (let retries = 0; ; retries += 1) {
      const reply = await this.#transport.request(call);
      if (reply.status < 400) return reply;
      const failure = classifyAnswer(reply, call.attempt);
      const waitMs =
        failure.kind === "throttled" ? (failure.retryAfterMs ?? 1_000) : Number.POSITIVE_INFINITY;
      if (retries >= MAX_THROTTLED_RETRIES || waitMs > LONGEST_RETRY_WAIT_MS) throw new KubeError(failure);
      await this.#clock.sleep(waitMs, call.signal).catch((reason: unknown) => {
        throw new KubeError(failure, reason);
      });
    }
  }

  /** A GET whose answer is read as it comes. */
  open(call: Call): Promise<StreamBody> {
    return this.#transport.stream(call);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }
}

function parseBody<T>(reply: Reply, attempt: Attempt): T {
  try {
    return JSON.parse(reply.body) as T;
  } catch (error) {
    throw new KubeError(
      classifyException(new Error("the answer is no JSON", { cause: error }), attempt),
      error,
    );
  }
}
