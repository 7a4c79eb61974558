/** Manifests that the API server must refuse when they are created, and the words that a person is to read. */
import type { Kind } from "../../src/api/names.ts";
import { REFUSED_ACCOUNTS } from "./refused-accounts.ts";
import { REFUSED_ADDRESSES } from "./refused-addresses.ts";
import { refusedOf, sid, type Refused } from "./manifests.ts";

const binding = refusedOf("PhoneNumberBinding");
const domain = refusedOf("SIPDomainSetting");

const REFUSED_BINDINGS: readonly Refused[] = [
  binding(
    "a sid that is too long",
    { phoneNumber: undefined, phoneNumberSid: `${sid("PN")}0` },
    "spec.phoneNumberSid: Too long: may not be more than 34",
  ),
  binding(
    "neither number nor sid",
    { phoneNumber: undefined },
    "exactly one of phoneNumber and phoneNumberSid must be given",
  ),
  binding(
    "both number and sid",
    { phoneNumberSid: sid("PN") },
    "exactly one of phoneNumber and phoneNumberSid must be given",
  ),
  binding("a number without +", { phoneNumber: "14155550101" }, "phoneNumber must be in E.164 form"),
  binding(
    "a number as people write it",
    { phoneNumber: "+1 (415) 555" },
    "phoneNumber must be in E.164 form",
  ),
  binding("an empty number", { phoneNumber: "" }, "phoneNumber must be in E.164 form"),
  binding(
    "a number of 16 digits",
    { phoneNumber: "+1415555010112345" },
    "spec.phoneNumber: Too long: may not be more than 16",
  ),
  binding(
    "the sid of an address as number",
    { phoneNumber: undefined, phoneNumberSid: sid("AD") },
    "phoneNumberSid must be the sid of a Twilio number: PN and 32",
  ),
  binding(
    "no address where Active is the default",
    { addressRef: undefined },
    "addressRef is required when emergencyStatus is Active",
  ),
  binding(
    "no address where Active is said",
    { addressRef: undefined, emergencyStatus: "Active" },
    "addressRef is required when emergencyStatus is Active",
  ),
  binding(
    "a status that only Twilio knows",
    { emergencyStatus: "Pending Activation" },
    'supported values: "Active", "Inactive"',
  ),
  binding(
    "a changePolicy that is not one",
    { changePolicy: "Never" },
    'supported values: "Rolling", "Manual"',
  ),
  binding(
    "a deletionPolicy of another kind",
    { deletionPolicy: "Delete" },
    'supported values: "Retain", "Unregister"',
  ),
  binding(
    "a managementPolicy that is not one",
    { managementPolicy: "Off" },
    'supported values: "Manage", "Observe"',
  ),
];

const REFUSED_DOMAINS: readonly Refused[] = [
  domain(
    "a sid that is too long",
    { domainName: undefined, domainSid: `${sid("SD")}0` },
    "spec.domainSid: Too long: may not be more than 34",
  ),
  domain(
    "a name of 254 characters",
    { domainName: `${"x.".repeat(120)}sip.twilio.com` },
    "spec.domainName: Too long: may not be more than 253",
  ),
  domain(
    "a managementPolicy that is not one",
    { managementPolicy: "Off" },
    'supported values: "Manage", "Observe"',
  ),
  domain(
    "neither name nor sid",
    { domainName: undefined },
    "exactly one of domainName and domainSid must be given",
  ),
  domain(
    "both name and sid",
    { domainSid: sid("SD") },
    "exactly one of domainName and domainSid must be given",
  ),
  domain(
    "a domain that is not Twilio's",
    { domainName: "sip.example.com" },
    "domainName must have the form name.sip.twilio.com",
  ),
  domain("a domain with its region", { domainName: "northwind.sip.us1.twilio.com" }, "without a region"),
  domain("a domain as a SIP address", { domainName: "sip:northwind.sip.twilio.com" }, "without sip:"),
  domain(
    "the bare suffix",
    { domainName: "sip.twilio.com" },
    "domainName must have the form name.sip.twilio.com",
  ),
  domain(
    "a label that ends with a dash",
    { domainName: "north-.sip.twilio.com" },
    "domainName must have the form name.sip.twilio.com",
  ),
  domain(
    "the sid of a number as sid",
    { domainName: undefined, domainSid: sid("PN") },
    "domainSid must be the sid of a Twilio SIP domain: SD and 32",
  ),
  domain(
    "nothing said about emergency calling",
    { emergencyCallingEnabled: undefined },
    "spec.emergencyCallingEnabled: Required value",
  ),
  domain(
    "a deletionPolicy of another kind",
    { deletionPolicy: "Unregister" },
    'supported values: "Retain", "Disable"',
  ),
];

/** Every place where a kind names another object. */
const REFERENCES: readonly (readonly [Kind, string])[] = [
  ["TwilioAccount", "credentialsSecretRef"],
  ["EmergencyAddress", "accountRef"],
  ["PhoneNumberBinding", "accountRef"],
  ["PhoneNumberBinding", "addressRef"],
  ["SIPDomainSetting", "accountRef"],
  ["SIPDomainSetting", "emergencyCallerRef"],
];

const NAMES = [
  { what: "no name", name: undefined, says: "name: Required value" },
  { what: "an empty name", name: "", says: "name in body should be at least 1 chars long" },
  { what: "a name that cannot exist", name: "Head_Office", says: "name must be the name of a" },
  {
    what: "a name of 254 characters",
    name: "x".repeat(254),
    says: "name: Too long: may not be more than 253",
  },
];

const REFUSED_REFERENCES: readonly Refused[] = REFERENCES.flatMap(([kind, field]) =>
  NAMES.map(({ what, name, says }) => ({
    what: `${field} with ${what}`,
    kind,
    changes: { [field]: { name } },
    says,
  })),
);

export const REFUSED: readonly Refused[] = [
  ...REFUSED_ACCOUNTS,
  ...REFUSED_ADDRESSES,
  ...REFUSED_BINDINGS,
  ...REFUSED_DOMAINS,
  ...REFUSED_REFERENCES,
];
