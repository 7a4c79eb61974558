/** The account of an invented company as a saved listing, with a number in every state and every warning. */
import { makeTag, objectPrefix } from "../../src/plan/address/tag.ts";
import type { AccountListing } from "../../src/cli/standalone/listing.ts";
import type { AddressRecord, NumberRecord } from "../../src/twilio/types.ts";

const DAY = Date.parse("2026-03-02T08:00:00Z");
const VOICE_URL = "https://voice.larkmoor.example/incoming";
const TAG = makeTag(objectPrefix("standalone", "default", "hq"), "abcdefgh", 0);

const address = (digit: number, changes: Partial<AddressRecord>): AddressRecord => ({
  sid: `AD${String(digit).padStart(32, "0")}`,
  friendlyName: TAG,
  customerName: "Larkmoor Instruments",
  street: "100 Market St",
  streetSecondary: "",
  city: "San Francisco",
  region: "CA",
  postalCode: "94105",
  isoCountry: "US",
  emergencyEnabled: true,
  dateCreated: DAY,
  dateUpdated: DAY,
  ...changes,
});

const ADDRESSES = [
  address(1, { streetSecondary: "Floor 4" }),
  address(2, { street: "2 Foundry Yard", city: "Oakland", postalCode: "94607" }),
  address(3, {
    street: "200 Bay St",
    city: "Toronto",
    region: "ON",
    postalCode: "M5J 2J5",
    isoCountry: "CA",
  }),
  address(4, {
    street: "1 Canada Sq",
    city: "London",
    region: "London",
    postalCode: "E14 5AB",
    isoCountry: "GB",
  }),
  address(5, { friendlyName: "Old office", street: "7 Pier Rd", postalCode: "94111" }),
];

type Line = readonly [phone: string, at: number, status: string, changes?: Partial<NumberRecord>];

const LINES: readonly Line[] = [
  ["+14155550100", 1, "registered"],
  ["+14155550101", 1, "registered"],
  ["+14155550102", 2, "registered", { voiceUrl: "https://demo.twilio.com/welcome/voice/" }],
  ["+14155550103", 2, "registration-failure"],
  ["+14155550104", 5, "registered"],
  ["+14165550110", 3, "registered"],
  ["+14165550111", 3, "pending-registration"],
  ["+442079460120", 4, "registered"],
  ["+442079460121", 4, "pending-registration", { voiceUrl: "" }],
  ["+14155550199", 0, "unregistered", { voiceUrl: "" }],
  ["+14155550198", 5, "unregistered"],
  ["+4930231250", 0, "unregistered"],
  ["+14155550197", 1, "registered", { voiceCapable: false, voiceUrl: "" }],
];

function number([phoneNumber, at, status, changes = {}]: Line): NumberRecord {
  return {
    sid: `PN${phoneNumber.slice(1).padStart(32, "0")}`,
    phoneNumber,
    friendlyName: phoneNumber,
    emergencyStatus: "Active",
    emergencyAddressSid: ADDRESSES[at - 1]?.sid ?? null,
    emergencyAddressStatus: status,
    addressSid: null,
    voiceUrl: VOICE_URL,
    voiceCapable: true,
    ...changes,
  };
}

export const SAMPLE: AccountListing = {
  accountSid: `AC${"1".padStart(32, "0")}`,
  takenAt: new Date(DAY).toISOString(),
  numbers: LINES.map(number),
  addresses: ADDRESSES,
  domains: [],
};
