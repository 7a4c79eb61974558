/** Every behaviour of the emulator that can be chosen. What Twilio does not document is a setting with a default here. */

/** What becomes of addresses whose street and city match (upper case, blanks folded). */
export interface ValidationRule {
  /** Upper case. */
  readonly street: string;
  /** Upper case; absent: any. */
  readonly city?: string;
  /** Twilio's form of the address, in its JSON names; absent: the address cannot be validated at all (21628). */
  readonly corrected?: Readonly<Record<string, string>>;
}

/** Registrations that end in failure; a rule counts down `times` and is then spent. */
export interface RegistrationFailure {
  /** What fails. */
  readonly action: "register" | "unregister";
  /** Of this number only. */
  readonly phoneNumber?: string;
  /** At this Address only. */
  readonly addressSid?: string;
  /** Matches the street of the Address, upper case. */
  readonly street?: string;
  /** How often; absent: always. */
  readonly times?: number;
}

export interface Settings {
  /** `current`: EmergencyStatus is accepted and ignored (warning 22222). `legacy`: it is applied through Pending states. */
  readonly mode: "current" | "legacy";
  /** Added to every answer, in ms. */
  readonly latencyMs: number;
  /** Requests of an account under way at a time; one more is answered 429. 0: no limit. */
  readonly concurrencyLimit: number;
  /** How long `pending-registration` lasts, in ms. Twilio: minutes in US and CA, up to 72 hours in GB. */
  readonly registrationMs: number;
  /** How long `pending-unregistration` lasts, in ms. */
  readonly unregistrationMs: number;
  /** Another time for `pending-registration`, by the country of the Address. */
  readonly registrationMsByCountry: Readonly<Record<string, number>>;
  /** How long the Pending states of EmergencyStatus last in legacy mode, in ms. */
  readonly statusMs: number;
  /** Addresses that are corrected or refused; all others are taken as they are. */
  readonly validation: readonly ValidationRule[];
  /** Registrations that end in failure; all others succeed. */
  readonly failures: readonly RegistrationFailure[];
  /** When emergency_address_sid becomes empty at a disassociation. Undocumented. */
  readonly sidClears: "atOnce" | "whenUnregistered";
  /** What an absent emergency_address_sid looks like. Both have been seen. */
  readonly emptySid: "null" | "empty";
  /** A failed registration leaves the sid (what users report) or empties it. */
  readonly failureKeepsSid: boolean;
  /** Associating an Address that is not enabled for emergencies. Undocumented. */
  readonly notEnabledAddress: "unregistered" | "refuse";
  /** A change of EmergencyAddressSid while the slot is pending. Refused with "pending" in the message, as users report. */
  readonly whilePending: "refuse" | "accept";
  /** Another Address onto a registered slot, without disassociation. Undocumented; recorded as a violation either way. */
  readonly directSwap: "refuse" | "accept";
  /** Number and Address of different countries. Undocumented. */
  readonly otherCountry: "fail" | "refuse";
  /** An EmergencyCallerSid whose number is not registered. The Console does not offer it. */
  readonly unregisteredCaller: "accept" | "refuse";
  /** Enabling a domain while no number of the account is registered. Undocumented. */
  readonly enableWithoutNumbers: "accept" | "refuse";
  /** emergency_status of a new number in US, CA and GB. */
  readonly initialStatus: "Active" | "Inactive";
}

export const DEFAULTS: Settings = {
  mode: "current",
  latencyMs: 0,
  concurrencyLimit: 0,
  registrationMs: 200,
  unregistrationMs: 200,
  registrationMsByCountry: {},
  statusMs: 200,
  validation: [
    {
      street: "645 HARRISON STREAT",
      corrected: { street: "645 HARRISON ST", city: "SAN FRANCISCO", region: "CA", postal_code: "94107" },
    },
    { street: "1 NOWHERE LANE" },
  ],
  failures: [],
  sidClears: "atOnce",
  emptySid: "null",
  failureKeepsSid: true,
  notEnabledAddress: "unregistered",
  whilePending: "refuse",
  directSwap: "refuse",
  otherCountry: "fail",
  unregisteredCaller: "accept",
  enableWithoutNumbers: "accept",
  initialStatus: "Active",
};

/** Names of settings that are not known, for an error. */
export function unknownSettings(patch: object): readonly string[] {
  return Object.keys(patch).filter((name) => !(name in DEFAULTS));
}
