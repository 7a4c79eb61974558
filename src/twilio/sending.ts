/** How one request of an account leaves: through the gate, not past the end of the lease, not into an open circuit. */
import type { Clock } from "../lib/clock.ts";
import type { ConcurrencyGate, Lane, Throttling } from "./concurrency.ts";
import { failureOf, isRefusal } from "./errors.ts";
import { NotSent, thrown, type Exchange } from "./exchange.ts";
import { WRITE_TIMEOUT_MS, type HttpRequest, type HttpResponse, type Sender } from "./http.ts";
import type { Answer, Failure } from "./types.ts";

export interface SendingOptions {
  readonly accountSid: string;
  readonly credentials: { readonly username: string; readonly password: string };
  readonly http: Sender;
  readonly gate: ConcurrencyGate;
  readonly clock: Clock;
  /** Milliseconds for which we may still write (leadership); asked in the tick that sends. Absent: for ever. */
  readonly fence?: () => number;
}

/** A request as the package's resources make it. */
export interface RequestOptions {
  readonly method: string;
  readonly uri: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

interface Sent extends Throttling {
  readonly response: HttpResponse;
}

/** A 429 was not processed: the request goes again when the gate lets it, so often. */
const THROTTLED_ATTEMPTS = 5;

export class Sending {
  readonly #options: SendingOptions;
  /** The circuit is open: 401, or a probe that was refused. New credentials have a Sending of their own. */
  #refused = false;

  constructor(options: SendingOptions) {
    this.#options = options;
  }

  /** Stands in for the package's RequestClient; what came of it is in the exchange as well. */
  async send(lane: Lane, exchange: Exchange, options: RequestOptions): Promise<HttpResponse> {
    const method = options.method.toUpperCase() as HttpRequest["method"];
    const request = {
      method,
      url: withQuery(options.uri, options.params),
      credentials: this.#options.credentials,
      ...(method === "POST" ? { form: stringFields(options.data ?? {}) } : {}),
    };
    try {
      for (let attempt = 1; ; attempt += 1) {
        const { response, throttled } = await this.#sendOnce(lane, exchange, request);
        if (throttled) exchange.throttles = attempt;
        if (throttled && attempt < THROTTLED_ATTEMPTS) continue;
        exchange.response = response;
        return response;
      }
    } catch (error) {
      exchange.failure = thrown(error);
      throw error;
    }
  }

  #sendOnce(lane: Lane, exchange: Exchange, request: HttpRequest): Promise<Sent> {
    const { gate, clock, http } = this.#options;
    return gate.run(lane, request.method !== "GET", async () => {
      this.#checkFence(request.method);
      this.#checkCircuit(request.url);
      exchange.startedAt = clock.now();
      const response = await http.send(request);
      // A page of a listing is a megabyte: what is no failure is parsed once, by its reader.
      const failure = response.statusCode >= 400 ? failureOf(response) : undefined;
      this.#noteCredentials(request.url, failure);
      return failure?.kind === "throttled"
        ? { response, throttled: true, throttledForMs: failure.retryAfterMs }
        : { response, throttled: false };
    });
  }

  #checkFence(method: string): void {
    const { fence } = this.#options;
    if (method === "GET" || fence === undefined) return;
    if (fence() < WRITE_TIMEOUT_MS)
      throw new NotSent("The lease would end before Twilio's answer: not sent.");
  }

  /** What waited in line when Twilio refused the credentials is not sent any more; a probe is. */
  #checkCircuit(url: string): void {
    if (this.#refused && !this.#isProbe(url))
      throw new NotSent("Twilio refuses the credentials: nothing is sent until a probe works.");
  }

  #noteCredentials(url: string, failure: Failure | undefined): void {
    if (failure?.kind === "unauthorized" && !this.#isProbe(url)) this.#refused = true;
  }

  /** A probe may be of two requests: what the first is answered says nothing yet. */
  noteProbe(answer: Answer<unknown>): void {
    if (answer.ok) this.#refused = false;
    else if (isRefusal(answer.failure)) this.#refused = true;
  }

  #isProbe(url: string): boolean {
    const account = `/Accounts/${this.#options.accountSid}`;
    return url.endsWith(`${account}.json`) || url.endsWith(`${account}/IncomingPhoneNumbers.json?PageSize=1`);
  }
}

function withQuery(uri: string, params: Readonly<Record<string, unknown>> = {}): string {
  const query = new URLSearchParams(stringFields(params)).toString();
  return query === "" ? uri : `${uri}?${query}`;
}

/** undefined is left out; "" clears a field. */
function stringFields(fields: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}
