/** A World of a few objects and one account's snapshot, for tests of single rules. */
import { ObjectIndex } from "../../src/controllers/object-index.ts";
import type { AnyObject } from "../../src/api/objects.ts";
import { OBJECT_PREFIX_LENGTH } from "../../src/plan/address/tag.ts";
import { TIMINGS } from "../../src/plan/timings.ts";
import type { AccountState, World } from "../../src/plan/world.ts";
import { AccountSnapshot, type Listing } from "../../src/twilio/snapshot.ts";
import type { AddressRecord, DomainRecord, NumberRecord } from "../../src/twilio/types.ts";

export const NOW = Date.parse("2026-03-01T12:00:00Z");
export const ACCOUNT = "AC00000000000000000000000000000001";
export const OWNER = "owner";

export interface Scene {
  readonly objects: readonly object[];
  /** Absent: the account could not be listed. */
  readonly listing?: Partial<Listing>;
  /** Replaces parts of every account's state. */
  readonly account?: Partial<AccountState>;
  readonly world?: Partial<World>;
}

/** Objects are given without what every object has. */
export function worldOf({ objects, listing, account = {}, world = {} }: Scene): World {
  const index = new ObjectIndex();
  for (const object of objects) index.put(object as AnyObject);
  const snapshot = new AccountSnapshot(ACCOUNT, { tagPrefixLength: OBJECT_PREFIX_LENGTH });
  if (listing !== undefined) {
    snapshot.mergeListing({ numbers: [], addresses: [], domains: [], startedAt: NOW, ...listing });
    // Looked at directly as well: what a listing alone shows is the matter of tests of their own.
    for (const number of listing.numbers ?? []) snapshot.mergeNumber(number, listing.startedAt ?? NOW);
  }
  return {
    now: NOW,
    ownerId: OWNER,
    trustedSince: 0,
    timings: TIMINGS,
    dryRun: false,
    objects: index,
    account: accountsIn(index, {
      ...(listing === undefined ? {} : { view: snapshot, lastSuccessAt: NOW }),
      ...account,
    }),
    lastWrite: () => undefined,
    watchedSince: () => undefined,
    ...world,
  };
}

/** The account objects of the index, in good health, with what the test says of them. */
export function accountsIn(index: ObjectIndex, given: Partial<AccountState>): World["account"] {
  return (namespace, name) => {
    const object = index.account(namespace, name);
    if (object === undefined) return undefined;
    return {
      object,
      credentials: { kind: "ok" },
      maxUnprotected: object.spec.maxUnprotected ?? 1,
      maxStalenessMs: 1_800_000,
      sweepIntervalMs: 600_000,
      ...given,
    };
  };
}

type Parts = { readonly metadata?: object; readonly spec?: object; readonly status?: object };

function made<T extends AnyObject>(kind: T["kind"], name: string, defaults: object, parts: Parts): T {
  return {
    apiVersion: "emergency.twilio-operator.io/v1alpha1",
    kind,
    metadata: {
      name,
      namespace: "site",
      uid: `uid-${name}`,
      generation: 1,
      resourceVersion: "1",
      creationTimestamp: "2026-01-01T00:00:00Z",
      ...parts.metadata,
    },
    spec: { ...defaults, ...parts.spec },
    status: { observedGeneration: 1, ...parts.status },
  } as unknown as T;
}

type Of<K extends AnyObject["kind"]> = Extract<AnyObject, { readonly kind: K }>;

export const anAccount = (parts: Parts = {}): Of<"TwilioAccount"> =>
  made("TwilioAccount", "default", { accountSid: ACCOUNT, credentialsSecretRef: { name: "twilio" } }, parts);

export const CONTENT = {
  customerName: "Acme",
  street: "1 Main St",
  city: "Denver",
  region: "CO",
  postalCode: "80202",
  isoCountry: "US",
} as const;

export const anAddress = (name: string, parts: Parts = {}): Of<"EmergencyAddress"> =>
  made("EmergencyAddress", name, CONTENT, parts);

export const aBinding = (name: string, parts: Parts = {}): Of<"PhoneNumberBinding"> =>
  made(
    "PhoneNumberBinding",
    name,
    { phoneNumberSid: sid("PN", 1), emergencyStatus: "Active", addressRef: { name: "hq" } },
    parts,
  );

export const aDomain = (name: string, parts: Parts = {}): Of<"SIPDomainSetting"> =>
  made("SIPDomainSetting", name, { domainSid: sid("SD", 1), emergencyCallingEnabled: true }, parts);

/** As an object is before anybody has written a status. */
export function withoutStatus<T extends AnyObject>(object: T): T {
  const { status: _, ...rest } = object;
  return rest as T;
}

export function sid(prefix: "AD" | "PN" | "SD", number: number): string {
  return `${prefix}${String(number).padStart(32, "0")}`;
}

export function numberRecord(parts: Partial<NumberRecord> = {}): NumberRecord {
  return {
    sid: sid("PN", 1),
    phoneNumber: "+13035550100",
    friendlyName: "",
    emergencyStatus: "Active",
    emergencyAddressSid: null,
    emergencyAddressStatus: "unregistered",
    addressSid: null,
    voiceUrl: "",
    voiceCapable: true,
    ...parts,
  };
}

export function addressRecord(parts: Partial<AddressRecord> = {}): AddressRecord {
  return {
    ...CONTENT,
    sid: sid("AD", 1),
    friendlyName: "",
    streetSecondary: "",
    emergencyEnabled: true,
    dateCreated: NOW - 1_000,
    dateUpdated: NOW - 1_000,
    ...parts,
  };
}

export function domainRecord(parts: Partial<DomainRecord> = {}): DomainRecord {
  return {
    sid: sid("SD", 1),
    domainName: "acme.sip.twilio.com",
    emergencyCallingEnabled: true,
    emergencyCallerSid: null,
    ...parts,
  };
}

/** What a terminating object carries. */
export const TERMINATING = {
  deletionTimestamp: "2026-03-01T11:00:00Z",
  finalizers: ["emergency.twilio-operator.io/finalizer"],
};
