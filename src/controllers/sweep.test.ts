import { describe, expect, it } from "vitest";
import { anAccount } from "../../test/support/planning.ts";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { createLogger } from "../telemetry/log.ts";
import { AccountClient } from "../twilio/client.ts";
import { ConcurrencyGate } from "../twilio/concurrency.ts";
import { routeOf, type HttpRequest, type HttpResponse, type Sender } from "../twilio/http.ts";
import type { Answer, TwilioAccountClient } from "../twilio/types.ts";
import { Accounts, type AccountEntry } from "./accounts.ts";
import { Sweeper } from "./sweep.ts";

const MINUTE = 60_000;

/** An account whose credentials Twilio refuses for as long as a test wants. */
class Twilio {
  readonly calls: string[] = [];
  refuses = false;
  /** How every listing fails, if it does. */
  fails: "unknown" | "notSent" | undefined;
  now = (): number => 0;
  /** Answers wait for it. */
  held: Promise<void> = Promise.resolve();
  readonly client: Partial<TwilioAccountClient> = {
    probe: () => this.#answer("probe", { status: "active" }),
    listNumbers: () => this.#answer("list", []),
    listAddresses: () => this.#answer("list", []),
    listDomains: () => this.#answer("list", []),
  };

  async #answer<T>(what: string, value: T): Promise<Answer<T>> {
    this.calls.push(what);
    await this.held;
    const startedAt = this.now();
    if (what !== "probe" && this.fails !== undefined)
      return { ok: false, failure: { kind: this.fails, message: "No" }, startedAt };
    return this.refuses
      ? { ok: false, failure: { kind: "unauthorized", message: "Authenticate" }, startedAt }
      : { ok: true, value, startedAt };
  }
}

/** Twilio behind the wire: a key that may not read its account, and the routes that it has asked for. */
class StandardKey implements Sender {
  readonly routes: string[] = [];
  /** The status with which a route is refused. */
  refuses: (route: string) => number | undefined = () => undefined;
  readonly #onAccount: number;

  constructor(onAccount: number) {
    this.#onAccount = onAccount;
  }

  send(request: HttpRequest): Promise<HttpResponse> {
    const route = routeOf(request);
    this.routes.push(route);
    const refusal = route === "GET Account" ? this.#onAccount : this.refuses(route);
    const rows = { incoming_phone_numbers: [], addresses: [], domains: [] };
    const body = refusal === undefined ? rows : { code: 20003, message: "Authenticate" };
    return Promise.resolve({ statusCode: refusal ?? 200, headers: {}, body: JSON.stringify(body) });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function set(http?: Sender): {
  clock: ManualClock;
  twilio: Twilio;
  accounts: Accounts;
  entry: AccountEntry;
  sweeper: Sweeper;
  news: boolean[];
  failures: boolean[];
} {
  const news: boolean[] = [];
  const failures: boolean[] = [];
  const clock = new ManualClock();
  const twilio = new Twilio();
  twilio.now = () => clock.now();
  const accounts = new Accounts({
    clock,
    sweepIntervalMs: 10 * MINUTE,
    connect: ({ spec: { accountSid } }) =>
      http === undefined
        ? ({ ...twilio.client } as TwilioAccountClient)
        : new AccountClient({
            ...{ accountSid, credentials: { username: "SK", password: "secret" } },
            ...{ baseUrl: "https://api.example", http, clock, gate: new ConcurrencyGate(clock, 8) },
          }),
  });
  const entry = accounts.put(anAccount());
  accounts.useSecret(entry, { kind: "data", data: { authToken: "token" } });
  const sweeper = new Sweeper({
    clock,
    random: () => 0.5,
    log: createLogger({ level: "error", format: "json" }),
    intervalOf: () => 10 * MINUTE,
    isStale: (each) => accounts.isStale(each),
    probeIntervalMs: MINUTE,
    backoff: { baseMs: 1_000, capMs: 5 * MINUTE },
    onListed: (_, __, isNews) => news.push(isNews),
    onFailed: (_, isNews) => failures.push(isNews),
  });
  return { clock, twilio, accounts, entry, sweeper, news, failures };
}

describe("an account whose credentials are refused between two sweeps", () => {
  it("is probed once a minute, and listed as soon as a probe works", async () => {
    const { clock, twilio, entry, sweeper } = set();
    sweeper.begin(entry);
    await clock.advance(0);
    twilio.refuses = true;
    await sweeper.list(entry);
    expect(entry.credentials.kind).toBe("rejected");
    twilio.calls.length = 0;
    await clock.advance(2 * MINUTE);
    expect(twilio.calls).toEqual(["probe", "probe"]);
    twilio.refuses = false;
    await clock.advance(MINUTE);
    expect(twilio.calls.slice(2)).toEqual(["probe", "list", "list", "list"]);
    expect(entry.credentials.kind).toBe("ok");
  });

  it("is probed at once when another call than a listing was refused", async () => {
    const { clock, twilio, entry, sweeper } = set();
    sweeper.begin(entry);
    await clock.advance(0);
    twilio.refuses = true;
    entry.credentials = { kind: "rejected", failure: { kind: "unauthorized", message: "" } };
    twilio.calls.length = 0;
    sweeper.begin(entry);
    await clock.advance(MINUTE);
    expect(twilio.calls).toEqual(["probe", "probe"]);
  });
});

describe("a key that may not read its account", () => {
  it.each([401, 403])("works again after one refusal (%i): a number is asked for", async (status) => {
    const http = new StandardKey(status);
    const { clock, entry, sweeper } = set(http);
    sweeper.begin(entry);
    await clock.advance(0);
    http.refuses = () => 401;
    await sweeper.list(entry);
    expect(entry.credentials.kind).toBe("rejected");
    http.refuses = () => undefined;
    await clock.advance(MINUTE);
    expect(entry.credentials.kind).toBe("ok");
  });

  it.each([401, 403])("stays locked out while it may read nothing else either (%i)", async (status) => {
    const http = new StandardKey(status);
    const { clock, entry, sweeper } = set(http);
    http.refuses = () => status;
    sweeper.begin(entry);
    await clock.advance(0);
    http.routes.length = 0;
    await clock.advance(2 * MINUTE);
    expect(entry.credentials.kind).toBe("rejected");
    const probe = ["GET Account", "GET IncomingPhoneNumbers"];
    expect(http.routes).toEqual([...probe, ...probe]);
  });

  it("is not locked out when it may not list the domains", async () => {
    const http = new StandardKey(403);
    const { entry, sweeper } = set(http);
    http.refuses = (route) => (route === "GET SIP/Domains" ? 403 : undefined);
    expect(await sweeper.list(entry)).toMatchObject({ kind: "forbidden" });
    expect(entry.credentials.kind).toBe("unchecked");
  });
});

describe("an account that has ended", () => {
  it("is not probed when a pass still lists it and is refused", async () => {
    const { clock, twilio, entry, sweeper } = set();
    sweeper.begin(entry);
    await clock.advance(0);
    sweeper.end(entry);
    twilio.refuses = true;
    expect(await sweeper.list(entry)).toMatchObject({ kind: "unauthorized" });
    twilio.calls.length = 0;
    await clock.advance(60 * MINUTE);
    expect(twilio.calls).toEqual([]);
  });
});

describe("a listing that fails", () => {
  it("is news once: objects that ask for another at once would ask without end", async () => {
    const { entry, twilio, sweeper, failures } = set();
    twilio.fails = "unknown";
    for (let times = 0; times < 3; times += 1) await sweeper.list(entry);
    expect(failures).toEqual([true, false, false]);
    twilio.fails = undefined;
    await sweeper.list(entry);
    twilio.fails = "unknown";
    await sweeper.list(entry);
    expect(failures).toEqual([true, false, false, true]);
  });

  it("because the circuit is open is probed for, whoever has opened it", async () => {
    const { clock, entry, twilio, sweeper } = set();
    sweeper.begin(entry);
    await clock.advance(0);
    twilio.fails = "notSent";
    await sweeper.list(entry);
    expect(entry.credentials.kind).toBe("rejected");
    twilio.calls.length = 0;
    twilio.fails = undefined;
    await clock.advance(MINUTE);
    expect(twilio.calls).toEqual(["probe", "list", "list", "list"]);
    expect(entry.credentials.kind).toBe("ok");
  });
});

describe("a listing after which more is known than what it shows", () => {
  it("is news the first time, not the second, and again when all that was known is too old", async () => {
    const { clock, entry, sweeper, news } = set();
    await sweeper.list(entry);
    await sweeper.list(entry);
    expect(news).toEqual([true, false]);
    // Nothing has failed: the machine was suspended, say.
    clock.jump(120 * MINUTE);
    await sweeper.list(entry);
    await sweeper.list(entry);
    expect(news).toEqual([true, false, true, false]);
  });
});

describe("a listing during which the Secret changes", () => {
  it("does not bring back credentials that are gone", async () => {
    const { accounts, entry, sweeper } = set();
    const listing = sweeper.list(entry);
    accounts.useSecret(entry, { kind: "absent" });
    await listing;
    expect(entry.credentials.kind).toBe("secretNotFound");
  });

  it("does not refuse the new credentials for the old ones", async () => {
    const { accounts, twilio, entry, sweeper } = set();
    twilio.refuses = true;
    const listing = sweeper.list(entry);
    accounts.useSecret(entry, { kind: "data", data: { authToken: "rotated" } });
    await listing;
    expect(entry.credentials.kind).toBe("unchecked");
    expect(entry.lastFailure).toBeUndefined();
  });

  it("does not put off the first listing with the new credentials", async () => {
    const { clock, accounts, twilio, entry, sweeper } = set();
    const held = Promise.withResolvers<void>();
    twilio.held = held.promise;
    sweeper.begin(entry);
    await clock.advance(0);
    accounts.useSecret(entry, { kind: "data", data: { authToken: "rotated" } });
    sweeper.begin(entry);
    held.resolve();
    await sweeper.list(entry);
    twilio.calls.length = 0;
    await clock.advance(1);
    expect(twilio.calls).toEqual(["list", "list", "list"]);
  });
});

describe("a thousand accounts that are to be listed at the same moment", () => {
  it("are listed a few at a time, each once", async () => {
    const { clock, twilio, accounts, sweeper } = set();
    const held = Promise.withResolvers<void>();
    twilio.held = held.promise;
    const entries = Array.from({ length: 1_000 }, (_, index) => {
      const account = anAccount({ spec: { accountSid: `AC${String(index).padStart(32, "0")}` } });
      const metadata = { ...account.metadata, name: `account${index}` };
      const entry = accounts.put({ ...account, metadata });
      accounts.useSecret(entry, { kind: "data", data: { authToken: "token" } });
      return entry;
    });
    for (const entry of entries) sweeper.begin(entry);
    for (const entry of entries) sweeper.begin(entry);
    await clock.advance(0);
    // Numbers, addresses and domains of each.
    expect(twilio.calls.length).toBe(3 * 16);
    held.resolve();
    await clock.advance(1);
    expect(twilio.calls.length).toBe(3 * 1_000);
  });
});
