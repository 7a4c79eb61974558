/** The transport to Twilio: pooled keep-alive connections, basic authentication, a time-out for every request. */
import { Agent } from "undici";
import type { Clock } from "../lib/clock.ts";

export interface HttpOptions {
  readonly clock: Clock;
  readonly userAgent: string;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  /** HTTP basic authentication. */
  readonly credentials: { readonly username: string; readonly password: string };
  /** Form fields of a POST. */
  readonly form?: Readonly<Record<string, string>>;
}

export interface HttpResponse {
  readonly statusCode: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A write must be answered within this, in ms: shorter than a lease, so that nobody else has begun meanwhile. */
export const WRITE_TIMEOUT_MS = 8_000;
const READ_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** More than one account's usual concurrency, few enough to be reused. */
const CONNECTIONS = 128;

/** No answer came: a broken or refused connection, or a time-out. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** What sends requests; wrapped by those who measure and trace them. */
export interface Sender {
  /** Sends one request, once. Throws NoAnswer when there is no complete response. */
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

export class Http implements Sender {
  readonly #options: HttpOptions;
  readonly #agent = new Agent({
    connections: CONNECTIONS,
    keepAliveTimeout: 30_000,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  });

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  async send(options: HttpRequest): Promise<HttpResponse> {
    const timeoutMs = options.method === "GET" ? READ_TIMEOUT_MS : WRITE_TIMEOUT_MS;
    const abort = new AbortController();
    const cancel = this.#options.clock.after(timeoutMs, () =>
      abort.abort(new Error(`no answer within ${timeoutMs / 1000} s`)),
    );
    const { signal } = abort;
    const { origin, pathname, search } = new URL(options.url);
    try {
      const response = await this.#agent.request({
        origin,
        path: `${pathname}${search}`,
        method: options.method,
        headers: this.#headers(options),
        body: options.form === undefined ? null : new URLSearchParams(options.form).toString(),
        signal,
      });
      return { statusCode: response.statusCode, body: await response.body.text(), headers: response.headers };
    } catch (error) {
      throw new NoAnswer(reasonOf(signal.aborted ? signal.reason : error), { cause: error });
    } finally {
      cancel();
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #headers({ credentials, form }: HttpRequest): Record<string, string> {
    const token = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
    const headers = {
      authorization: `Basic ${token}`,
      accept: "application/json",
      "user-agent": this.#options.userAgent,
    };
    return form === undefined ? headers : { ...headers, "content-type": "application/x-www-form-urlencoded" };
  }
}

/** The code of a socket error says more than its text. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return [message, code].filter((part) => part !== undefined && part !== "").join(" ") || String(error);
}

/** The path below the account with sids left out, so that no label of a metric grows with the account. */
export function routeOf({ method, url }: Pick<HttpRequest, "method" | "url">): string {
  const below = new URL(url).pathname.replace(/^\/2010-04-01\/Accounts\/[^/]+?(\.json|\/)/, "");
  const route = below.replace(/\.json$/, "").replaceAll(/[A-Z]{2}[0-9a-f]{32}/gi, "{sid}");
  return `${method} ${route === "" ? "Account" : route}`;
}
