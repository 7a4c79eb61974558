/**
 * What the operator knows of Twilio's 2010-04-01 API: the fields it reads, and the only calls it can make.
 * There is no call that releases a number, creates or deletes a domain, or edits an Address: what does not exist
 * here cannot be sent by mistake.
 */

/** An Address resource. Absent texts are "" (Twilio says null or ""), times are ms since the epoch. */
export interface AddressRecord {
  readonly sid: string;
  readonly friendlyName: string;
  readonly customerName: string;
  readonly street: string;
  readonly streetSecondary: string;
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  readonly isoCountry: string;
  readonly emergencyEnabled: boolean;
  readonly dateCreated: number;
  readonly dateUpdated: number;
}

/** An IncomingPhoneNumber resource. Sids that Twilio gives as null or "" are null. */
export interface NumberRecord {
  readonly sid: string;
  /** E.164. */
  readonly phoneNumber: string;
  readonly friendlyName: string;
  /** `Active`, `Inactive`, or in the legacy mode `Pending Activation` / `Pending Deactivation`. */
  readonly emergencyStatus: string;
  readonly emergencyAddressSid: string | null;
  /** `registered`, `unregistered`, `pending-registration`, …; null where Twilio says null. */
  readonly emergencyAddressStatus: string | null;
  /** The regulatory address, which also keeps an Address from being deleted. */
  readonly addressSid: string | null;
  readonly voiceUrl: string;
  readonly voiceCapable: boolean;
}

/** A SIP Domain resource. */
export interface DomainRecord {
  readonly sid: string;
  readonly domainName: string;
  readonly emergencyCallingEnabled: boolean;
  /** Sid (PN…) of the number that is the domain's emergency caller, null if none. */
  readonly emergencyCallerSid: string | null;
}

/** The fields of POST /Addresses.json. */
export interface NewAddress {
  readonly friendlyName: string;
  readonly customerName: string;
  readonly street: string;
  readonly streetSecondary: string;
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  readonly isoCountry: string;
  readonly autoCorrectAddress: boolean;
}

/** The corrected address in error 21629, in the names of our spec; only what Twilio named is there. */
export interface SuggestedAddress {
  readonly customerName?: string;
  readonly street?: string;
  readonly streetSecondary?: string;
  readonly city?: string;
  readonly region?: string;
  readonly postalCode?: string;
  readonly isoCountry?: string;
}

interface FailureDetail {
  /** One sentence, Twilio's own where it sent one. */
  readonly message: string;
  readonly httpStatus?: number;
  /** Twilio's error code, such as 21629. */
  readonly code?: number;
  readonly moreInfo?: string;
  /** Twilio-Request-Id of the answer. */
  readonly requestId?: string;
}

/**
 * Every way in which a call can fail, classified once (twilio/errors.ts). `unknown` is the dangerous one: on a write
 * nobody knows whether it took effect.
 */
export type Failure = FailureDetail &
  (
    | { readonly kind: "throttled"; readonly retryAfterMs?: number }
    | { readonly kind: "unknown" } // network, time-out, 5xx, or an answer that cannot be read
    | { readonly kind: "unauthorized" } // 401
    | { readonly kind: "forbidden" } // 403
    | { readonly kind: "busy" } // 409, 20409, 20162
    | { readonly kind: "notFound" } // 404
    | { readonly kind: "rejected"; readonly suggestion?: SuggestedAddress } // any other 4xx
    | { readonly kind: "notSent" } // refused on our side: stopping, circuit open, lease ending
  );

/**
 * The answer to one call. `startedAt` is when the request began (Clock.now): evidence is dated by its beginning.
 * `throttles`: how often Twilio said 429 on the way.
 */
export type Answer<T> =
  | {
      readonly ok: true;
      readonly value: T;
      readonly startedAt: number;
      readonly requestId?: string;
      readonly throttles?: number;
    }
  | {
      readonly ok: false;
      readonly failure: Failure;
      readonly startedAt: number;
      readonly throttles?: number;
    };

/** Reads of one account. Listings yield whole pages; a broken page fails the listing. */
export interface AccountReads {
  /** Do these credentials work for this account? `status`: undefined where they may not read the account itself. */
  probe(): Promise<Answer<{ readonly status: string | undefined }>>;
  /** `poll`: numbers in transition are waited for. */
  listNumbers(why?: "poll" | "drift"): Promise<Answer<readonly NumberRecord[]>>;
  /** The same page by page, for accounts of any size: keeps none of them, and resolves with their count. */
  readNumbers(onPage: (numbers: readonly NumberRecord[]) => void): Promise<Answer<number>>;
  listAddresses(): Promise<Answer<readonly AddressRecord[]>>;
  listDomains(): Promise<Answer<readonly DomainRecord[]>>;
  /** Exact match on our side of the FriendlyName filter. */
  findAddresses(friendlyName: string): Promise<Answer<readonly AddressRecord[]>>;
  /** Exact match on our side of the PhoneNumber filter. */
  findNumbers(phoneNumber: string): Promise<Answer<readonly NumberRecord[]>>;
  fetchNumber(sid: string): Promise<Answer<NumberRecord>>;
  fetchAddress(sid: string): Promise<Answer<AddressRecord>>;
  fetchDomain(sid: string): Promise<Answer<DomainRecord>>;
  /** Sids of the numbers in DependentPhoneNumbers of the Address. */
  listDependentNumbers(addressSid: string): Promise<Answer<readonly string[]>>;
}

/** Writes of one account: exactly these. */
export interface AccountWrites {
  createAddress(address: NewAddress): Promise<Answer<AddressRecord>>;
  deleteAddress(sid: string): Promise<Answer<null>>;
  /** POST EmergencyAddressSid=AD…, nothing else in the request. */
  associateAddress(numberSid: string, addressSid: string): Promise<Answer<NumberRecord>>;
  /** POST EmergencyAddressSid= (empty), nothing else in the request. */
  disassociateAddress(numberSid: string): Promise<Answer<NumberRecord>>;
  /** POST EmergencyStatus, nothing else in the request. */
  setEmergencyStatus(numberSid: string, value: "Active" | "Inactive"): Promise<Answer<NumberRecord>>;
  setEmergencyCalling(domainSid: string, enabled: boolean): Promise<Answer<DomainRecord>>;
  /** null clears the caller. */
  setEmergencyCaller(domainSid: string, numberSid: string | null): Promise<Answer<DomainRecord>>;
}

export interface TwilioAccountClient extends AccountReads, AccountWrites {
  readonly accountSid: string;
}

/**
 * What we know of one account, as the planner reads it. Synchronous look-ups only; within one plan it does not change.
 * Every record is dated by the beginning of the look that showed it, or by the end of the write that made it so.
 */
export interface AccountView {
  readonly accountSid: string;
  /** Beginning of the last complete, unsuspect listing; absent before the first one. */
  readonly listedAt: number | undefined;
  /** The last listing had shrunk by more than a fifth, or to nothing, and no second one has agreed yet. */
  readonly suspect: boolean;
  number(sid: string): Observation<NumberRecord> | undefined;
  numberByPhoneNumber(phoneNumber: string): Observation<NumberRecord> | undefined;
  /** Numbers whose emergency_address_sid or address_sid is this Address. */
  numbersAt(addressSid: string): readonly NumberRecord[];
  address(sid: string): Observation<AddressRecord> | undefined;
  /** Addresses whose FriendlyName begins so (an index: cheap for our own tags). */
  addressesNamed(prefix: string): readonly Observation<AddressRecord>[];
  domain(sid: string): Observation<DomainRecord> | undefined;
  domainByName(domainName: string): Observation<DomainRecord> | undefined;
  /** All domains (at most 100 an account). */
  domains(): readonly DomainRecord[];
  numbers(): Iterable<NumberRecord>;
  /** When a direct look-up last said that this sid, phone number, domain name or FriendlyName is not there. */
  absentAt(nameOrSid: string): number | undefined;
  /** When our last write to this sid (or to a FriendlyName, for creates) was answered or given up; infinite before. */
  writtenAt(nameOrSid: string): number | undefined;
}

/** A record and when the request that showed it began. `missing`: a later listing lacks it, no 404 yet. */
export interface Observation<T> {
  readonly value: T;
  readonly observedAt: number;
  readonly missing: boolean;
  /** A direct look, or the answer to a write, has shown this very value: it is not the lag of a listing. */
  readonly direct: boolean;
}
