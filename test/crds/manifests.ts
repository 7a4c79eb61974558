/** One valid manifest of each kind, and the means to change it. */
import { API_VERSION, type Kind } from "../../src/api/names.ts";

export type Fields = Readonly<Record<string, unknown>>;

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: { readonly name: string };
  readonly spec: Fields;
}

/** `AC`, `AD`, `PN` or `SD` with the 32 digits that a Twilio sid has. */
export function sid(prefix: string, digit = "0"): string {
  return prefix + digit.repeat(32);
}

export const VALID: Readonly<Record<Kind, Fields>> = {
  TwilioAccount: { accountSid: sid("AC"), credentialsSecretRef: { name: "twilio-credentials" } },
  EmergencyAddress: {
    customerName: "Northwind Bicycles",
    street: "645 Harrison St",
    city: "San Francisco",
    region: "CA",
    postalCode: "94107",
    isoCountry: "US",
  },
  PhoneNumberBinding: { phoneNumber: "+14155550101", addressRef: { name: "head-office" } },
  SIPDomainSetting: { domainName: "northwind.sip.twilio.com", emergencyCallingEnabled: true },
};

/** A manifest with the valid spec of its kind, changed as said; a field set to undefined is left out. */
export function manifest(kind: Kind, name: string, changes: Fields = {}): Manifest {
  const spec = withChanges(VALID[kind], changes);
  return { apiVersion: API_VERSION, kind, metadata: { name }, spec };
}

export function withChanges(spec: Fields, changes: Fields): Fields {
  return Object.fromEntries(
    Object.entries({ ...spec, ...changes }).filter(([, value]) => value !== undefined),
  );
}

/** A manifest that must be refused. */
export interface Refused {
  readonly what: string;
  readonly kind: Kind;
  /** Changes to the valid spec of the kind; undefined leaves a field out. */
  readonly changes: Fields;
  /** Must be part of the API server's message. */
  readonly says: string;
}

/** Short form for tables. */
export function refusedOf(kind: Kind): (what: string, changes: Fields, says: string) => Refused {
  return (what, changes, says) => ({ what, kind, changes, says });
}
