import { expect, it } from "vitest";
import { tagOf } from "../../test/support/builders.ts";
import { ManualClock } from "../../test/support/manual-clock.ts";
import {
  ACCOUNT,
  aBinding,
  addressRecord,
  anAccount,
  anAddress,
  domainRecord,
  NOW,
  numberRecord,
  OWNER,
  sid,
} from "../../test/support/planning.ts";
import { FINALIZER } from "../api/names.ts";
import { keyOf, type AnyObject } from "../api/objects.ts";
import { TIMINGS } from "../plan/timings.ts";
import { silentLogger } from "../telemetry/log.ts";
import type { Answer, TwilioAccountClient } from "../twilio/types.ts";
import { Accounts } from "./accounts.ts";
import type { Context } from "./context.ts";
import { LANE } from "./lanes.ts";
import { ManifestObjects } from "./manifest-objects.ts";
import { ProcessMemory } from "./process-memory.ts";
import { reconcile } from "./reconcile.ts";

const [HQ, OLD, DESK, LOBBY] = [sid("AD", 1), sid("AD", 2), sid("PN", 1), sid("SD", 1)];

/** A Twilio with one number and one domain; it throttles for as long as a test wants. */
class Twilio {
  readonly writes: string[] = [];
  throttles = false;
  /** How long a look at the number takes, in ms. */
  lookMs = 0;
  readonly clock = new ManualClock(NOW);
  number = numberRecord({ emergencyAddressSid: null, emergencyAddressStatus: "unregistered" });
  readonly client = {
    accountSid: ACCOUNT,
    fetchNumber: async () => {
      await this.clock.sleep(this.lookMs);
      return { ok: true, value: this.number, startedAt: this.clock.now() };
    },
    fetchDomain: () =>
      Promise.resolve({ ok: true, value: domainRecord({ sid: LOBBY }), startedAt: this.clock.now() }),
    disassociateAddress: () => this.#write("disassociate"),
    associateAddress: (_: string, address: string) => this.#write(`associate ${address}`),
    createAddress: () => this.#write("create"),
    findAddresses: (): Promise<Answer<unknown>> => Promise.resolve({ ok: true, value: [], startedAt: NOW }),
  } as unknown as TwilioAccountClient;

  #write(what: string): Promise<Answer<unknown>> {
    this.writes.push(what);
    const failure = { kind: "throttled", message: "Too Many Requests" } as const;
    if (this.throttles) return Promise.resolve({ ok: false, failure, startedAt: NOW });
    return Promise.resolve({ ok: true, value: numberRecord(), startedAt: NOW });
  }
}

/** What a pass sees: an account that has just been listed, and the objects. */
function seeing(twilio: Twilio, objects: readonly AnyObject[]): Context {
  const { clock, number } = twilio;
  const accounts = new Accounts({ clock, sweepIntervalMs: 600_000, connect: () => twilio.client });
  const entry = accounts.put(anAccount());
  accounts.useSecret(entry, { kind: "data", data: { authToken: "0123456789abcdef0123456789abcdef" } });
  Object.assign(entry, { listed: true, credentials: { kind: "ok" } });
  entry.shared.snapshot.mergeListing({
    numbers: [number],
    addresses: [addressRecord({ sid: HQ, friendlyName: tagOf("hq") })],
    domains: [domainRecord({ sid: LOBBY })],
    startedAt: NOW,
  });
  entry.shared.snapshot.mergeNumber(number, NOW);
  entry.shared.lastSuccessAt = NOW;
  return {
    source: new ManifestObjects({ objects: [anAccount(), ...objects], onChange: () => {} }),
    ...{ accounts, memory: new ProcessMemory(), clock, log: silentLogger, metrics: { write: () => {} } },
    ...{ timings: TIMINGS, holdMs: 0, ownerId: OWNER, dryRun: false },
    list: () => Promise.resolve(undefined),
    tenure: { serves: () => true, since: () => 0 },
    rejected: () => {},
    spread: () => {},
  };
}

it("comes back in the first lane when Twilio throttles the way back of a number without protection", async () => {
  const twilio = new Twilio();
  twilio.throttles = true;
  const operation = {
    ...{ type: "DisassociateAddress", target: OLD, startedAt: "2026-03-01T11:59:00Z", begun: true },
  };
  const desk = aBinding("desk", {
    metadata: { finalizers: [FINALIZER] },
    status: { phoneNumberSid: DESK, operation, previousAddressSid: OLD, appliedAddressSids: [OLD] },
  });
  const context = seeing(twilio, [anAddress("hq", { status: { sid: HQ } }), desk]);
  const result = await reconcile({ context, onRuling: () => {} }, keyOf(desk));
  expect(twilio.writes).toEqual([`associate ${HQ}`]);
  expect(result).toEqual({ kind: "backoff", priority: LANE.unprotected });
});

it("sends nothing when another process served the account while the record was written", async () => {
  const twilio = new Twilio();
  const hq = anAddress("side", { spec: { street: "2 Side St" } });
  const context = seeing(twilio, [hq]);
  let since = 0;
  const { source } = context;
  const writeStatus = source.writeStatus.bind(source);
  Object.assign(context, { tenure: { serves: () => true, since: () => since } });
  source.writeStatus = (object, status, mustBeLast) => {
    if (status["operation"] !== undefined) since = NOW;
    return writeStatus(object, status, mustBeLast);
  };
  await reconcile({ context, onRuling: () => {} }, keyOf(hq));
  expect(since).toBe(NOW);
  expect(twilio.writes).toEqual([]);
});

it.each([
  { lookMs: 1_000, writes: ["disassociate"] },
  { lookMs: 61_000, writes: [] },
])("takes nothing away on a look of long ago: $lookMs ms", async ({ lookMs, writes }) => {
  const twilio = new Twilio();
  twilio.number = numberRecord({ emergencyAddressSid: HQ, emergencyAddressStatus: "registered" });
  const desk = aBinding("desk", {
    spec: { emergencyStatus: "Inactive" },
    status: { phoneNumberSid: DESK, appliedAddressSids: [HQ] },
  });
  const context = seeing(twilio, [anAddress("hq", { status: { sid: HQ } }), desk]);
  // Its caller may have changed since the listing, so it is looked at as well.
  context.accounts.entries()[0]?.shared.snapshot.noteWrite(LOBBY, NOW + 1);
  twilio.lookMs = lookMs;
  const pass = reconcile({ context, onRuling: () => {} }, keyOf(desk));
  await twilio.clock.advance(200_000);
  await pass;
  expect(twilio.writes).toEqual(writes);
});
