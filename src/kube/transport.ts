/** HTTP to the API server on a few connections that are kept: time-outs, credentials, streams. */
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import type { Clock } from "../lib/clock.ts";
import type { Cluster } from "./config.ts";
import type { Credential } from "./credentials.ts";
import {
  type Attempt,
  classifyAnswer,
  classifyException,
  describe,
  KubeError,
  timeoutFailure,
} from "./errors.ts";

export interface TransportOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** First part of the User-Agent, `name/version`. */
  readonly userAgent: string;
}

export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path with the query. */
  readonly path: string;
  readonly body?: { readonly contentType: string; readonly text: string };
  readonly attempt: Attempt;
  /** For the whole call; for a stream, until its headers are there. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

export type StreamBody = Dispatcher.ResponseData["body"];

interface OpenReply {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: StreamBody;
  readonly credential: Credential;
}

/** Short calls share so many connections at most; the API server is quick, and handshakes are not. */
const MAX_CONNECTIONS = 16;
/** Shorter than the 90 s after which the API server closes an idle connection, so that we do not write into a closed one. */
const KEEP_ALIVE_MS = 60_000;

interface Pools {
  readonly tlsKey: string;
  readonly calls: Dispatcher;
  readonly streams: Dispatcher;
}

/** What carries calls to the API server; wrapped by those who measure and trace them. */
export interface Carrier {
  /** One call and its whole answer, whatever its status. Throws KubeError: network, timeout, unauthorized. */
  request(call: Call): Promise<Reply>;
  /** One call whose answer is read as it comes; throws if that is a failure. `call.signal` ends it at any time. */
  stream(call: Call): Promise<StreamBody>;
  /** Cuts everything; later calls fail. */
  close(): Promise<void>;
}

/** Two pools of connections to one API server, rebuilt only when the TLS settings change. */
export class Transport implements Carrier {
  readonly #options: TransportOptions;
  readonly #origin: string;
  readonly #prefix: string;
  #pools: Pools | undefined;
  #closed = false;

  constructor(options: TransportOptions) {
    this.#options = options;
    const url = new URL(options.cluster.server);
    this.#origin = url.origin;
    this.#prefix = url.pathname.replace(/\/$/, "");
  }

  async request(call: Call): Promise<Reply> {
    return this.#guarded(call, async (signal) => {
      return wholeReply(await this.#open(call, signal, "calls"));
    });
  }

  async stream(call: Call): Promise<StreamBody> {
    return this.#guarded(call, async (signal) => {
      const reply = await this.#open(call, signal, "streams");
      if (reply.status < 400) return reply.body;
      throw new KubeError(classifyAnswer(await wholeReply(reply), call.attempt));
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const pools = this.#pools;
    this.#pools = undefined;
    await Promise.all([pools?.calls.destroy(), pools?.streams.destroy()]);
  }

  async #guarded<T>(call: Call, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const cancel = this.#options.clock.after(call.timeoutMs, () => late.abort());
    const signal = call.signal === undefined ? late.signal : AbortSignal.any([call.signal, late.signal]);
    try {
      return await unlessAborted(action(signal), signal);
    } catch (error) {
      if (error instanceof KubeError) throw error;
      if (late.signal.aborted) throw new KubeError(timeoutFailure(call.attempt, call.timeoutMs), error);
      throw new KubeError(classifyException(error, call.attempt), error);
    } finally {
      cancel();
    }
  }

  async #open(call: Call, signal: AbortSignal, pool: "calls" | "streams"): Promise<OpenReply> {
    let reply = await this.#once(call, signal, pool);
    if (reply.status === 401) {
      // Tokens are rotated and revoked. One more try with a fresh one; a 401 was not executed.
      await reply.body.dump();
      await this.#options.cluster.credentials.refused(reply.credential).catch(() => {});
      reply = await this.#once(call, signal, pool);
    }
    return reply;
  }

  async #once(call: Call, signal: AbortSignal, pool: "calls" | "streams"): Promise<OpenReply> {
    const credential = await this.#credential(call);
    const response = await this.#poolsFor(credential)[pool].request({
      origin: this.#origin,
      path: `${this.#prefix}${call.path}`,
      method: call.method,
      signal,
      headers: {
        accept: "application/json",
        "user-agent": this.#options.userAgent,
        ...credential.headers,
        ...(call.body === undefined ? {} : { "content-type": call.body.contentType }),
      },
      body: call.body?.text ?? null,
    });
    const retryAfter = response.headers["retry-after"];
    return {
      status: response.statusCode,
      retryAfter: typeof retryAfter === "string" ? retryAfter : undefined,
      body: response.body,
      credential,
    };
  }

  async #credential(call: Call): Promise<Credential> {
    try {
      return await this.#options.cluster.credentials.get(this.#options.clock.now());
    } catch (error) {
      const text = error instanceof Error ? error.message.trim() : String(error);
      const message = `${describe(call.attempt)}: no credentials: ${text}`;
      throw new KubeError({ kind: "unauthorized", message }, error);
    }
  }

  #poolsFor(credential: Credential): Pools {
    if (this.#closed) throw new Error("the client is closed");
    if (this.#pools?.tlsKey === credential.tlsKey) return this.#pools;
    // Calls under way on the old certificate finish; closing waits for them.
    const old = this.#pools;
    void old?.calls.close();
    void old?.streams.close();
    this.#pools = {
      tlsKey: credential.tlsKey,
      calls: this.#pool(credential, MAX_CONNECTIONS),
      // A watch holds its connection for minutes: with the calls it would use the pool up.
      streams: this.#pool(credential, null),
    };
    return this.#pools;
  }

  #pool(credential: Credential, connections: number | null): Dispatcher {
    const connect = { ...credential.tls, timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 30_000 };
    const settings = {
      connections,
      // One HTTP/2 connection would share its flow control between watches and calls, and its loss stops them all.
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      // Both are ours: the clock is an argument, and a watch may be silent for long.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    const { proxyUrl } = this.#options.cluster;
    if (proxyUrl === undefined) return new Agent({ ...settings, connect });
    return new ProxyAgent({ ...settings, uri: proxyUrl, requestTls: connect });
  }
}

async function wholeReply(reply: OpenReply): Promise<Reply> {
  return { status: reply.status, retryAfter: reply.retryAfter, body: await reply.body.text() };
}

/** undici tells a call that waits for a connection of its abort only when the connection is there (and never sends it). */
function unlessAborted<T>(action: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    action.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
