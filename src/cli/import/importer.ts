/**
 * From what an account holds to objects that say the same: `plan` on them finds nothing to do, under Observe as under
 * Manage. What our kinds cannot say, or could only say as a change, is told with its reason instead.
 */
import { contentOf } from "../../plan/address/content.ts";
import { slotOf } from "../../plan/slot.ts";
import { parseTag } from "../../plan/address/tag.ts";
import { isNumberOf } from "../../lib/phone.ts";
import type { AddressRecord, DomainRecord, NumberRecord } from "../../twilio/types.ts";
import { faultsOf } from "../manifests/validate.ts";
import type { AccountListing } from "../standalone/listing.ts";
import { Names } from "./names.ts";

export interface ImportedAddress {
  readonly name: string;
  readonly spec: Readonly<Record<string, string>>;
}

export interface ImportedNumber {
  readonly name: string;
  readonly phoneNumber: string;
  readonly address: ImportedAddress;
  /** It is the first one of its address. */
  readonly isFirst: boolean;
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

/** Takes numbers as they come, and keeps of them only what later ones and the domains need. */
export class Importer {
  readonly #addresses: ReadonlyMap<string, AddressRecord>;
  readonly #domains: readonly DomainRecord[];
  readonly #leaveOut: (leftOut: LeftOut) => void;
  readonly #names = new Names();
  /** By their sid; false: no EmergencyAddress can stand for it. */
  readonly #usable = new Map<string, AddressRecord | false>();
  /** Those that a number has, by their sid. */
  readonly #imported = new Map<string, ImportedAddress>();
  /** Names of the bindings of numbers that a domain has as its caller, by the number's sid. */
  readonly #callers = new Map<string, string | undefined>();

  /** `leaveOut` is told of everything at Twilio that no object stands for. */
  constructor(
    { addresses, domains }: Pick<AccountListing, "addresses" | "domains">,
    leaveOut: (leftOut: LeftOut) => void,
  ) {
    this.#addresses = new Map(addresses.map((address) => [address.sid, address]));
    this.#domains = domains;
    this.#leaveOut = leaveOut;
    for (const { emergencyCallerSid } of domains)
      if (emergencyCallerSid !== null) this.#callers.set(emergencyCallerSid, undefined);
  }

  /** What stands for the number, if anything does. */
  take(number: NumberRecord): ImportedNumber | undefined {
    const address = this.#addressOf(number);
    if (typeof address === "string") {
      this.#leaveOut({ what: `${number.phoneNumber} (${number.sid})`, why: address });
      return undefined;
    }
    const isFirst = !this.#imported.has(address.sid);
    const imported = this.#imported.get(address.sid) ?? this.#import(address);
    const name = this.#names.unique("binding", number.friendlyName, number.phoneNumber.slice(1));
    if (this.#callers.has(number.sid)) this.#callers.set(number.sid, name);
    return { name, phoneNumber: number.phoneNumber, address: imported, isFirst };
  }

  /** To be asked when all numbers have been taken: any of them may be a caller. */
  domains(): readonly ImportedDomain[] {
    return this.#domains.flatMap((domain) => this.#domain(domain));
  }

  #import(address: AddressRecord): ImportedAddress {
    const { friendlyName, customerName, street, city } = address;
    const isOurs = parseTag(friendlyName) !== undefined;
    const texts = [isOurs ? "" : friendlyName, `${customerName} ${city} ${street}`];
    const imported = { name: this.#names.unique("address", ...texts), spec: specOf(address) };
    this.#imported.set(address.sid, imported);
    return imported;
  }

  /** The Address at which a binding stands for the number, which is or will be registered there; or why there is none. */
  #addressOf(number: NumberRecord): AddressRecord | string {
    const sid = number.emergencyAddressSid ?? "";
    const address = this.#usableAddress(sid);
    const why = unregistered(number);
    if (why !== undefined) return why;
    if (address === undefined) return `its Address ${sid} cannot be imported`;
    return mismatch(number, address) ?? address;
  }

  /** Says once, of each that a number has, why no EmergencyAddress can stand for it. */
  #usableAddress(sid: string): AddressRecord | undefined {
    const address = this.#addresses.get(sid);
    if (address === undefined) return undefined;
    const known = this.#usable.get(sid);
    if (known !== undefined) return known === false ? undefined : known;
    const faults = address.emergencyEnabled
      ? faultsOf("EmergencyAddress", specOf(address))
      : ["it is not enabled for emergencies"];
    this.#usable.set(sid, faults.length === 0 && address);
    if (faults.length > 0) this.#leaveOut({ what: `Address ${sid}`, why: faults.join("; ") });
    return faults.length === 0 ? address : undefined;
  }

  #domain({
    domainName,
    emergencyCallingEnabled,
    emergencyCallerSid,
  }: DomainRecord): readonly ImportedDomain[] {
    const caller = this.#callers.get(emergencyCallerSid ?? "");
    if (emergencyCallerSid !== null && caller === undefined) {
      const why = `its emergency caller ${emergencyCallerSid} has no registered address that could be imported`;
      this.#leaveOut({ what: `SIP domain ${domainName}`, why });
      return [];
    }
    const [label = ""] = domainName.split(".");
    const name = this.#names.unique("domain", label, domainName);
    const domain = { name, domainName, enabled: emergencyCallingEnabled };
    return [{ ...domain, ...(caller === undefined ? {} : { caller }) }];
  }
}

function specOf(address: AddressRecord): Readonly<Record<string, string>> {
  const content = Object.entries(contentOf(address)).filter(([, text]) => text !== "");
  return { ...Object.fromEntries(content), sid: address.sid };
}

/** Why the number is not registered at its Address, nor will be. */
function unregistered(number: NumberRecord): string | undefined {
  const slot = slotOf(number);
  if (slot.kind === "free" || slot.kind === "lagging") return "it has no emergency address";
  if (slot.kind === "registered" || (slot.kind === "pending" && slot.direction === "registration"))
    return undefined;
  return `its registration is ${number.emergencyAddressStatus ?? "unknown"}`;
}

/** Why a binding of this number to this Address would be another state than the one at Twilio. */
function mismatch(
  { emergencyStatus, phoneNumber }: NumberRecord,
  address: AddressRecord,
): string | undefined {
  if (emergencyStatus !== "Active") return `its EmergencyStatus is ${emergencyStatus}`;
  const country = address.isoCountry as "US" | "CA" | "GB";
  if (isNumberOf(country, phoneNumber) !== "no") return undefined;
  return `it is no number of ${country}, where its Address ${address.sid} is`;
}
