/** The resources as the emulator keeps them, and as Twilio's JSON shows them. */
import { randomBytes } from "node:crypto";
import type { Settings } from "./settings.ts";

export type Json = Record<string, unknown>;

export interface Address {
  readonly kind: "address";
  readonly sid: string;
  readonly accountSid: string;
  friendly_name: string;
  customer_name: string;
  street: string;
  street_secondary: string;
  city: string;
  region: string;
  postal_code: string;
  iso_country: string;
  emergency_enabled: boolean;
  createdAt: number;
  updatedAt: number;
}

export interface PhoneNumber {
  readonly kind: "number";
  readonly sid: string;
  readonly accountSid: string;
  phone_number: string;
  friendly_name: string;
  voice_url: string;
  voice: boolean;
  address_sid: string | null;
  emergency_status: string;
  emergency_address_sid: string | null;
  /** null has been seen on numbers that never had an emergency address. */
  emergency_address_status: string | null;
  createdAt: number;
  updatedAt: number;
  /** The end of a pending state. */
  due?: { readonly at: number; readonly settle: () => void } | undefined;
  statusDue?: { readonly at: number; readonly settle: () => void } | undefined;
}

export interface Domain {
  readonly kind: "domain";
  readonly sid: string;
  readonly accountSid: string;
  domain_name: string;
  friendly_name: string;
  voice_url: string;
  emergency_calling_enabled: boolean;
  emergency_caller_sid: string | null;
  createdAt: number;
  updatedAt: number;
}

export type Resource = Address | PhoneNumber | Domain;

export function newSid(prefix: string): string {
  return `${prefix}${randomBytes(16).toString("hex")}`;
}

/** RFC 2822, as Twilio writes times. */
export function rfc2822(ms: number): string {
  return new Date(ms).toUTCString().replace("GMT", "+0000");
}

function common(resource: Resource): Json {
  return {
    sid: resource.sid,
    account_sid: resource.accountSid,
    friendly_name: resource.friendly_name,
    date_created: rfc2822(resource.createdAt),
    date_updated: rfc2822(resource.updatedAt),
  };
}

export function addressJson(address: Address): Json {
  return {
    ...common(address),
    customer_name: address.customer_name,
    street: address.street,
    street_secondary: address.street_secondary === "" ? null : address.street_secondary,
    city: address.city,
    region: address.region,
    postal_code: address.postal_code,
    iso_country: address.iso_country,
    emergency_enabled: address.emergency_enabled,
    validated: false,
    verified: false,
    uri: `/2010-04-01/Accounts/${address.accountSid}/Addresses/${address.sid}.json`,
  };
}

export function numberJson(number: PhoneNumber, settings: Settings): Json {
  const empty = settings.emptySid === "null" ? null : "";
  return {
    ...common(number),
    address_sid: number.address_sid,
    address_requirements: "none",
    api_version: "2010-04-01",
    beta: false,
    capabilities: { voice: number.voice, sms: true, mms: false, fax: false },
    identity_sid: null,
    phone_number: number.phone_number,
    origin: "twilio",
    sms_application_sid: null,
    sms_fallback_method: "POST",
    sms_fallback_url: "",
    sms_method: "POST",
    sms_url: "",
    status_callback: "",
    status_callback_method: "POST",
    trunk_sid: null,
    voice_receive_mode: "voice",
    voice_application_sid: null,
    voice_caller_id_lookup: false,
    voice_fallback_method: "POST",
    voice_fallback_url: null,
    voice_method: "POST",
    voice_url: number.voice_url === "" ? null : number.voice_url,
    emergency_status: number.emergency_status,
    emergency_address_sid: number.emergency_address_sid ?? empty,
    emergency_address_status: number.emergency_address_status,
    bundle_sid: null,
    status: "in-use",
    type: "local",
    uri: `/2010-04-01/Accounts/${number.accountSid}/IncomingPhoneNumbers/${number.sid}.json`,
  };
}

/** Capitalised capabilities and no emergency_address_status: the list of dependants has a shape of its own. */
export function dependentJson(number: PhoneNumber, settings: Settings): Json {
  const { emergency_address_status: _, ...json } = numberJson(number, settings);
  const kept = Object.fromEntries(Object.entries(json).filter(([name]) => DEPENDENT_FIELDS.has(name)));
  return { ...kept, capabilities: { Voice: number.voice, SMS: true, MMS: false } };
}

const DEPENDENT_FIELDS = new Set(
  (
    "sid account_sid friendly_name phone_number voice_url voice_method voice_fallback_method voice_fallback_url voice_caller_id_lookup " +
    "date_created date_updated sms_fallback_method sms_fallback_url sms_method sms_url address_requirements status_callback " +
    "status_callback_method api_version sms_application_sid voice_application_sid trunk_sid emergency_status emergency_address_sid uri"
  ).split(" "),
);

export function domainJson(domain: Domain): Json {
  const uri = `/2010-04-01/Accounts/${domain.accountSid}/SIP/Domains/${domain.sid}`;
  return {
    ...common(domain),
    api_version: "2010-04-01",
    auth_type: "",
    domain_name: domain.domain_name,
    uri: `${uri}.json`,
    subresource_uris: {
      credential_list_mappings: `${uri}/CredentialListMappings.json`,
      ip_access_control_list_mappings: `${uri}/IpAccessControlListMappings.json`,
    },
    voice_url: domain.voice_url,
    voice_method: "POST",
    voice_fallback_url: "",
    voice_fallback_method: "POST",
    voice_status_callback_url: "",
    voice_status_callback_method: "POST",
    sip_registration: true,
    emergency_calling_enabled: domain.emergency_calling_enabled,
    secure: false,
    byoc_trunk_sid: null,
    emergency_caller_sid: domain.emergency_caller_sid,
  };
}

export function toJson(resource: Resource, settings: Settings): Json {
  switch (resource.kind) {
    case "address":
      return addressJson(resource);
    case "number":
      return numberJson(resource, settings);
    case "domain":
      return domainJson(resource);
  }
}
