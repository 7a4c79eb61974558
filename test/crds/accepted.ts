/** Manifests and edits that the API server must take: rules that refuse too much are as bad as rules that miss. */
import type { Kind } from "../../src/api/names.ts";
import { sid, type Fields } from "./manifests.ts";

export interface Accepted {
  readonly what: string;
  readonly kind: Kind;
  /** Changes to the valid spec of the kind. */
  readonly changes: Fields;
  /** Edits that follow, each on what then stands there. */
  readonly edits?: readonly Fields[];
}

const toronto = { isoCountry: "CA", city: "Toronto", region: "ON", postalCode: "M5V 2T6" };
const london = { isoCountry: "GB", city: "London", region: "Greater London", postalCode: "SW1A 1AA" };

const ACCOUNTS: readonly Accepted[] = [
  { what: "the smallest account", changes: {} },
  { what: "the shortest intervals", changes: { sweepInterval: "30s", maxStaleness: "1m" } },
  { what: "the longest intervals", changes: { sweepInterval: "24h", maxStaleness: "72h" } },
  { what: "intervals of several parts", changes: { sweepInterval: "1h30m", maxStaleness: "2h60m" } },
  { what: "only a staleness", changes: { maxStaleness: "1m" } },
  { what: "a freeze", changes: { maxUnprotected: 0 }, edits: [{ maxUnprotected: 3 }] },
  {
    what: "a region, an edge and the most requests",
    changes: { twilioRegion: "us1", twilioEdge: "ashburn", maxConcurrentRequests: 100 },
  },
  {
    what: "Observe, then Manage",
    changes: { managementPolicy: "Observe" },
    edits: [{ managementPolicy: "Manage" }],
  },
  {
    what: "another Secret later",
    changes: {},
    edits: [{ credentialsSecretRef: { name: "twilio-credentials.v2" } }],
  },
].map((entry) => ({ ...entry, kind: "TwilioAccount" as const }));

const ADDRESSES: readonly Accepted[] = [
  { what: "an American address", changes: {} },
  { what: "a ZIP code of nine digits", changes: { postalCode: "94107-1234" } },
  { what: "a Canadian address", changes: toronto },
  { what: "a Canadian postal code without the blank", changes: { ...toronto, postalCode: "M5V2T6" } },
  { what: "a British address", changes: london },
  ...["M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 0AX", "GIR 0AA"].map((postalCode) => ({
    what: `the British postcode ${postalCode}`,
    changes: { ...london, postalCode },
  })),
  { what: "a name of 32 characters", changes: { customerName: "x".repeat(32) } },
  { what: "a name of 63 bytes in 21 characters", changes: { customerName: "株".repeat(21) } },
  {
    what: "accents and apostrophes",
    changes: { ...toronto, customerName: "L'Épicerie d'Anaïs", city: "Montréal", region: "QC" },
  },
  { what: "an empty second line", changes: { streetSecondary: "" } },
  {
    what: "a sid that is set later, then kept",
    changes: {},
    edits: [{ sid: sid("AD", "a") }, { autoCorrect: true }],
  },
  {
    what: "new content",
    changes: {},
    edits: [{ street: "1 Market St", postalCode: "94105" }, { streetSecondary: "Floor 3" }],
  },
  {
    what: "Delete, then Retain",
    changes: { deletionPolicy: "Delete" },
    edits: [{ deletionPolicy: "Retain" }],
  },
].map((entry) => ({ ...entry, kind: "EmergencyAddress" as const }));

const BINDINGS: readonly Accepted[] = [
  { what: "a number by its digits", changes: {} },
  { what: "a number by its sid", changes: { phoneNumber: undefined, phoneNumberSid: sid("PN", "F") } },
  { what: "a British number", changes: { phoneNumber: "+442079460101" } },
  { what: "another address", changes: {}, edits: [{ addressRef: { name: "warehouse.west" } }] },
  {
    what: "Inactive without an address",
    changes: { emergencyStatus: "Inactive", addressRef: undefined },
    edits: [{ emergencyStatus: "Active", addressRef: { name: "head-office" } }],
  },
  {
    what: "Inactive that drops its address",
    changes: {},
    edits: [{ emergencyStatus: "Inactive", addressRef: undefined }],
  },
  {
    what: "every policy",
    changes: {
      changePolicy: "Manual",
      managementPolicy: "Observe",
      deletionPolicy: "Unregister",
      suspend: true,
    },
    edits: [{ suspend: false, managementPolicy: undefined }],
  },
  { what: "an account by name", changes: { accountRef: { name: "one" } }, edits: [{ suspend: true }] },
].map((entry) => ({ ...entry, kind: "PhoneNumberBinding" as const }));

const DOMAINS: readonly Accepted[] = [
  { what: "a domain by its name", changes: {} },
  { what: "a domain by its sid", changes: { domainName: undefined, domainSid: sid("SD", "e") } },
  { what: "a subdomain", changes: { domainName: "west.northwind-2.sip.twilio.com" } },
  {
    what: "a caller that comes, changes and goes",
    changes: {},
    edits: [
      { emergencyCallerRef: { name: "desk" } },
      { emergencyCallerRef: { name: "lobby" } },
      { emergencyCallerRef: undefined },
    ],
  },
  {
    what: "enabled, then disabled",
    changes: { deletionPolicy: "Disable" },
    edits: [{ emergencyCallingEnabled: false }],
  },
].map((entry) => ({ ...entry, kind: "SIPDomainSetting" as const }));

export const ACCEPTED: readonly Accepted[] = [...ACCOUNTS, ...ADDRESSES, ...BINDINGS, ...DOMAINS];
