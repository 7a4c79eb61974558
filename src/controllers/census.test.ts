import { describe, expect, it } from "vitest";
import { tagOf } from "../../test/support/builders.ts";
import { ManualClock } from "../../test/support/manual-clock.ts";
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
import type { AnyObject } from "../api/objects.ts";
import { createMetrics } from "../telemetry/metrics.ts";
import type { Listing } from "../twilio/snapshot.ts";
import type { TwilioAccountClient } from "../twilio/types.ts";
import { Accounts } from "./accounts.ts";
import { censusOf } from "./census.ts";
import { ObjectIndex } from "./object-index.ts";

const MINUTE = 60_000;
const NAME = { account_namespace: "site", account: "default" };

interface Scene {
  readonly objects: readonly AnyObject[];
  readonly listing?: Partial<Listing>;
  readonly serves?: (shard: string) => boolean;
}

function sourceOf({ objects, listing, serves = () => true }: Scene) {
  const clock = new ManualClock(NOW);
  const index = new ObjectIndex();
  const connect = (): TwilioAccountClient => ({}) as TwilioAccountClient;
  const accounts = new Accounts({ clock, sweepIntervalMs: 10 * MINUTE, connect });
  for (const object of objects) {
    index.put(object);
    if (object.kind !== "TwilioAccount") continue;
    const { shared } = accounts.put(object);
    if (listing === undefined) continue;
    shared.snapshot.mergeListing({ numbers: [], addresses: [], domains: [], startedAt: NOW, ...listing });
    shared.lastSuccessAt = NOW - 5_000;
  }
  return { objects: index, accounts, ownerId: OWNER, clock, serves, limitOf: () => 7 };
}

function condition(type: string, status: string, reason: string) {
  return { type, status, reason, message: "", lastTransitionTime: "2026-03-01T11:00:00Z" };
}

describe("an account", () => {
  it("is counted by what Twilio says of its numbers", () => {
    const numbers = [
      numberRecord({ emergencyAddressStatus: "registered" }),
      numberRecord({ sid: sid("PN", 2), phoneNumber: "+13035550102", emergencyAddressStatus: "registered" }),
      numberRecord({ sid: sid("PN", 3), phoneNumber: "+13035550103", emergencyAddressStatus: null }),
    ];
    const byNumber = aBinding("b", { spec: { phoneNumberSid: undefined, phoneNumber: "+13035550103" } });
    const objects = [anAccount(), aBinding("a"), byNumber];
    const { accounts } = censusOf(sourceOf({ objects, listing: { numbers } }));
    expect(accounts).toEqual([
      {
        name: NAME,
        numbers: [
          { labels: { state: "registered", managed: "true" }, count: 1 },
          { labels: { state: "registered", managed: "false" }, count: 1 },
          { labels: { state: "unregistered", managed: "true" }, count: 1 },
        ],
        ...{ unprotected: 0, unprotectedMs: 0, observationAgeMs: 5_000, maxStalenessMs: 30 * MINUTE },
        ...{ suspect: false, duplicates: 0, orphans: 0, concurrencyLimit: 7 },
      },
    ]);
  });

  it("that was never observed is as old as its object", () => {
    const created = { metadata: { creationTimestamp: new Date(NOW - 3 * MINUTE).toISOString() } };
    const [account] = censusOf(sourceOf({ objects: [anAccount(created)] })).accounts;
    expect(account).toMatchObject({ observationAgeMs: 3 * MINUTE });
  });

  it("says how many numbers are unprotected, and for how long the one that waits longest", () => {
    const since = (ms: number) => ({ status: { unprotectedSince: new Date(NOW - ms).toISOString() } });
    const objects = [
      anAccount(),
      aBinding("a", since(MINUTE)),
      aBinding("b", since(2 * MINUTE)),
      aBinding("c"),
    ];
    const [account] = censusOf(sourceOf({ objects })).accounts;
    expect(account).toMatchObject({ unprotected: 2, unprotectedMs: 2 * MINUTE });
  });

  it("shows duplicates, and Addresses of ours that belong to no object", () => {
    const addresses = [
      addressRecord({ sid: sid("AD", 1), friendlyName: tagOf("hq") }),
      addressRecord({ sid: sid("AD", 2), friendlyName: tagOf("hq") }),
      addressRecord({ sid: sid("AD", 3), friendlyName: tagOf("gone") }),
      addressRecord({ sid: sid("AD", 4), friendlyName: tagOf("way-back") }),
      addressRecord({ sid: sid("AD", 5), friendlyName: tagOf("hq", {}, 0, { owner: "another" }) }),
      addressRecord({ sid: sid("AD", 6), friendlyName: "somebody's own" }),
    ];
    const binding = aBinding("a", { status: { previousAddressSid: sid("AD", 4) } });
    const objects = [anAccount(), anAddress("hq", { status: { sid: sid("AD", 1) } }), binding];
    const [account] = censusOf(sourceOf({ objects, listing: { addresses } })).accounts;
    expect(account).toMatchObject({ duplicates: 1, orphans: 1 });
  });

  it("that another process serves is not counted, nor are its objects", () => {
    const objects = [anAccount(), aBinding("a")];
    const census = censusOf(sourceOf({ objects, listing: {}, serves: (shard) => shard !== ACCOUNT }));
    expect(census).toEqual({ accounts: [], objects: [], stalled: [], drifted: [] });
  });
});

describe("objects", () => {
  it("are counted by Ready, stalled reason and drift", () => {
    const stalled = [condition("Ready", "False", "Conflict"), condition("Stalled", "True", "Conflict")];
    const drifted = [condition("Ready", "True", "Observing"), condition("Drifted", "True", "Observing")];
    const objects = [
      anAccount(),
      aBinding("a", { status: { conditions: stalled } }),
      aBinding("b", { status: { conditions: stalled } }),
      anAddress("hq", { status: { conditions: drifted } }),
    ];
    const census = censusOf(sourceOf({ objects }));
    expect(census.objects).toEqual([
      { labels: { kind: "TwilioAccount", ready: "Unknown" }, count: 1 },
      { labels: { kind: "EmergencyAddress", ready: "True" }, count: 1 },
      { labels: { kind: "PhoneNumberBinding", ready: "False" }, count: 2 },
    ]);
    const labels = { ...NAME, kind: "PhoneNumberBinding", reason: "Conflict" };
    expect(census.stalled).toEqual([{ labels, count: 2 }]);
    expect(census.drifted).toEqual([{ labels: { ...NAME, kind: "EmergencyAddress" }, count: 1 }]);
  });
});

it("a scrape of 50,000 objects costs no more than a few passes over them", async () => {
  const count = 50_000;
  const objects: AnyObject[] = [anAccount()];
  const numbers = [];
  const conditions = ["Reconciling", "Registered", "Unprotected", "Stalled", "Ready"].map((type) =>
    condition(type, "False", "Registered"),
  );
  for (let index = 0; index < count; index += 1) {
    const spec = { phoneNumberSid: sid("PN", index) };
    objects.push(aBinding(`b${index}`, { spec, status: { conditions } }));
    numbers.push(numberRecord({ sid: sid("PN", index), phoneNumber: `+1${index}` }));
  }
  const source = sourceOf({ objects, listing: { numbers } });
  const metrics = createMetrics();
  metrics.onScrape(() => metrics.objects.census(censusOf(source)));
  await metrics.text();
  const scrape = await timed(() => metrics.text());
  // The measure is this machine itself: reading every condition of every object once.
  const pass = await timed(() => {
    for (const object of source.objects.all("PhoneNumberBinding")) JSON.stringify(object.status?.conditions);
    return Promise.resolve("");
  });
  expect(scrape).toBeLessThan(5 * pass);
}, 30_000);

async function timed(work: () => Promise<string>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return Math.min(...times);
}
