/** One request and what came back, and how that becomes an Answer. */
import { failureOf, headerOf, noAnswer } from "./errors.ts";
import { NoAnswer, type HttpResponse } from "./http.ts";
import { Unreadable, type Json } from "./records.ts";
import type { Answer, Failure } from "./types.ts";

/** What one request was and what came back; the package's own results say less. */
export interface Exchange {
  startedAt: number;
  response?: HttpResponse;
  failure?: Failure;
  /** Answers of 429 on the way, after which the request went again. */
  throttles?: number;
}

/** A request that must not leave any more. */
export class NotSent extends Error {
  override readonly name = "NotSent";
}

export class PageFailed extends Error {
  readonly failure: Failure | undefined;

  constructor(failure: Failure | undefined) {
    super("a page of the listing did not come");
    this.failure = failure;
  }
}

/** The package throws for every status that is not 2xx, and on unreadable JSON; the exchange says which it was. */
export async function settled(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch {
    // See the exchange.
  }
}

export function thrown(error: unknown): Failure {
  if (error instanceof NotSent) return { kind: "notSent", message: error.message };
  return noAnswer(error instanceof NoAnswer ? error.message : String(error));
}

function isGood(response: HttpResponse): boolean {
  return response.statusCode >= 200 && response.statusCode < 300;
}

export function answerOf<T>({ startedAt, response, failure }: Exchange, read: (json: Json) => T): Answer<T> {
  if (response === undefined)
    return { ok: false, failure: failure ?? noAnswer("nothing was sent"), startedAt };
  if (!isGood(response)) return { ok: false, failure: failureOf(response), startedAt };
  const requestId = headerOf(response, "twilio-request-id");
  try {
    const json = response.body === "" ? {} : (JSON.parse(response.body) as Json);
    return { ok: true, value: read(json), startedAt, ...(requestId === undefined ? {} : { requestId }) };
  } catch {
    return {
      ok: false,
      failure: { ...failureOf(response, true), message: "Twilio's answer cannot be read" },
      startedAt,
    };
  }
}

export async function answerOfPages<T>(
  { startedAt, response, failure }: Exchange,
  pages: () => Promise<T>,
): Promise<Answer<T>> {
  if (response === undefined)
    return { ok: false, failure: failure ?? noAnswer("nothing was sent"), startedAt };
  if (!isGood(response)) return { ok: false, failure: failureOf(response), startedAt };
  try {
    return { ok: true, value: await pages(), startedAt };
  } catch (error) {
    if (error instanceof PageFailed && error.failure !== undefined)
      return { ok: false, failure: error.failure, startedAt };
    const message =
      error instanceof Unreadable
        ? `Twilio's listing cannot be read: ${error.message}`
        : "Twilio's listing cannot be read";
    return { ok: false, failure: { kind: "unknown", message }, startedAt };
  }
}
