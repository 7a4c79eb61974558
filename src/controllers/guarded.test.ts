import { expect, it } from "vitest";
import { tagOf } from "../../test/support/builders.ts";
import { ManualClock, settle } from "../../test/support/manual-clock.ts";
import {
  ACCOUNT,
  aBinding,
  addressRecord,
  anAccount,
  anAddress,
  NOW,
  numberRecord,
  OWNER,
  sid,
} from "../../test/support/planning.ts";
import { plan } from "../plan/plan.ts";
import { TIMINGS } from "../plan/timings.ts";
import { silentLogger } from "../telemetry/log.ts";
import type { Answer, NumberRecord, TwilioAccountClient } from "../twilio/types.ts";
import { Accounts, type AccountEntry } from "./accounts.ts";
import { observe, type Context } from "./context.ts";
import { execute } from "./execute.ts";
import { ManifestObjects } from "./manifest-objects.ts";
import { ProcessMemory } from "./process-memory.ts";

const [NEW, OLD] = [sid("AD", 1), sid("AD", 2)];
const NUMBERS = 1_200;
const at = (addressSid: string, index: number): NumberRecord =>
  numberRecord({
    sid: sid("PN", index),
    phoneNumber: `+1303555${String(index).padStart(4, "0")}`,
    emergencyAddressSid: addressSid,
    emergencyAddressStatus: "registered",
  });

/** A Twilio whose listing lags: it shows every number at the new Address, and the last one is still at the old one. */
function laggingTwilio() {
  const numbers = new Map<string, NumberRecord>();
  for (let index = 0; index < NUMBERS; index += 1) numbers.set(sid("PN", index), at(NEW, index));
  const listed = [...numbers.values()];
  numbers.set(sid("PN", NUMBERS - 1), at(OLD, NUMBERS - 1));
  const addresses = new Map([
    [NEW, addressRecord({ sid: NEW, friendlyName: tagOf("hq") })],
    [OLD, addressRecord({ sid: OLD, friendlyName: tagOf("hq", { street: "9 Old St" }), street: "9 Old St" })],
  ]);
  const ok = <T>(value: T): Promise<Answer<T>> => Promise.resolve({ ok: true, value, startedAt: NOW });
  const client = {
    accountSid: ACCOUNT,
    fetchNumber: (number: string) => ok(numbers.get(number)),
    listDependentNumbers: () => ok([]),
    deleteAddress: (address: string) => {
      addresses.delete(address);
      return ok(null);
    },
  } as unknown as TwilioAccountClient;
  return { client, listed, numbers, addresses };
}

type Lagging = ReturnType<typeof laggingTwilio>;

function list({ shared }: AccountEntry, { listed, addresses }: Lagging): Promise<undefined> {
  shared.snapshot.mergeListing({
    ...{ numbers: listed, addresses: [...addresses.values()], domains: [], startedAt: NOW },
  });
  shared.lastSuccessAt = NOW;
  return Promise.resolve(undefined);
}

/** The account is served from now on, and has been listed. */
function open(accounts: Accounts, twilio: Lagging): void {
  const entry = accounts.put(anAccount());
  accounts.useSecret(entry, { kind: "data", data: { authToken: "0123456789abcdef0123456789abcdef" } });
  Object.assign(entry, { listed: true, credentials: { kind: "ok" } });
  void list(entry, twilio);
}

function operatorOn(twilio: Lagging): Context {
  const { client, listed } = twilio;
  const clock = new ManualClock(NOW);
  const bindings = listed.map((number, index) =>
    aBinding(`desk-${index}`, {
      spec: { phoneNumberSid: number.sid },
      status: { phoneNumberSid: number.sid, appliedAddressSids: [OLD, NEW] },
    }),
  );
  const accounts = new Accounts({ clock, sweepIntervalMs: 600_000, connect: () => client });
  open(accounts, twilio);
  return {
    source: new ManifestObjects({
      objects: [anAccount(), anAddress("hq", { status: { sid: NEW } }), ...bindings],
      onChange: () => {},
    }),
    ...{ accounts, memory: new ProcessMemory(), clock, log: silentLogger, metrics: { write: () => {} } },
    ...{ timings: TIMINGS, holdMs: 0, ownerId: OWNER, dryRun: false },
    list: (entry) => list(entry, twilio),
    tenure: { serves: () => true, since: () => 0 },
    rejected: () => {},
    spread: () => {},
  };
}

async function deletionOfOld(twilio: Lagging, context = operatorOn(twilio)): Promise<void> {
  const hq = context.source.get({ kind: "EmergencyAddress", namespace: "site", name: "hq" });
  if (hq === undefined) throw new Error("hq is missing");
  const ruling = plan(observe(context, hq), hq);
  expect(ruling.step).toEqual({ type: "DeleteAddress", sid: OLD });
  await execute(context, hq, ruling);
}

it("keeps an Address when only a GET of the last of 1,200 numbers shows that it is still used (S5)", async () => {
  const twilio = laggingTwilio();
  await deletionOfOld(twilio);
  expect([...twilio.addresses.keys()]).toEqual([NEW, OLD]);
});

it("goes when every number that carried it has left", async () => {
  const twilio = laggingTwilio();
  twilio.numbers.set(sid("PN", NUMBERS - 1), at(NEW, NUMBERS - 1));
  await deletionOfOld(twilio);
  expect([...twilio.addresses.keys()]).toEqual([NEW]);
});

it("tells of credentials that are refused while its users are looked for", async () => {
  const twilio = laggingTwilio();
  const failure = { kind: "unauthorized", message: "Authenticate" } as const;
  const refused = { ok: false, failure, startedAt: NOW } as const;
  Object.assign(twilio.client, { listDependentNumbers: () => Promise.resolve(refused) });
  const context = operatorOn(twilio);
  await deletionOfOld(twilio, context);
  expect([...twilio.addresses.keys()]).toEqual([NEW, OLD]);
  expect(context.accounts.entries()[0]?.credentials).toEqual({ kind: "rejected", failure });
});

it("keeps an Address when its account started over while the step waited for the lock", async () => {
  const twilio = laggingTwilio();
  const context = operatorOn(twilio);
  const [entry] = context.accounts.entries();
  const held = Promise.withResolvers<void>();
  const holder = entry?.shared.lock.run(() => held.promise);
  const deletion = deletionOfOld(twilio, context);
  context.accounts.startOver(ACCOUNT);
  open(context.accounts, twilio);
  held.resolve();
  await Promise.all([holder, deletion]);
  expect([...twilio.addresses.keys()]).toEqual([NEW, OLD]);
});

it("gives up after a minute behind others of its account, so that its worker is not taken for stuck", async () => {
  const twilio = laggingTwilio();
  twilio.numbers.set(sid("PN", NUMBERS - 1), at(NEW, NUMBERS - 1));
  const context = operatorOn(twilio);
  const [entry] = context.accounts.entries();
  const held = Promise.withResolvers<void>();
  const holder = entry?.shared.lock.run(() => held.promise);
  let isOver = false;
  const deletion = deletionOfOld(twilio, context).then(() => (isOver = true));
  await (context.clock as ManualClock).advance(60_000);
  expect(isOver).toBe(true);
  held.resolve();
  await Promise.all([holder, deletion]);
  await settle();
  expect([...twilio.addresses.keys()]).toEqual([NEW, OLD]);
});
