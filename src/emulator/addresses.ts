/** Addresses: creation with validation, update, deletion. */
import { ApiError, rejected } from "./errors.ts";
import { newSid, type Address } from "./resources.ts";
import type { ValidationRule } from "./settings.ts";
import type { Account, World } from "./world.ts";

export type Form = Readonly<Record<string, string>>;

const FIELDS = {
  CustomerName: "customer_name",
  FriendlyName: "friendly_name",
  Street: "street",
  StreetSecondary: "street_secondary",
  City: "city",
  Region: "region",
  PostalCode: "postal_code",
} as const;

const REQUIRED = ["CustomerName", "Street", "City", "Region", "PostalCode", "IsoCountry"];
const NAME_LENGTH = 32;

export function createAddress(world: World, account: Account, form: Form): Address {
  for (const name of REQUIRED) {
    if ((form[name] ?? "") === "") throw rejected(21238, `Address Validation Error: ${name} is required`);
  }
  const now = world.now();
  const text = (name: string): string => form[name] ?? "";
  const address: Address = {
    kind: "address",
    sid: newSid("AD"),
    accountSid: account.sid,
    friendly_name: text("FriendlyName"),
    customer_name: text("CustomerName"),
    street: text("Street"),
    street_secondary: text("StreetSecondary"),
    city: text("City"),
    region: text("Region"),
    postal_code: text("PostalCode"),
    iso_country: text("IsoCountry"),
    emergency_enabled: text("EmergencyEnabled") === "true",
    createdAt: now,
    updatedAt: now,
  };
  validate(world, address, form["AutoCorrectAddress"] !== "false");
  account.addresses.set(address.sid, address);
  return address;
}

/** In place. Numbers that are registered at it stay registered with what the address was: that is a violation. */
export function updateAddress(world: World, account: Account, address: Address, form: Form): void {
  const changed: Address = { ...address };
  for (const [name, field] of Object.entries(FIELDS)) {
    const given = form[name];
    if (given !== undefined) changed[field] = given;
  }
  if (form["EmergencyEnabled"] !== undefined) changed.emergency_enabled = form["EmergencyEnabled"] === "true";
  validate(world, changed, form["AutoCorrectAddress"] !== "false");
  const inUse = [...account.numbers.values()].some((number) => number.emergency_address_sid === address.sid);
  if (inUse)
    world.violations.push({ at: world.now(), what: "Address edited while numbers use it", sid: address.sid });
  Object.assign(address, changed, { updatedAt: world.now() });
}

export function deleteAddress(account: Account, address: Address): void {
  const users = [...account.numbers.values()].filter(
    (number) => number.emergency_address_sid === address.sid || number.address_sid === address.sid,
  );
  if (users.length > 0)
    throw rejected(21625, "Address is required for an active IncomingPhoneNumber and cannot be deleted");
  account.addresses.delete(address.sid);
}

/** Only emergency addresses are checked; a corrected form is stored, or suggested where that was asked for. */
function validate(world: World, address: Address, autoCorrect: boolean): void {
  if (!address.emergency_enabled) return;
  checkNames(address);
  const rule = world.settings.validation.find((candidate) => matches(candidate, address));
  if (rule === undefined) return;
  if (rule.corrected === undefined)
    throw rejected(21628, "The address you have provided cannot be validated.");
  const corrected = { ...address, ...rule.corrected };
  if (!autoCorrect) throw rejected(21629, suggestion(corrected));
  Object.assign(address, rule.corrected);
}

function checkNames(address: Address): void {
  for (const name of [address.friendly_name, address.customer_name]) {
    if (Array.from(name).length > NAME_LENGTH || /[&@#]/.test(name) || name !== name.trim()) {
      throw new ApiError(
        400,
        21238,
        "Address Validation Error: FriendlyName and CustomerName of emergency addresses have at most 32 characters, none of & @ #",
      );
    }
  }
}

function matches(rule: ValidationRule, address: Address): boolean {
  const same = (a: string, b: string): boolean => fold(a) === fold(b);
  return same(rule.street, address.street) && (rule.city === undefined || same(rule.city, address.city));
}

function fold(text: string): string {
  return text.toUpperCase().replaceAll(/\s+/g, " ").trim();
}

/** Locality instead of City, and no StreetSecondary: as Twilio's documentation shows it. */
function suggestion(address: Address): string {
  const parts = {
    FriendlyName: address.friendly_name,
    CustomerName: address.customer_name,
    Street: address.street,
    Locality: address.city,
    Region: address.region,
    PostalCode: address.postal_code,
    IsoCountry: address.iso_country,
  };
  const list = Object.entries(parts)
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ");
  return `Failed to validate address. Check the suggested address. | ${list}`;
}
