import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock, settle } from "../../test/support/manual-clock.ts";
import { AccountClient } from "./client.ts";
import { ConcurrencyGate } from "./concurrency.ts";
import type { HttpRequest, HttpResponse, Sender } from "./http.ts";

const SID = `AC${"1".repeat(32)}`;
const NUMBER = `PN${"2".repeat(32)}`;

/** Twilio behind the wire: it may refuse the credentials or throttle, and remembers what has reached it. */
class Wire implements Sender {
  readonly requests: HttpRequest[] = [];
  refuses = false;
  /** 403 on the account itself. */
  hidesAccount = false;
  throttles = 0;
  /** Of each 429, in seconds. */
  retryAfter: string | undefined;
  /** Answers wait for it. */
  held: Promise<void> = Promise.resolve();

  async send(request: HttpRequest): Promise<HttpResponse> {
    this.requests.push(request);
    const answer = this.#answer(request);
    await this.held;
    return answer;
  }

  #answer({ url }: HttpRequest): HttpResponse {
    const headers = {};
    if (this.hidesAccount && url.endsWith(`${SID}.json`))
      return { statusCode: 403, headers, body: '{"code":20003,"message":"Permission Denied"}' };
    if (this.refuses) return { statusCode: 401, headers, body: '{"code":20003,"message":"Authenticate"}' };
    if (this.throttles > 0) {
      this.throttles -= 1;
      const after = this.retryAfter === undefined ? headers : { "retry-after": this.retryAfter };
      return { statusCode: 429, headers: after, body: '{"code":20429,"message":"Too Many Requests"}' };
    }
    const body = url.includes("/IncomingPhoneNumbers/")
      ? { sid: NUMBER }
      : { sid: SID, status: "active", incoming_phone_numbers: [] };
    return { statusCode: 200, headers, body: JSON.stringify(body) };
  }

  /** The methods, in order. */
  sent(): readonly string[] {
    return this.requests.map(({ method }) => method);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe("an account's requests", () => {
  const clock = new ManualClock();
  let wire: Wire;
  let client: AccountClient;
  /** Since when this process serves the account, and for how long it still may. */
  let tenure: { since: number; remainingMs: number };
  beforeEach(() => {
    wire = new Wire();
    tenure = { since: clock.now(), remainingMs: 15_000 };
    client = new AccountClient({
      accountSid: SID,
      credentials: { username: SID, password: "token" },
      baseUrl: "https://api.example",
      http: wire,
      gate: new ConcurrencyGate(clock, 1),
      clock,
      fence: () => tenure.remainingMs,
      since: () => tenure.since,
    });
  });

  it("are not sent any more once the credentials were refused, also those that waited; a probe is", async () => {
    wire.refuses = true;
    const answers = await Promise.all([
      client.fetchNumber(NUMBER),
      client.fetchNumber(NUMBER),
      client.associateAddress(NUMBER, "AD"),
    ]);
    expect(answers.map((answer) => (answer.ok ? "ok" : answer.failure.kind))).toEqual([
      "unauthorized",
      "notSent",
      "notSent",
    ]);
    expect(wire.requests.length).toBe(1);
    expect((await client.probe()).ok).toBe(false);
    expect((await client.fetchNumber(NUMBER)).ok).toBe(false);
    // The probe's: the account, and a number in case that the key may read only that.
    expect(wire.requests.length).toBe(3);
    wire.refuses = false;
    expect((await client.probe()).ok).toBe(true);
    expect((await client.fetchNumber(NUMBER)).ok).toBe(true);
  });

  it("go on while a probe that may not read the account asks for a number instead", async () => {
    wire.hidesAccount = true;
    const [probe, fetched] = await Promise.all([client.probe(), client.fetchNumber(NUMBER)]);
    expect(probe).toMatchObject({ ok: true, value: { status: undefined } });
    expect(fetched.ok).toBe(true);
    expect((await client.fetchNumber(NUMBER)).ok).toBe(true);
  });

  it("are not sent any more once a probe may read neither the account nor a number", async () => {
    wire.hidesAccount = true;
    wire.refuses = true;
    expect(await client.probe()).toMatchObject({ ok: false, failure: { kind: "forbidden" } });
    expect(await client.fetchNumber(NUMBER)).toMatchObject({ failure: { kind: "notSent" } });
  });

  it("go again after a 429 if they only read, and give up after some", async () => {
    wire.throttles = 2;
    const answer = client.fetchNumber(NUMBER);
    await clock.advance(5_000);
    expect((await answer).ok).toBe(true);
    expect(wire.requests.length).toBe(3);
    wire.throttles = 100;
    const refused = client.fetchNumber(NUMBER);
    await clock.advance(60_000);
    expect(await refused).toMatchObject({ ok: false, failure: { kind: "throttled" } });
    expect(wire.requests.length).toBe(8);
  });

  it("that only read are given up after a minute of long pauses: a pass waits for them", async () => {
    wire.throttles = 100;
    wire.retryAfter = "60";
    let answered: unknown;
    void client.fetchNumber(NUMBER).then((answer) => (answered = answer));
    await clock.advance(60_000);
    expect(answered).toMatchObject({ ok: false, failure: { kind: "throttled" } });
  });

  it("that write go once: after a 429 what they were planned on may be over, and all others pause", async () => {
    wire.throttles = 1;
    const refused = client.disassociateAddress(NUMBER);
    const next = client.fetchNumber(NUMBER);
    await settle();
    expect(wire.sent()).toEqual(["POST"]);
    await clock.advance(60_000);
    expect(await refused).toMatchObject({ ok: false, failure: { kind: "throttled" }, throttles: 1 });
    expect((await next).ok).toBe(true);
    expect(wire.sent()).toEqual(["POST", "GET"]);
  });

  it("that write are not sent after a long wait, for what they were planned on may be over", async () => {
    wire.throttles = 1;
    wire.retryAfter = "11";
    void client.fetchNumber(NUMBER);
    await settle();
    const late = client.disassociateAddress(NUMBER);
    await clock.advance(1_000);
    const inTime = client.associateAddress(NUMBER, "AD");
    await clock.advance(10_000);
    expect(await late).toMatchObject({ ok: false, failure: { kind: "notSent" } });
    expect((await inTime).ok).toBe(true);
    expect(wire.sent()).toEqual(["GET", "POST", "GET"]);
  });

  it("that write are not sent when another process served the account while they waited", async () => {
    wire.throttles = 1;
    wire.retryAfter = "5";
    void client.fetchNumber(NUMBER);
    await settle();
    const late = client.disassociateAddress(NUMBER);
    tenure = { since: Number.POSITIVE_INFINITY, remainingMs: 0 };
    await clock.advance(4_000);
    tenure = { since: clock.now(), remainingMs: 15_000 };
    await clock.advance(2_000);
    expect(await late).toMatchObject({ ok: false, failure: { kind: "notSent" } });
    expect(wire.sent()).toEqual(["GET", "GET"]);
  });

  it("of a number that lost its protection go before those that wait", async () => {
    const first = `PN${"3".repeat(32)}`;
    const gate = new ConcurrencyGate(clock, 1);
    const credentials = { username: SID, password: "token" };
    const options = { accountSid: SID, credentials, baseUrl: "https://api.example", http: wire, gate, clock };
    const urgent = new AccountClient({ ...options, isUnprotected: (sid) => sid === first });
    await Promise.all([
      urgent.fetchNumber(NUMBER),
      urgent.associateAddress(NUMBER, "AD"),
      urgent.fetchNumber(first),
      urgent.associateAddress(first, "AD"),
    ]);
    expect(wire.requests.map(({ url }) => url.includes(first))).toEqual([false, true, true, false]);
  });
});
