/**
 * From what an account holds to objects that say the same: `plan` on them finds nothing to do, under Observe as under
 * Manage. What our kinds cannot say, or could only say as a change, is told with its reason instead.
 */
import { contentOf } from "../../plan/content.ts";
import { slotOf } from "../../plan/slot.ts";
import { parseTag } from "../../plan/tag.ts";
import { isNumberOf } from "../../lib/phone.ts";
import type { AddressRecord, DomainRecord, NumberRecord } from "../../twilio/types.ts";
import { faultsOf } from "../manifests/validate.ts";
import type { AccountListing } from "../standalone/listing.ts";
import { Names } from "./names.ts";

export interface ImportedAddress {
  readonly name: string;
  readonly spec: Readonly<Record<string, string>>;
  readonly numbers: readonly ImportedNumber[];
}

export interface ImportedNumber {
  readonly name: string;
  readonly phoneNumber: string;
}

export interface ImportedDomain {
  readonly name: string;
  readonly domainName: string;
  readonly enabled: boolean;
  /** Name of the binding of its emergency caller. */
  readonly caller?: string;
}

/** Something at Twilio that no object stands for. */
export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

export interface Imported {
  readonly addresses: readonly ImportedAddress[];
  readonly domains: readonly ImportedDomain[];
  readonly leftOut: readonly LeftOut[];
}

export function importListing(listing: AccountListing): Imported {
  const leftOut: LeftOut[] = [];
  const usable = usableAddresses(listing, leftOut);
  const numbersAt = new Map<string, NumberRecord[]>();
  for (const number of listing.numbers) {
    const why = whyNot(number, usable);
    const sid = number.emergencyAddressSid ?? "";
    if (why !== undefined) leftOut.push({ what: `${number.phoneNumber} (${number.sid})`, why });
    else numbersAt.set(sid, [...(numbersAt.get(sid) ?? []), number]);
  }
  const names = new Names();
  const bindings = new Map<string, string>();
  const addresses = [...usable.values()]
    .filter(({ sid }) => numbersAt.has(sid))
    .map((address) => {
      const numbers = (numbersAt.get(address.sid) ?? []).map((number) => {
        const name = names.unique("binding", number.friendlyName, number.phoneNumber.slice(1));
        bindings.set(number.sid, name);
        return { name, phoneNumber: number.phoneNumber };
      });
      return { name: addressName(names, address), spec: specOf(address), numbers };
    });
  const domains = listing.domains.flatMap((domain) => importDomain(domain, { bindings, names, leftOut }));
  return { addresses, domains, leftOut };
}

/** Addresses that a number has as its emergency address, and that an EmergencyAddress can stand for. */
function usableAddresses(
  { numbers, addresses }: AccountListing,
  leftOut: LeftOut[],
): ReadonlyMap<string, AddressRecord> {
  const used = new Set(numbers.map(({ emergencyAddressSid }) => emergencyAddressSid));
  const usable = new Map<string, AddressRecord>();
  for (const address of addresses.filter(({ sid }) => used.has(sid))) {
    const faults = address.emergencyEnabled
      ? faultsOf("EmergencyAddress", specOf(address))
      : ["it is not enabled for emergencies"];
    if (faults.length === 0) usable.set(address.sid, address);
    else leftOut.push({ what: `Address ${address.sid}`, why: faults.join("; ") });
  }
  return usable;
}

function specOf(address: AddressRecord): Readonly<Record<string, string>> {
  const content = Object.entries(contentOf(address)).filter(([, text]) => text !== "");
  return { ...Object.fromEntries(content), sid: address.sid };
}

function addressName(names: Names, address: AddressRecord): string {
  const { friendlyName, customerName, street, city } = address;
  const isOurs = parseTag(friendlyName) !== undefined;
  return names.unique("address", isOurs ? "" : friendlyName, `${customerName} ${city} ${street}`);
}

/** Why a binding would not stand for what is there; undefined where it would. */
function whyNot(number: NumberRecord, usable: ReadonlyMap<string, AddressRecord>): string | undefined {
  const slot = slotOf(number);
  if (slot.kind === "free" || slot.kind === "lagging") return "it has no emergency address";
  if (slot.kind !== "registered" && !(slot.kind === "pending" && slot.direction === "registration"))
    return `its registration is ${number.emergencyAddressStatus ?? "unknown"}`;
  const address = usable.get(slot.sid ?? "");
  return address === undefined
    ? `its Address ${slot.sid ?? ""} cannot be imported`
    : mismatch(number, address);
}

function mismatch(
  { emergencyStatus, phoneNumber }: NumberRecord,
  address: AddressRecord,
): string | undefined {
  if (emergencyStatus !== "Active") return `its EmergencyStatus is ${emergencyStatus}`;
  const country = address.isoCountry as "US" | "CA" | "GB";
  if (isNumberOf(country, phoneNumber) !== "no") return undefined;
  return `it is no number of ${country}, where its Address ${address.sid} is`;
}

function importDomain(
  { domainName, emergencyCallingEnabled, emergencyCallerSid }: DomainRecord,
  {
    bindings,
    names,
    leftOut,
  }: { readonly bindings: ReadonlyMap<string, string>; readonly names: Names; readonly leftOut: LeftOut[] },
): readonly ImportedDomain[] {
  const caller = bindings.get(emergencyCallerSid ?? "");
  if (emergencyCallerSid !== null && caller === undefined) {
    const why = `its emergency caller ${emergencyCallerSid} has no registered address that could be imported`;
    leftOut.push({ what: `SIP domain ${domainName}`, why });
    return [];
  }
  const [label = ""] = domainName.split(".");
  const name = names.unique("domain", label, domainName);
  return [
    { name, domainName, enabled: emergencyCallingEnabled, ...(caller === undefined ? {} : { caller }) },
  ];
}
