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
  /** Since when this process serves the account (Tenure.since). Absent: no other ever does. */
  readonly since?: () => number;
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

/** When a request was asked for (Clock.uptime), and under which tenure. */
interface Asked {
  readonly at: number;
  readonly since: number | undefined;
}

/** A 429 was not processed. A GET goes again when the gate lets it, so often; a write is planned again. */
const THROTTLED_ATTEMPTS = 5;
/** A GET does not go again if it were to wait longer than this in all: a pass of the controller waits for it. */
const READ_PATIENCE_MS = 60_000;
/** So long a write may wait for its turn. Later, an approval may be withdrawn, or the object suspended. */
const WRITE_PATIENCE_MS = 10_000;

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
    const asked = { at: this.#options.clock.uptime(), since: this.#options.since?.() };
    try {
      for (let attempt = 1; ; attempt += 1) {
        const sent = await this.#sendOnce(lane, exchange, { request, asked });
        if (sent.throttled) exchange.throttles = attempt;
        if (attempt < THROTTLED_ATTEMPTS && this.#goesAgain(method, asked, sent)) continue;
        exchange.response = sent.response;
        return sent.response;
      }
    } catch (error) {
      exchange.failure = thrown(error);
      throw error;
    }
  }

  #goesAgain(method: string, asked: Asked, { throttled, throttledForMs = 0 }: Sent): boolean {
    if (!throttled || method !== "GET") return false;
    return this.#options.clock.uptime() - asked.at + throttledForMs <= READ_PATIENCE_MS;
  }

  #sendOnce(
    lane: Lane,
    exchange: Exchange,
    { request, asked }: { readonly request: HttpRequest; readonly asked: Asked },
  ): Promise<Sent> {
    const { gate, clock, http } = this.#options;
    return gate.run(lane, request.method !== "GET", async () => {
      if (request.method !== "GET") this.#checkWrite(asked);
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

  #checkWrite(asked: Asked): void {
    const { fence, since, clock } = this.#options;
    if (fence !== undefined && fence() < WRITE_TIMEOUT_MS)
      throw new NotSent("The lease would end before Twilio's answer: not sent.");
    if (since?.() !== asked.since)
      throw new NotSent("Another process may have served the account meanwhile: not sent.");
    if (clock.uptime() - asked.at > WRITE_PATIENCE_MS)
      throw new NotSent("It has waited so long for its turn that it must be planned again: not sent.");
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
