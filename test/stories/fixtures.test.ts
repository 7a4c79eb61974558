/**
 * The objects by which Argo CD's health checks and kstatus are judged (deploy/argocd), as the operator makes them today.
 * The first word of a fixture's name is the health that Argo CD is to see in it. `vitest -u` writes them anew.
 */
import { type ExpectStatic, afterAll, beforeAll, describe, it } from "vitest";
import { fault } from "./faults.ts";
import { fixtureFile, fixtureText } from "./fixture.ts";
import { type Kind, type Seen, type Site, type SiteOptions, condition, eventually } from "./site.ts";
import { Stage } from "./stage.ts";

const stage = new Stage("fixtures");
/** Twilio never ends a registration here. */
const slow = new Stage("fixtures-slow");
beforeAll(async () => {
  await Promise.all([stage.open(), slow.open()]);
  await slow.control.set({ registrationMs: 3_600_000 });
});
afterAll(() => Promise.all([stage.close(), slow.close()]));

interface Scene {
  readonly fixture: string;
  readonly kind: Kind;
  readonly on?: Stage;
  readonly options?: SiteOptions;
  /** Plays until the object is as it is to be. */
  readonly play: (site: Site) => Promise<unknown>;
  /** Of the object; default `hq`, `desk`, `sip`. */
  readonly name?: string;
}

const NAMES: Readonly<Record<Kind, string>> = { account: "", address: "hq", binding: "desk", domain: "sip" };

/** The object once it has been the same for a while. */
async function atRest(site: Site, kind: Kind, name: string): Promise<Seen> {
  let last = "";
  const found = await eventually(async () => {
    const object = await site.get(kind, name);
    const text = JSON.stringify({ ...object, metadata: object.metadata.generation });
    const isSame = text === last;
    last = text;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return isSame ? object : undefined;
  });
  if (found === undefined) throw new Error(`${kind} ${name} changes all the time`);
  return found;
}

async function expectFixture(expect: ExpectStatic, scene: Scene): Promise<void> {
  const { fixture, kind, on = stage, options = {}, play } = scene;
  const site = await on.site(options);
  await play(site);
  const name = scene.name ?? (kind === "account" ? site.id : NAMES[kind]);
  const object = await atRest(site, kind, name);
  await expect(fixtureText(site, object)).toMatchFileSnapshot(fixtureFile(kind, fixture));
}

const ACCOUNTS: readonly Scene[] = [
  {
    fixture: "healthy-authenticated",
    kind: "account",
    play: async (site) => {
      await site.settled(1);
      await site.until("account", site.id, "counted", ({ status }) => status["coverage"]?.registered === 1);
    },
  },
  {
    fixture: "degraded-secret-not-found",
    kind: "account",
    play: async (site) => {
      await site.stage.plane.send("DELETE", `/api/v1/namespaces/${site.namespace}/secrets/${site.id}`);
      await site.reason("account", site.id, "SecretNotFound");
    },
  },
  {
    fixture: "degraded-credentials-rejected",
    kind: "account",
    play: async (site) => {
      await site.secret({ authToken: "not-the-token" });
      await site.reason("account", site.id, "CredentialsRejected");
    },
  },
];

const ADDRESSES: readonly Scene[] = [
  {
    fixture: "healthy-validated",
    kind: "address",
    play: async (site) => {
      await site.settled(1);
      await site.until("address", "hq", "used", ({ status }) => status["boundNumbers"] === 1);
    },
  },
  {
    fixture: "degraded-rejected-with-a-suggestion",
    kind: "address",
    play: async (site) => {
      const typed = {
        street: "645 Harrison Streat",
        city: "San Francisco",
        region: "CA",
        postalCode: "94107",
      };
      await site.address("hq", typed);
      await site.reason("address", "hq", "AddressRejected");
    },
  },
  {
    fixture: "progressing-waiting-for-account",
    kind: "address",
    play: async (site) => {
      await site.address("hq", { accountRef: { name: `${site.id}-none` } });
      await site.reason("address", "hq", "WaitingForAccount");
    },
  },
  {
    fixture: "suspended",
    kind: "address",
    play: async (site) => {
      await site.address("hq", { suspend: true });
      await site.reason("address", "hq", "Suspended");
    },
  },
  {
    fixture: "progressing-deletion-blocked",
    kind: "address",
    play: async (site) => {
      await site.settled(1, {}, { deletionPolicy: "Delete" });
      await site.until("address", "hq", "in charge", ({ metadata }) => metadata.finalizers !== undefined);
      await site.delete("address", "hq");
      await site.reason("address", "hq", "DeletionBlocked");
    },
  },
];

/** A binding that asks to be moved to another street. */
async function moves(site: Site, binding: object, reason: string): Promise<void> {
  await site.settled(1, binding);
  await site.patch("address", "hq", { spec: { street: "2 Side St" } });
  await site.reason("binding", "desk", reason);
}

const BINDINGS_AT_WORK: readonly Scene[] = [
  { fixture: "healthy-registered", kind: "binding", play: (site) => site.settled(1) },
  {
    fixture: "healthy-unregistered",
    kind: "binding",
    play: async (site) => {
      await site.settled(1);
      await site.patch("binding", "desk", { spec: { emergencyStatus: "Inactive" } });
      await site.reason("binding", "desk", "Unregistered");
    },
  },
  {
    fixture: "progressing-waiting-for-address",
    kind: "binding",
    play: async (site) => {
      await site.binding();
      await site.reason("binding", "desk", "WaitingForAddress");
    },
  },
  {
    fixture: "progressing-pending-registration",
    kind: "binding",
    on: slow,
    play: async (site) => {
      await site.address();
      await site.binding();
      await site.untilSlot(/pending-registration$/);
      await site.reason("binding", "desk", "PendingRegistration");
    },
  },
  {
    fixture: "progressing-waiting-for-budget",
    kind: "binding",
    options: { account: { maxUnprotected: 0 } },
    play: (site) => moves(site, {}, "WaitingForBudget"),
  },
  {
    fixture: "progressing-awaiting-approval",
    kind: "binding",
    play: (site) => moves(site, { changePolicy: "Manual" }, "AwaitingApproval"),
  },
  {
    fixture: "progressing-in-use",
    kind: "binding",
    options: { domains: 1 },
    play: async (site) => {
      await site.settled(1);
      await site.domain("sip", {}, "desk");
      await site.reason("domain", "sip", "Configured");
      await site.patch("address", "hq", { spec: { street: "2 Side St" } });
      await site.reason("binding", "desk", "InUse");
    },
  },
];

const BINDINGS_AT_FAULT: readonly Scene[] = [
  {
    fixture: "degraded-rejected-by-twilio",
    kind: "binding",
    play: async (site) => {
      const refused = { type: "answer", status: 400, code: 21999, message: "No such luck" } as const;
      const match = { method: "POST", path: site.numberSid() };
      await fault(site, { match, times: 1, action: refused });
      await site.address();
      await site.binding();
      await site.reason("binding", "desk", "RejectedByTwilio");
    },
  },
  {
    fixture: "degraded-registration-failed",
    kind: "binding",
    play: async (site) => {
      await site.settled(1);
      await site.editNumber({ emergency_address_status: "registration-failure" });
      await site.reason("binding", "desk", "RegistrationFailed");
    },
  },
  {
    fixture: "degraded-number-not-found",
    kind: "binding",
    play: async (site) => {
      await site.address();
      await site.binding("desk", 0, { phoneNumberSid: `PN${"f".repeat(32)}` });
      await site.until(
        "binding",
        "desk",
        "stalled",
        (object) => condition(object, "Stalled")?.status === "True",
      );
    },
  },
  {
    fixture: "degraded-country-mismatch",
    kind: "binding",
    play: async (site) => {
      const london = { city: "London", region: "Greater London", postalCode: "EC3M 3BY", isoCountry: "GB" };
      await site.address("hq", london);
      await site.binding();
      await site.reason("binding", "desk", "CountryMismatch");
    },
  },
  {
    fixture: "degraded-unregistration-failed",
    kind: "binding",
    play: async (site) => {
      await site.settled(1);
      await site.editNumber({ emergency_address_status: "unregistration-failure" });
      await site.reason("binding", "desk", "UnregistrationFailed");
    },
  },
];

const BINDINGS_HELD: readonly Scene[] = [
  {
    fixture: "suspended",
    kind: "binding",
    play: async (site) => {
      await site.settled(1);
      await site.patch("binding", "desk", { spec: { suspend: true } });
      await site.reason("binding", "desk", "Suspended");
    },
  },
  {
    fixture: "healthy-observed",
    kind: "binding",
    play: async (site) => {
      await site.settled(1);
      await site.patch("binding", "desk", { spec: { managementPolicy: "Observe" } });
      await site.reason("binding", "desk", "Observing");
    },
  },
  {
    fixture: "progressing-observed-unregistered",
    kind: "binding",
    play: async (site) => {
      await site.address();
      await site.reason("address", "hq", "Validated");
      await site.binding("desk", 0, { managementPolicy: "Observe" });
      await site.reason("binding", "desk", "Observing");
    },
  },
  {
    fixture: "progressing-deletion-blocked",
    kind: "binding",
    play: async (site) => {
      await site.settled(1, { deletionPolicy: "Unregister" });
      await site.delete("binding", "desk");
      await site.reason("binding", "desk", "DeletionBlocked");
    },
  },
];

const DOMAINS: readonly Scene[] = [
  {
    fixture: "healthy-configured",
    kind: "domain",
    options: { domains: 1 },
    play: async (site) => {
      await site.settled(1);
      await site.domain("sip", {}, "desk");
      await site.reason("domain", "sip", "Configured");
    },
  },
  {
    fixture: "progressing-waiting-for-number",
    kind: "domain",
    on: slow,
    options: { domains: 1 },
    play: async (site) => {
      await site.address();
      await site.binding();
      await site.untilSlot(/pending-registration$/);
      await site.domain("sip", {}, "desk");
      await site.reason("domain", "sip", "WaitingForNumber");
    },
  },
  {
    fixture: "degraded-domain-not-found",
    kind: "domain",
    play: async (site) => {
      await site.domain("sip", { domainSid: `SD${"f".repeat(32)}` });
      await site.until(
        "domain",
        "sip",
        "stalled",
        (object) => condition(object, "Stalled")?.status === "True",
      );
    },
  },
  {
    fixture: "suspended",
    kind: "domain",
    options: { domains: 1 },
    play: async (site) => {
      await site.domain("sip", { suspend: true });
      await site.reason("domain", "sip", "Suspended");
    },
  },
];

describe.concurrent.each([
  ["account", ACCOUNTS],
  ["address", ADDRESSES],
  ["binding at work", BINDINGS_AT_WORK],
  ["binding at fault", BINDINGS_AT_FAULT],
  ["binding that is held", BINDINGS_HELD],
  ["domain", DOMAINS],
] as const)("fixtures: %s", (_, list) => {
  it.for(list)("$fixture", (scene, { expect }) => expectFixture(expect, scene));
});

// Last: the operator stands still meanwhile.
describe("what nobody has looked at yet", () => {
  it("is stale after a change of a settled object", async ({ expect }) => {
    const site = await stage.site();
    await site.settled(1);
    stage.operator.send("SIGSTOP");
    await site.patch("binding", "desk", { spec: { changePolicy: "Manual" } });
    const stale = fixtureText(site, await site.get("binding", "desk"));
    stage.operator.send("SIGCONT");
    await expect(stale).toMatchFileSnapshot(fixtureFile("binding", "progressing-stale"));
  });

  it("is new", async ({ expect }) => {
    stage.operator.send("SIGSTOP");
    const site = await stage.site({ domains: 1 });
    await site.address();
    await site.binding();
    await site.domain("sip", {}, "desk");
    const kinds = Object.entries({ ...NAMES, account: site.id });
    for (const [kind, name] of kinds as [Kind, string][]) {
      const text = fixtureText(site, await site.get(kind, name));
      await expect(text).toMatchFileSnapshot(fixtureFile(kind, "progressing-new"));
    }
    stage.operator.send("SIGCONT");
  });
});
