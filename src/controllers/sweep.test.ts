import { describe, expect, it } from "vitest";
import { anAccount } from "../../test/support/planning.ts";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { createLogger } from "../telemetry/log.ts";
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
    probe: () => this.#answer("probe", { sid: "", status: "active" }),
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

function set(): {
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
    connect: () => ({ ...twilio.client }) as TwilioAccountClient,
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
