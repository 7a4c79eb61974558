/** From Twilio's JSON to the records we keep. Throws Unreadable for anything that is not the resource it should be. */
import type { AddressRecord, DomainRecord, NumberRecord } from "./types.ts";

export type Json = Readonly<Record<string, unknown>>;

export class Unreadable extends Error {
  override readonly name = "Unreadable";
}

export function toAddress(json: Json): AddressRecord {
  const created = time(json, "date_created");
  return {
    sid: sid(json, "sid", "AD"),
    friendlyName: text(json, "friendly_name"),
    customerName: text(json, "customer_name"),
    street: text(json, "street"),
    streetSecondary: text(json, "street_secondary"),
    city: text(json, "city"),
    region: text(json, "region"),
    postalCode: text(json, "postal_code"),
    isoCountry: text(json, "iso_country"),
    emergencyEnabled: json["emergency_enabled"] === true,
    dateCreated: created,
    dateUpdated: time(json, "date_updated"),
  };
}

export function toNumber(json: Json): NumberRecord {
  const capabilities = json["capabilities"];
  const voice =
    typeof capabilities === "object" && capabilities !== null ? (capabilities as Json)["voice"] : false;
  return {
    sid: sid(json, "sid", "PN"),
    phoneNumber: text(json, "phone_number"),
    friendlyName: text(json, "friendly_name"),
    emergencyStatus: text(json, "emergency_status"),
    emergencyAddressSid: textOrNull(json, "emergency_address_sid"),
    emergencyAddressStatus: textOrNull(json, "emergency_address_status"),
    addressSid: textOrNull(json, "address_sid"),
    voiceUrl: text(json, "voice_url"),
    voiceCapable: voice === true,
  };
}

export function toDomain(json: Json): DomainRecord {
  return {
    sid: sid(json, "sid", "SD"),
    domainName: text(json, "domain_name"),
    emergencyCallingEnabled: json["emergency_calling_enabled"] === true,
    emergencyCallerSid: textOrNull(json, "emergency_caller_sid"),
  };
}

function sid(json: Json, name: string, prefix: string): string {
  const value = json[name];
  if (typeof value === "string" && value.startsWith(prefix)) return value;
  throw new Unreadable(`${name} is not a sid that begins with ${prefix}`);
}

/** Twilio says null or "" for what is not there. */
function text(json: Json, name: string): string {
  const value = json[name];
  return typeof value === "string" ? value : "";
}

function textOrNull(json: Json, name: string): string | null {
  const value = text(json, name);
  return value === "" ? null : value;
}

/** RFC 2822; 0 where there is none. */
function time(json: Json, name: string): number {
  const ms = Date.parse(text(json, name));
  return Number.isNaN(ms) ? 0 : ms;
}
