/** How each object comes to be in the state of which deploy/argocd keeps a fixture. */
import { fault } from "./faults.ts";
import { type Kind, type Site, type SiteOptions, condition } from "./site.ts";

export interface Scene {
  readonly fixture: string;
  readonly kind: Kind;
  /** slow: where Twilio never ends a registration. */
  readonly on?: "slow";
  readonly options?: SiteOptions;
  /** Plays until the object is as it is to be. */
  readonly play: (site: Site) => Promise<unknown>;
  /** Of the object; default `hq`, `desk`, `sip`. */
  readonly name?: string;
}

export const ACCOUNTS: readonly Scene[] = [
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

export const ADDRESSES: readonly Scene[] = [
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

export const BINDINGS_AT_WORK: readonly Scene[] = [
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
    on: "slow",
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

export const BINDINGS_AT_FAULT: readonly Scene[] = [
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

export const BINDINGS_HELD: readonly Scene[] = [
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

export const DOMAINS: readonly Scene[] = [
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
    on: "slow",
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
