/** How each number of an account is protected, what is odd about it, and what to do. Pure. */
import type { AnyObject, PhoneNumberBinding } from "../../api/objects.ts";
import { protectionOf, type Protection } from "../../plan/account.ts";
import { parseTag } from "../../plan/address/tag.ts";
import type { AddressRecord, NumberRecord } from "../../twilio/types.ts";
import type { AccountListing } from "../standalone/listing.ts";

export interface Row {
  readonly phoneNumber: string;
  readonly sid: string;
  readonly state: Protection;
  /** "" where there is none. */
  readonly emergencyAddressSid: string;
  /** Named by a binding in the manifests, or at an Address that this operator made. */
  readonly managed: boolean;
  readonly warnings: readonly string[];
}

export interface Coverage {
  readonly account: string;
  /** When the account was listed, RFC 3339. */
  readonly takenAt: string;
  readonly totals: Readonly<Record<"numbers" | Protection | "unmanaged", number>>;
  /** Those that are not protected come first. */
  readonly numbers: readonly Row[];
  /** Addresses in one line each, by sid. */
  readonly addresses: ReadonlyMap<string, string>;
}

export const WORST_FIRST: readonly Protection[] = [
  "failed",
  "unregistered",
  "pending",
  "unsupported",
  "registered",
];

export function coverageOf(listing: AccountListing, objects: readonly AnyObject[]): Coverage {
  const named = namesOf(objects);
  const ours = new Set(
    listing.addresses.filter((address) => parseTag(address.friendlyName) !== undefined).map(({ sid }) => sid),
  );
  const numbers = listing.numbers
    .map((number) => rowOf(number, isManaged(number, named, ours)))
    .toSorted(
      (a, b) =>
        WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state) ||
        (a.phoneNumber < b.phoneNumber ? -1 : 1),
    );
  const count = (state: Protection): number => numbers.filter((row) => row.state === state).length;
  return {
    account: listing.accountSid,
    takenAt: listing.takenAt,
    totals: {
      numbers: numbers.length,
      registered: count("registered"),
      pending: count("pending"),
      failed: count("failed"),
      unregistered: count("unregistered"),
      unsupported: count("unsupported"),
      unmanaged: numbers.filter(({ managed }) => !managed).length,
    },
    numbers,
    addresses: new Map(listing.addresses.map((address) => [address.sid, inOneLine(address)])),
  };
}

function inOneLine(address: AddressRecord): string {
  const { customerName, street, streetSecondary, city, region, postalCode, isoCountry } = address;
  const place = [region, postalCode].filter(Boolean).join(" ");
  return [customerName, street, streetSecondary, city, place, isoCountry].filter(Boolean).join(", ");
}

/** Sids and phone numbers that bindings name. */
function namesOf(objects: readonly AnyObject[]): ReadonlySet<string> {
  const bindings = objects.filter(
    (object): object is PhoneNumberBinding => object.kind === "PhoneNumberBinding",
  );
  return new Set(bindings.flatMap(({ spec }) => spec.phoneNumberSid ?? spec.phoneNumber ?? []));
}

function isManaged(
  { sid, phoneNumber, emergencyAddressSid }: NumberRecord,
  named: ReadonlySet<string>,
  ours: ReadonlySet<string>,
): boolean {
  if (named.has(sid) || named.has(phoneNumber)) return true;
  return emergencyAddressSid !== null && ours.has(emergencyAddressSid);
}

function rowOf(number: NumberRecord, managed: boolean): Row {
  const state = protectionOf(number);
  return {
    phoneNumber: number.phoneNumber,
    sid: number.sid,
    state,
    emergencyAddressSid: number.emergencyAddressSid ?? "",
    managed,
    warnings: warningsOn(number, state),
  };
}

/** Twilio's own voice URL for trying things out: nobody who is called back there is reached. */
const DEMO_VOICE_URL = /^https?:\/\/demo\.twilio\.com\//i;

function warningsOn(number: NumberRecord, state: Protection): readonly string[] {
  const warnings: readonly (readonly [boolean, string])[] = [
    [state === "unsupported", "unsupported country"],
    [!number.voiceCapable, "no voice capability"],
    [number.voiceCapable && number.voiceUrl === "", "no voice URL"],
    [DEMO_VOICE_URL.test(number.voiceUrl), "demo voice URL"],
    [
      number.emergencyAddressSid !== null && state === "unregistered",
      "has an Address, but is not registered at it",
    ],
  ];
  return warnings.filter(([applies]) => applies).map(([, text]) => text);
}

/** What a person should do about a row; "" where nothing is to be done. */
export function cureOf({ state, managed, warnings }: Row): string {
  const byState: Readonly<Record<Protection, string>> = {
    registered: managed ? "" : "Bring it under management: run import, and apply the result.",
    pending: "Wait: US and CA take up to 30 minutes, GB up to 72 hours.",
    failed: "Check the address and register it again; Twilio's support can say why it failed.",
    unregistered: "Register an address: write an EmergencyAddress and a PhoneNumberBinding, and apply them.",
    unsupported: "Twilio registers no addresses in this country: tell callers how emergency calls work here.",
  };
  const callback = warnings.some((warning) => warning.endsWith("voice URL"))
    ? "Set a voice URL: an emergency centre that calls back reaches nobody."
    : "";
  const voice = warnings.includes("no voice capability")
    ? "No call can come from it: give the phones there a number with voice."
    : "";
  return [byState[state], callback, voice].filter((text) => text !== "").join(" ");
}
