/** Addresses that the API server must refuse, and the words that a person is to read. */
import { refusedOf, sid, type Refused } from "./manifests.ts";

const address = refusedOf("EmergencyAddress");
const TORONTO = { isoCountry: "CA", city: "Toronto", region: "ON", postalCode: "M5V 2T6" };
const LONDON = { isoCountry: "GB", city: "London", region: "Greater London", postalCode: "EC1A 1BB" };

export const REFUSED_ADDRESSES: readonly Refused[] = [
  ...["customerName", "street", "city", "region", "postalCode", "isoCountry"].map((field) =>
    address(`no ${field}`, { [field]: undefined }, `spec.${field}: Required value`),
  ),
  ...["customerName", "street", "city", "region"].map((field) =>
    address(`an empty ${field}`, { [field]: "" }, `spec.${field} in body should be at least 1 chars long`),
  ),
  ...["customerName", "street", "streetSecondary", "city", "postalCode"].map((field) =>
    address(`a blank before ${field}`, { [field]: " 94107" }, `${field} must not begin or end with a blank`),
  ),
  address(
    "a blank after the region",
    { ...LONDON, region: "London " },
    "region must not begin or end with a blank",
  ),
  address(
    "a no-break space after the name",
    { customerName: "Northwind\u00a0" },
    "customerName must not begin or end with a blank",
  ),
  ...["customerName", "street", "streetSecondary", "city", "postalCode"].map((field) =>
    address(`a ${field} of two lines`, { [field]: "one\ntwo" }, `${field} must be one line`),
  ),
  address("a region of two lines", { ...LONDON, region: "Greater\tLondon" }, "region must be one line"),
  address(
    "an ampersand in the name",
    { customerName: "Smith & Sons" },
    "customerName must not contain any of & @ #",
  ),
  address(
    "an at sign in the name",
    { customerName: "you@work" },
    "customerName must not contain any of & @ #",
  ),
  address(
    "a number sign in the name",
    { customerName: "Store #4" },
    "customerName must not contain any of & @ #",
  ),
  address(
    "a name of 33 characters",
    { customerName: "x".repeat(33) },
    "spec.customerName: Too long: may not be more than 32",
  ),
  address(
    "a name of 66 bytes in 22 characters",
    { customerName: "株".repeat(22) },
    "customerName must be at most 64 bytes in UTF-8",
  ),
  address(
    "a street of 101 characters",
    { street: "x".repeat(101) },
    "spec.street: Too long: may not be more than 100",
  ),
  address(
    "a second line of 101 characters",
    { streetSecondary: "x".repeat(101) },
    "spec.streetSecondary: Too long: may not be more than 100",
  ),
  address(
    "a city of 65 characters",
    { city: "x".repeat(65) },
    "spec.city: Too long: may not be more than 64",
  ),
  address(
    "a region of 65 characters",
    { ...LONDON, region: "x".repeat(65) },
    "spec.region: Too long: may not be more than 64",
  ),
  address(
    "a country that Twilio does not register",
    { isoCountry: "DE" },
    'supported values: "US", "CA", "GB"',
  ),
  address("a country in lower case", { isoCountry: "us" }, 'supported values: "US", "CA", "GB"'),
  address(
    "a state written out",
    { region: "California" },
    "region must be two upper-case letters in US and CA",
  ),
  address("a state in lower case", { region: "ca" }, "region must be two upper-case letters in US and CA"),
  address(
    "a province written out",
    { ...TORONTO, region: "Ontario" },
    "region must be two upper-case letters in US and CA",
  ),
  address(
    "a ZIP code of four digits",
    { postalCode: "9410" },
    "postalCode must be a ZIP code in US, such as 94105",
  ),
  address(
    "a ZIP code with three digits more",
    { postalCode: "94107-123" },
    "postalCode must be a ZIP code in US, such as 94105",
  ),
  address(
    "a ZIP code in Canada",
    { ...TORONTO, postalCode: "94107" },
    "postalCode must be a Canadian postal code in upper case",
  ),
  address(
    "half a Canadian postal code",
    { ...TORONTO, postalCode: "M5V" },
    "postalCode must be a Canadian postal code in upper case",
  ),
  address(
    "a ZIP code in Britain",
    { ...LONDON, postalCode: "94107" },
    "postalCode must be a British postcode in upper case",
  ),
  address(
    "a British postcode in lower case",
    { ...LONDON, postalCode: "ec1a 1bb" },
    "postalCode must be a British postcode in upper case",
  ),
  address(
    "the sid of a number as sid",
    { sid: sid("PN") },
    "sid must be the sid of a Twilio Address: AD and 32",
  ),
  address(
    "a deletionPolicy of another kind",
    { deletionPolicy: "Unregister" },
    'supported values: "Retain", "Delete"',
  ),
  address("autoCorrect in words", { autoCorrect: "yes" }, "spec.autoCorrect: Invalid value"),
  address(
    "a postal code of 17 characters",
    { postalCode: "9".repeat(17) },
    "spec.postalCode: Too long: may not be more than 16",
  ),
  address(
    "an empty postal code",
    { postalCode: "" },
    "spec.postalCode in body should be at least 1 chars long",
  ),
  address("a sid that is too long", { sid: `${sid("AD")}0` }, "spec.sid: Too long: may not be more than 34"),
  address(
    "a managementPolicy that is not one",
    { managementPolicy: "Off" },
    'supported values: "Manage", "Observe"',
  ),
];
