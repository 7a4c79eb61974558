/** Edits of a standing object that the API server must refuse. */
import type { Kind } from "../../src/api/names.ts";
import { sid, type Fields } from "./manifests.ts";

export interface RefusedEdit {
  readonly what: string;
  readonly kind: Kind;
  /** Changes to the valid spec before it is created. */
  readonly from: Fields;
  /**
   * Changes that are tried one after another, each on what then stands there. All must be refused: an edit in two steps
   * is as impossible as in one.
   */
  readonly edits: readonly Fields[];
  /** Must be part of the API server's message each time. */
  readonly says: string;
}

const REFERRING = ["EmergencyAddress", "PhoneNumberBinding", "SIPDomainSetting"] as const;
const LABEL = "accountRef cannot be added, changed or removed";
const other = { accountRef: { name: "other" } };
const none = { accountRef: undefined };

const ACCOUNT_REFS: readonly RefusedEdit[] = REFERRING.flatMap((kind) => [
  { what: "adding accountRef", kind, from: {}, edits: [other], says: LABEL },
  {
    what: "adding accountRef with the name it had anyway",
    kind,
    from: {},
    edits: [{ accountRef: { name: "default" } }],
    says: LABEL,
  },
  { what: "changing accountRef", kind, from: { accountRef: { name: "one" } }, edits: [other], says: LABEL },
  { what: "removing accountRef", kind, from: { accountRef: { name: "one" } }, edits: [none], says: LABEL },
  {
    what: "removing accountRef, then adding another",
    kind,
    from: { accountRef: { name: "one" } },
    edits: [none, other],
    says: LABEL,
  },
]);

const NUMBER = "phoneNumber cannot be added, changed or removed";
const NUMBER_SID = "phoneNumberSid cannot be added, changed or removed";
const bySid = { phoneNumber: undefined, phoneNumberSid: sid("PN", "1") };

const BINDINGS: readonly RefusedEdit[] = [
  { what: "changing phoneNumber", from: {}, edits: [{ phoneNumber: "+14155550102" }], says: NUMBER },
  { what: "switching from phoneNumber to phoneNumberSid", from: {}, edits: [bySid], says: NUMBER },
  {
    what: "adding phoneNumberSid, then removing phoneNumber",
    from: {},
    edits: [{ phoneNumberSid: sid("PN", "1") }, bySid],
    says: NUMBER_SID,
  },
  {
    what: "removing phoneNumber, then adding another",
    from: {},
    edits: [{ phoneNumber: undefined }, { phoneNumber: "+14155550102" }],
    says: NUMBER,
  },
  {
    what: "changing phoneNumberSid",
    from: bySid,
    edits: [{ phoneNumberSid: sid("PN", "2") }],
    says: NUMBER_SID,
  },
  {
    what: "switching from phoneNumberSid to phoneNumber",
    from: bySid,
    edits: [{ phoneNumber: "+14155550101", phoneNumberSid: undefined }],
    says: NUMBER_SID,
  },
  {
    what: "removing addressRef while Active",
    from: {},
    edits: [{ addressRef: undefined }],
    says: "addressRef is required when emergencyStatus is Active",
  },
  {
    what: "going Active without an address",
    from: { emergencyStatus: "Inactive", addressRef: undefined },
    edits: [{ emergencyStatus: "Active" }, { emergencyStatus: undefined }],
    says: "addressRef is required when emergencyStatus is Active",
  },
].map((edit) => ({ ...edit, kind: "PhoneNumberBinding" as const }));

const DOMAIN = "domainName cannot be added, changed or removed";
const DOMAIN_SID = "domainSid cannot be added, changed or removed";
const domainBySid = { domainName: undefined, domainSid: sid("SD", "1") };

const DOMAINS: readonly RefusedEdit[] = [
  { what: "changing domainName", from: {}, edits: [{ domainName: "other.sip.twilio.com" }], says: DOMAIN },
  { what: "switching from domainName to domainSid", from: {}, edits: [domainBySid], says: DOMAIN },
  {
    what: "removing domainName, then adding another",
    from: {},
    edits: [{ domainName: undefined }, { domainName: "other.sip.twilio.com" }],
    says: DOMAIN,
  },
  { what: "changing domainSid", from: domainBySid, edits: [{ domainSid: sid("SD", "2") }], says: DOMAIN_SID },
  {
    what: "switching from domainSid to domainName",
    from: domainBySid,
    edits: [{ domainName: "other.sip.twilio.com", domainSid: undefined }],
    says: DOMAIN_SID,
  },
].map((edit) => ({ ...edit, kind: "SIPDomainSetting" as const }));

const ADOPTED = "sid may be set once and then never changed or removed";
const adopted = { sid: sid("AD", "1") };
const toronto = { isoCountry: "CA", city: "Toronto", region: "ON", postalCode: "M5V 2T6" };

const ADDRESSES: readonly RefusedEdit[] = [
  { what: "changing isoCountry", from: {}, edits: [toronto], says: "isoCountry cannot be changed" },
  {
    what: "removing isoCountry, then adding another",
    from: {},
    edits: [{ isoCountry: undefined }, toronto],
    says: "isoCountry",
  },
  { what: "changing sid", from: adopted, edits: [{ sid: sid("AD", "2") }], says: ADOPTED },
  { what: "removing sid", from: adopted, edits: [{ sid: undefined }], says: ADOPTED },
  {
    what: "removing sid, then adding another",
    from: adopted,
    edits: [{ sid: undefined }, { sid: sid("AD", "2") }],
    says: ADOPTED,
  },
  {
    what: "changing to a region that is no state",
    from: {},
    edits: [{ region: "Cal" }],
    says: "region must be two upper-case letters",
  },
].map((edit) => ({ ...edit, kind: "EmergencyAddress" as const }));

const ACCOUNTS: readonly RefusedEdit[] = [
  {
    what: "changing accountSid",
    from: {},
    edits: [{ accountSid: sid("AC", "1") }],
    says: "accountSid cannot be changed",
  },
  {
    what: "removing accountSid, then adding another",
    from: {},
    edits: [{ accountSid: undefined }, { accountSid: sid("AC", "1") }],
    says: "accountSid",
  },
  {
    what: "raising sweepInterval above half of maxStaleness",
    from: { sweepInterval: "10m", maxStaleness: "30m" },
    edits: [{ sweepInterval: "16m" }],
    says: "maxStaleness must be at least twice the sweepInterval",
  },
].map((edit) => ({ ...edit, kind: "TwilioAccount" as const }));

export const REFUSED_EDITS: readonly RefusedEdit[] = [
  ...ACCOUNT_REFS,
  ...BINDINGS,
  ...DOMAINS,
  ...ADDRESSES,
  ...ACCOUNTS,
];
