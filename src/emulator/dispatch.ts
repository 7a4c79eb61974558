/** One request through the emulator: authentication, fault rules, the API, the record. Says what to send; sends nothing. */
import type { Clock } from "../lib/clock.ts";
import { answer, type ApiAnswer, type ApiRequest } from "./api.ts";
import { authenticate } from "./auth.ts";
import { ApiError } from "./errors.ts";
import { Faults, type FaultAction, type FaultRule } from "./faults.ts";
import { History } from "./history.ts";
import { Recorder } from "./record.ts";
import { newSid, type Json } from "./resources.ts";
import type { Account, World } from "./world.ts";

export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly accountSid: string;
  readonly rest: string;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
}

/** What to send; undefined: cut the connection. */
export type Outgoing =
  | { readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string>> }
  | undefined;

export class Dispatcher {
  readonly world: World;
  readonly faults = new Faults();
  readonly recorder = new Recorder();
  readonly history = new History();
  readonly #clock: Clock;

  constructor(world: World, clock: Clock) {
    this.world = world;
    this.#clock = clock;
  }

  async handle(incoming: Incoming): Promise<Outgoing> {
    const beganAt = this.world.now();
    const requestId = newSid("RQ");
    const account = this.world.accounts.get(incoming.accountSid);
    const fault = this.faults.take(incoming);
    if (account !== undefined) account.inFlight += 1;
    try {
      const { latencyMs } = this.world.settings;
      if (latencyMs > 0) await this.#clock.sleep(latencyMs);
      if (fault?.action.type === "delay") await this.#clock.sleep(fault.action.ms);
      const done = this.#carryOut(incoming, fault);
      if (fault?.action.type === "delayAfter") await this.#clock.sleep(fault.action.ms);
      const outgoing = this.#outgoing(done, { fault, requestId, account, beganAt });
      this.#record(incoming, { beganAt, requestId, fault, done, outgoing });
      return outgoing;
    } finally {
      if (account !== undefined) account.inFlight -= 1;
    }
  }

  #carryOut(incoming: Incoming, fault: FaultRule | undefined): Done {
    const before = early(fault?.action);
    if (before !== undefined) return before;
    try {
      const account = authenticate(this.world, incoming);
      this.#checkConcurrency(account);
      const request = requestOf(incoming, fault);
      const reply = answer(this.world, this.#seenBy(account, incoming, fault), request);
      const effect = request.method !== "GET";
      if (effect && this.history.active) this.history.remember(account, this.world.now());
      return { reply: spoilt(reply, fault?.action), effect };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { reply: { status: error.status, body: error.body() }, effect: false };
    }
  }

  #checkConcurrency(account: Account): void {
    const limit = this.world.settings.concurrencyLimit;
    if (limit > 0 && account.inFlight > limit) throw new ApiError(429, 20429, "Too Many Requests");
  }

  #seenBy(account: Account, incoming: Incoming, fault: FaultRule | undefined): Account {
    if (fault?.action.type !== "lag" || incoming.method !== "GET") return account;
    return this.history.asOf(account, this.world.now() - fault.action.ms);
  }

  #outgoing(
    done: Done,
    request: {
      readonly fault: FaultRule | undefined;
      readonly requestId: string;
      readonly account: Account | undefined;
      readonly beganAt: number;
    },
  ): Outgoing {
    const { fault, requestId, account, beganAt } = request;
    const headers = {
      "content-type": "application/json",
      "twilio-concurrent-requests": String(account?.inFlight ?? 1),
      "twilio-request-id": requestId,
      "twilio-request-duration": ((this.world.now() - beganAt) / 1000).toFixed(3),
      "x-home-region": "us1",
      "x-api-domain": "api.twilio.com",
      ...done.headers,
    };
    const { status, body } = done.reply;
    return garbled(fault?.action, { status, headers, body: body === undefined ? "" : JSON.stringify(body) });
  }

  #record(
    incoming: Incoming,
    request: {
      readonly beganAt: number;
      readonly requestId: string;
      readonly fault: FaultRule | undefined;
      readonly done: Done;
      readonly outgoing: Outgoing;
    },
  ): void {
    const { beganAt, requestId, fault, done, outgoing } = request;
    const { method, path, query, accountSid, form } = incoming;
    const { code, sid } = (done.reply.body ?? {}) as { readonly code?: number; readonly sid?: string };
    const effect = done.effect && done.reply.status < 300;
    this.recorder.add({
      beganAt,
      endedAt: this.world.now(),
      method,
      path,
      query,
      accountSid,
      form,
      status: outgoing?.status ?? 0,
      code,
      sid,
      effect,
      requestId,
      fault: fault?.name,
    });
  }
}

/** Faults that strike the answer on its way. */
function garbled(action: FaultAction | undefined, sent: NonNullable<Outgoing>): Outgoing {
  switch (action?.type) {
    case "cut":
      return undefined;
    case "truncate":
      return { ...sent, body: sent.body.slice(0, Math.floor(sent.body.length / 2)) };
    case "empty":
      return { ...sent, body: "" };
    case "html": {
      const headers = { ...sent.headers, "content-type": "text/html" };
      return { status: action.status ?? 200, headers, body: "<html><body>Bad gateway</body></html>" };
    }
    case "answerAfter": {
      const { status, body } = errorReply(action);
      return { ...sent, status, body: JSON.stringify(body) };
    }
    case "answer":
    case "ignore":
    case "delay":
    case "delayAfter":
    case "lag":
    case "shrink":
    case "missingPage":
    case undefined:
      return sent;
  }
}

interface Done {
  readonly reply: ApiAnswer;
  readonly effect: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Faults that strike before anything takes effect. */
function early(action: FaultAction | undefined): Done | undefined {
  if (action?.type === "answer")
    return {
      reply: errorReply(action),
      effect: false,
      ...(action.headers === undefined ? {} : { headers: action.headers }),
    };
  if (action?.type === "cut" && action.when === "before")
    return { reply: { status: 0, body: undefined }, effect: false };
  return undefined;
}

function errorReply({
  status,
  code,
  message,
}: {
  readonly status: number;
  readonly code?: number;
  readonly message?: string;
}): ApiAnswer {
  return { status, body: new ApiError(status, code, message ?? "A fault on purpose").body() };
}

/** Listings that lack rows or pages. */
function spoilt(reply: ApiAnswer, action: FaultAction | undefined): ApiAnswer {
  if (action?.type === "missingPage" && reply.body !== undefined)
    return { ...reply, body: { ...reply.body, next_page_uri: null } };
  if (action?.type !== "shrink" || reply.body === undefined) return reply;
  const [key, rows] = Object.entries(reply.body).find(([, value]) => Array.isArray(value)) ?? [];
  if (key === undefined) return reply;
  const kept = (rows as Json[]).slice(0, Math.round((rows as Json[]).length * (1 - action.part)));
  return {
    ...reply,
    body: { ...reply.body, [key]: kept, end: Math.max(0, kept.length - 1), next_page_uri: null },
  };
}

function requestOf({ method, path, rest, query, form }: Incoming, fault: FaultRule | undefined): ApiRequest {
  return { method: fault?.action.type === "ignore" ? "GET" : method, path, rest, query, form };
}
