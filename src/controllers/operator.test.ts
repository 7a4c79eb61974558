import { beforeEach, describe, expect, it } from "vitest";
import { tagOf } from "../../test/support/builders.ts";
import { ManualClock } from "../../test/support/manual-clock.ts";
import {
  aBinding,
  addressRecord,
  anAccount,
  anAddress,
  NOW,
  numberRecord,
  OWNER,
  sid,
} from "../../test/support/planning.ts";
import type { AnyObject } from "../api/objects.ts";
import { TIMINGS } from "../plan/timings.ts";
import { Controller } from "../runtime/controller.ts";
import { WorkQueue } from "../runtime/queue.ts";
import { silentLogger } from "../telemetry/log.ts";
import type { Answer, TwilioAccountClient } from "../twilio/types.ts";
import { ManifestObjects } from "./manifest-objects.ts";
import { objectKey } from "./objects.ts";
import { Operator } from "./operator.ts";

const MINUTE = 60_000;
const HQ = sid("AD", 1);

/** An operator on one account, at whose Twilio a number is registered for as long as a test wants. */
class Site {
  readonly clock = new ManualClock(NOW);
  readonly #account = anAccount();
  readonly calls: string[] = [];
  #serves = true;
  refuses = false;
  #held: Promise<void> = Promise.resolve();
  readonly #source = new ManifestObjects({
    objects: [this.#account, anAddress("hq", { status: { sid: HQ } }), aBinding("desk")],
    onChange: (object, previous, by) => this.#operator.changed(object, previous, by),
  });
  readonly #queue = new WorkQueue({
    ...{ clock: this.clock, random: () => 0.5, backoff: { baseMs: 1_000, capMs: MINUTE } },
  });
  readonly #operator = new Operator({
    ...{ clock: this.clock, random: () => 0.5, log: silentLogger, metrics: { write: () => {} } },
    ...{ source: this.#source, queue: this.#queue, timings: TIMINGS, ownerId: OWNER, dryRun: false },
    ...{ sweepIntervalMs: 10 * MINUTE, pendingPollIntervalMs: 5_000, probeIntervalMs: MINUTE, holdMs: 0 },
    backoff: { baseMs: 1_000, capMs: MINUTE },
    tenure: { serves: () => this.#serves, since: () => 0 },
    secrets: { watch: () => () => {}, state: () => ({ kind: "data", data: { authToken: "token" } }) },
    connect: () => this.#client,
  });
  readonly #client = {
    listNumbers: () => this.#answer("list numbers", [this.#number]),
    listAddresses: () => this.#answer("list addresses", [this.#address]),
    listDomains: () => this.#answer("list domains", []),
    fetchNumber: () => this.#answer("get number", this.#number),
    probe: () => this.#answer("probe", { status: "active" }),
  } as unknown as TwilioAccountClient;
  readonly #number = numberRecord({
    ...{ emergencyAddressSid: HQ, emergencyAddressStatus: "pending-registration" },
  });
  readonly #address = addressRecord({ friendlyName: tagOf("hq") });

  async start(): Promise<void> {
    this.#operator.start();
    const reconcile = this.#operator.reconcile.bind(this.#operator);
    new Controller({
      ...{ name: "objects", workers: 1, reconcile, queue: this.#queue, clock: this.clock, log: silentLogger },
    }).start();
    await this.clock.advance(10 * MINUTE);
  }

  /** Lets time go by until this call waits for its answer. */
  async holdAnswers(ms: number, call: string): Promise<{ readonly release: () => void }> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    this.calls.length = 0;
    await this.clock.advance(ms);
    if (!this.calls.includes(call)) throw new Error(`${call} was not sent`);
    return { release: resolve };
  }

  /** The account object is deleted, as the API server tells it. */
  deleteAccount(): void {
    const account: AnyObject = this.#account;
    this.#source.objects.remove(objectKey(account));
    this.#operator.changed(account, account, "gone");
  }

  /** An object changes, and nobody is told. */
  changeUnseen(object: AnyObject): void {
    this.#source.objects.put(object);
  }

  /** The reason of the binding's condition Ready. */
  reason(): string | undefined {
    const { status } = this.#source.objects.binding("site", "desk") ?? {};
    return status?.conditions?.find(({ type }) => type === "Ready")?.reason;
  }

  /** Another process serves the account from now on. */
  handOver(): void {
    this.#serves = false;
    this.#operator.tenureChanged();
  }

  async #answer<T>(call: string, value: T): Promise<Answer<T>> {
    this.calls.push(call);
    const startedAt = this.clock.now();
    await this.clock.sleep(10);
    await this.#held;
    if (this.refuses)
      return { ok: false, failure: { kind: "unauthorized", message: "Authenticate" }, startedAt };
    return { ok: true, value, startedAt };
  }
}

let site: Site;
beforeEach(async () => {
  site = new Site();
  await site.start();
});

async function callsInAnHour(): Promise<readonly string[]> {
  await site.clock.advance(10);
  site.calls.length = 0;
  await site.clock.advance(60 * MINUTE);
  return site.calls;
}

describe("an account at which Twilio still registers a number", () => {
  it("is asked for the number", async () => {
    expect(await callsInAnHour()).toContain("get number");
  });

  it("is asked nothing more once its object is deleted", async () => {
    site.deleteAccount();
    expect(await callsInAnHour()).toEqual([]);
  });

  it("is asked nothing more once another process serves it", async () => {
    site.handOver();
    expect(await callsInAnHour()).toEqual([]);
  });
});

it("is planned anew within the hour, although nothing has woken it", async () => {
  expect(site.reason()).toBe("PendingRegistration");
  site.changeUnseen(aBinding("desk", { spec: { suspend: true } }));
  await site.clock.advance(70 * MINUTE);
  expect(site.reason()).toBe("Suspended");
});

describe("an answer that comes after its account's object was deleted", () => {
  it("starts no probes if it is a 401", async () => {
    const { release } = await site.holdAnswers(10_000, "get number");
    site.deleteAccount();
    site.refuses = true;
    release();
    expect(await callsInAnHour()).toEqual([]);
  });

  it("leaves no timer behind if it is a listing", async () => {
    const { release } = await site.holdAnswers(11 * MINUTE, "list numbers");
    site.deleteAccount();
    release();
    await site.clock.advance(MINUTE);
    expect(site.clock.pending).toBe(0);
  });
});
