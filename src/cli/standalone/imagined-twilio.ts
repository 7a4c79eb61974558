/**
 * A Twilio in memory that does what it is asked: it begins with what the real account shows, and every registration ends
 * well at the next look. What would happen there is the forecast of `plan`.
 */
import type { Clock } from "../../lib/clock.ts";
import { equal } from "../../lib/equal.ts";
import type {
  AddressRecord,
  Answer,
  DomainRecord,
  NewAddress,
  NumberRecord,
  TwilioAccountClient,
} from "../../twilio/types.ts";
import type { AccountListing } from "./listing.ts";

export class ImaginedTwilio implements TwilioAccountClient {
  readonly accountSid: string;
  readonly #clock: Clock;
  readonly #numbers: Map<string, NumberRecord>;
  readonly #addresses: Map<string, AddressRecord>;
  readonly #domains: Map<string, DomainRecord>;
  #created = 0;
  /** Sids that ended a transition since the last listing, so that a look changes at most what it looks at. */
  readonly #moving = new Set<string>();

  constructor({ accountSid, numbers, addresses, domains }: AccountListing, clock: Clock) {
    this.accountSid = accountSid;
    this.#clock = clock;
    this.#numbers = bySid(numbers);
    this.#addresses = bySid(addresses);
    this.#domains = bySid(domains);
    for (const { sid, emergencyAddressStatus } of numbers)
      if (emergencyAddressStatus?.startsWith("pending-") === true) this.#moving.add(sid);
  }

  /** The sid that the next Address gets. */
  get nextSid(): string {
    return `AD${this.accountSid.slice(-24)}${String(this.#created + 1).padStart(8, "0")}`;
  }

  number(sid: string): NumberRecord | undefined {
    return this.#numbers.get(sid);
  }

  address(sid: string): AddressRecord | undefined {
    return this.#addresses.get(sid);
  }

  domain(sid: string): DomainRecord | undefined {
    return this.#domains.get(sid);
  }

  probe(): Promise<Answer<{ readonly status: string }>> {
    return this.#done({ status: "active" });
  }

  listNumbers(): Promise<Answer<readonly NumberRecord[]>> {
    const shown = [...this.#numbers.values()];
    for (const sid of this.#moving) this.#arrive(sid);
    return this.#done(shown);
  }

  async readNumbers(onPage: (numbers: readonly NumberRecord[]) => void): Promise<Answer<number>> {
    const answer = await this.listNumbers();
    if (!answer.ok) return answer;
    onPage(answer.value);
    return { ...answer, value: answer.value.length };
  }

  listAddresses(): Promise<Answer<readonly AddressRecord[]>> {
    return this.#done([...this.#addresses.values()]);
  }

  listDomains(): Promise<Answer<readonly DomainRecord[]>> {
    return this.#done([...this.#domains.values()]);
  }

  findAddresses(friendlyName: string): Promise<Answer<readonly AddressRecord[]>> {
    return this.#done([...this.#addresses.values()].filter((one) => one.friendlyName === friendlyName));
  }

  findNumbers(phoneNumber: string): Promise<Answer<readonly NumberRecord[]>> {
    return this.#done([...this.#numbers.values()].filter((one) => one.phoneNumber === phoneNumber));
  }

  fetchNumber(sid: string): Promise<Answer<NumberRecord>> {
    const shown = this.#numbers.get(sid);
    if (this.#moving.has(sid)) this.#arrive(sid);
    return this.#found(shown, sid);
  }

  fetchAddress(sid: string): Promise<Answer<AddressRecord>> {
    return this.#found(this.#addresses.get(sid), sid);
  }

  fetchDomain(sid: string): Promise<Answer<DomainRecord>> {
    return this.#found(this.#domains.get(sid), sid);
  }

  listDependentNumbers(addressSid: string): Promise<Answer<readonly string[]>> {
    const dependants = [...this.#numbers.values()].filter(
      (number) => number.emergencyAddressSid === addressSid || number.addressSid === addressSid,
    );
    return this.#done(dependants.map(({ sid }) => sid));
  }

  createAddress(address: NewAddress): Promise<Answer<AddressRecord>> {
    const { autoCorrectAddress: _autoCorrect, ...content } = address;
    const sid = this.nextSid;
    this.#created += 1;
    const at = this.#clock.now();
    const record = { ...content, sid, emergencyEnabled: true, dateCreated: at, dateUpdated: at };
    this.#addresses.set(sid, record);
    return this.#done(record);
  }

  deleteAddress(sid: string): Promise<Answer<null>> {
    this.#addresses.delete(sid);
    return this.#done(null);
  }

  associateAddress(numberSid: string, addressSid: string): Promise<Answer<NumberRecord>> {
    return this.#editNumber(numberSid, {
      emergencyAddressSid: addressSid,
      emergencyAddressStatus: "pending-registration",
    });
  }

  disassociateAddress(numberSid: string): Promise<Answer<NumberRecord>> {
    const isRegistered = this.#numbers.get(numberSid)?.emergencyAddressStatus === "registered";
    return this.#editNumber(numberSid, {
      emergencyAddressSid: null,
      emergencyAddressStatus: isRegistered ? "pending-unregistration" : "unregistered",
    });
  }

  setEmergencyStatus(numberSid: string, value: "Active" | "Inactive"): Promise<Answer<NumberRecord>> {
    return this.#editNumber(numberSid, { emergencyStatus: value });
  }

  setEmergencyCalling(domainSid: string, enabled: boolean): Promise<Answer<DomainRecord>> {
    return this.#editDomain(domainSid, { emergencyCallingEnabled: enabled });
  }

  setEmergencyCaller(domainSid: string, numberSid: string | null): Promise<Answer<DomainRecord>> {
    return this.#editDomain(domainSid, { emergencyCallerSid: numberSid });
  }

  /** What was pending is over: whoever looks next sees it. */
  #arrive(sid: string): void {
    const number = this.#numbers.get(sid);
    this.#moving.delete(sid);
    if (number === undefined) return;
    const emergencyAddressStatus =
      number.emergencyAddressStatus === "pending-registration" ? "registered" : "unregistered";
    this.#numbers.set(sid, { ...number, emergencyAddressStatus });
  }

  #editNumber(sid: string, edit: Partial<NumberRecord>): Promise<Answer<NumberRecord>> {
    const number = this.#numbers.get(sid);
    if (number === undefined) return this.#absent(sid);
    const edited = { ...number, ...edit };
    if (!equal(edited, number)) this.#numbers.set(sid, edited);
    if (edited.emergencyAddressStatus?.startsWith("pending-") === true) this.#moving.add(sid);
    return this.#done(edited);
  }

  #editDomain(sid: string, edit: Partial<DomainRecord>): Promise<Answer<DomainRecord>> {
    const domain = this.#domains.get(sid);
    if (domain === undefined) return this.#absent(sid);
    const edited = { ...domain, ...edit };
    this.#domains.set(sid, edited);
    return this.#done(edited);
  }

  #done<T>(value: T): Promise<Answer<T>> {
    return Promise.resolve({ ok: true, value, startedAt: this.#clock.now() });
  }

  #found<T>(value: T | undefined, sid: string): Promise<Answer<T>> {
    return value === undefined ? this.#absent(sid) : this.#done(value);
  }

  #absent(sid: string): Promise<Answer<never>> {
    const failure = { kind: "notFound", message: `${sid} is not in the account`, httpStatus: 404 } as const;
    return Promise.resolve({ ok: false, failure, startedAt: this.#clock.now() });
  }
}

function bySid<T extends { readonly sid: string }>(records: readonly T[]): Map<string, T> {
  return new Map(records.map((record) => [record.sid, record]));
}
