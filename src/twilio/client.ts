/** The calls of types.ts, made by the resources of the official `twilio` package over our own transport. */
import { createRequire } from "node:module";
import { LANE, type Lane } from "./concurrency.ts";
import { isRefusal } from "./errors.ts";
import { answerOf, answerOfPages, PageFailed, settled, type Exchange } from "./exchange.ts";
import type { HttpResponse } from "./http.ts";
import { type Listing, readPages } from "./listing.ts";
import { Sending, type RequestOptions, type SendingOptions } from "./sending.ts";
import { toAddress, toDomain, toNumber, Unreadable, type Json } from "./records.ts";
import type {
  AddressRecord,
  Answer,
  DomainRecord,
  NewAddress,
  NumberRecord,
  TwilioAccountClient,
} from "./types.ts";

// The package's index loads axios and everything else; this path loads one API of it: 50 ms and 10 MB less.
const Api = createRequire(import.meta.url)("twilio/lib/rest/Api.js") as new (twilio: object) => TwilioApi;

/** The parts of the package's Api class that we use. */
interface TwilioApi {
  readonly v2010: {
    accounts(sid: string): AccountContext;
    page(request: object): Promise<HttpResponse>;
  };
  baseUrl: string;
  request(options: object): Promise<HttpResponse>;
}

interface Resource {
  fetch(): Promise<unknown>;
  update(fields: object): Promise<unknown>;
  remove(): Promise<unknown>;
}

interface ListResource {
  (sid: string): Resource;
  create(fields: object): Promise<unknown>;
  page(params: object): Promise<unknown>;
}

interface AccountContext {
  fetch(): Promise<unknown>;
  readonly addresses: ListResource;
  readonly incomingPhoneNumbers: ListResource;
  readonly sip: { readonly domains: ListResource };
}

export interface AccountClientOptions extends SendingOptions {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Has the number with this sid lost its protection by a step of ours? Its requests go before all others. */
  readonly isUnprotected?: (numberSid: string) => boolean;
}

const PAGE_SIZE = 1000;

export class AccountClient implements TwilioAccountClient {
  readonly accountSid: string;
  readonly #options: AccountClientOptions;
  readonly #sending: Sending;

  constructor(options: AccountClientOptions) {
    this.accountSid = options.accountSid;
    this.#options = options;
    this.#sending = new Sending(options);
  }

  /** Standard keys may do all but read the account: where it is refused, a number says whether the key works. */
  async probe(): Promise<Answer<{ readonly status: string | undefined }>> {
    const account = await this.#call(
      LANE.change,
      (context) => context.fetch(),
      (json) => ({ status: String(json["status"]) }),
    );
    const isRefused = !account.ok && isRefusal(account.failure);
    const numbers = isRefused ? await this.#probeNumbers() : undefined;
    const answer = numbers?.ok === true ? numbers : account;
    this.#sending.noteProbe(answer);
    return answer;
  }

  #probeNumbers(): Promise<Answer<{ readonly status: undefined }>> {
    return this.#call(
      LANE.change,
      (account) => account.incomingPhoneNumbers.page({ pageSize: 1 }),
      (json) => {
        if (Array.isArray(json["incoming_phone_numbers"])) return { status: undefined };
        throw new Unreadable("incoming_phone_numbers is missing");
      },
    );
  }

  listNumbers(why: "poll" | "drift" = "drift"): Promise<Answer<readonly NumberRecord[]>> {
    return this.#list("IncomingPhoneNumbers.json", "incoming_phone_numbers", toNumber, { lane: LANE[why] });
  }

  readNumbers(onPage: (numbers: readonly NumberRecord[]) => void): Promise<Answer<number>> {
    return this.#read("IncomingPhoneNumbers.json", { key: "incoming_phone_numbers", read: toNumber, onPage });
  }

  listAddresses(): Promise<Answer<readonly AddressRecord[]>> {
    return this.#list("Addresses.json", "addresses", toAddress);
  }

  listDomains(): Promise<Answer<readonly DomainRecord[]>> {
    return this.#list("SIP/Domains.json", "domains", toDomain);
  }

  async findAddresses(friendlyName: string): Promise<Answer<readonly AddressRecord[]>> {
    const answer = await this.#list("Addresses.json", "addresses", toAddress, {
      lane: LANE.change,
      filters: { FriendlyName: friendlyName },
    });
    return kept(answer, (record) => record.friendlyName === friendlyName);
  }

  async findNumbers(phoneNumber: string): Promise<Answer<readonly NumberRecord[]>> {
    const answer = await this.#list("IncomingPhoneNumbers.json", "incoming_phone_numbers", toNumber, {
      lane: LANE.change,
      filters: { PhoneNumber: phoneNumber },
    });
    return kept(answer, (record) => record.phoneNumber === phoneNumber);
  }

  fetchNumber(sid: string): Promise<Answer<NumberRecord>> {
    return this.#call(
      this.#laneOf(sid, LANE.poll),
      (account) => account.incomingPhoneNumbers(sid).fetch(),
      toNumber,
    );
  }

  fetchAddress(sid: string): Promise<Answer<AddressRecord>> {
    return this.#call(LANE.transition, (account) => account.addresses(sid).fetch(), toAddress);
  }

  fetchDomain(sid: string): Promise<Answer<DomainRecord>> {
    return this.#call(LANE.transition, (account) => account.sip.domains(sid).fetch(), toDomain);
  }

  listDependentNumbers(addressSid: string): Promise<Answer<readonly string[]>> {
    return this.#list(
      `Addresses/${addressSid}/DependentPhoneNumbers.json`,
      "dependent_phone_numbers",
      (json) => String(json["sid"]),
      { lane: LANE.transition },
    );
  }

  createAddress(address: NewAddress): Promise<Answer<AddressRecord>> {
    const { streetSecondary, ...fields } = address;
    const given = streetSecondary === "" ? fields : { ...fields, streetSecondary };
    return this.#call(
      LANE.change,
      (account) => account.addresses.create({ ...given, emergencyEnabled: true }),
      toAddress,
    );
  }

  deleteAddress(sid: string): Promise<Answer<null>> {
    return this.#call(
      LANE.transition,
      (account) => account.addresses(sid).remove(),
      () => null,
    );
  }

  associateAddress(numberSid: string, addressSid: string): Promise<Answer<NumberRecord>> {
    return this.#updateNumber(numberSid, { emergencyAddressSid: addressSid });
  }

  disassociateAddress(numberSid: string): Promise<Answer<NumberRecord>> {
    return this.#updateNumber(numberSid, { emergencyAddressSid: "" });
  }

  setEmergencyStatus(numberSid: string, value: "Active" | "Inactive"): Promise<Answer<NumberRecord>> {
    return this.#updateNumber(numberSid, { emergencyStatus: value });
  }

  setEmergencyCalling(domainSid: string, enabled: boolean): Promise<Answer<DomainRecord>> {
    return this.#updateDomain(domainSid, { emergencyCallingEnabled: enabled });
  }

  setEmergencyCaller(domainSid: string, numberSid: string | null): Promise<Answer<DomainRecord>> {
    return this.#updateDomain(domainSid, { emergencyCallerSid: numberSid ?? "" });
  }

  #updateNumber(sid: string, fields: object): Promise<Answer<NumberRecord>> {
    return this.#call(
      this.#laneOf(sid, LANE.change),
      (account) => account.incomingPhoneNumbers(sid).update(fields),
      toNumber,
    );
  }

  #updateDomain(sid: string, fields: object): Promise<Answer<DomainRecord>> {
    return this.#call(LANE.transition, (account) => account.sip.domains(sid).update(fields), toDomain);
  }

  #laneOf(numberSid: string, usual: Lane): Lane {
    return this.#options.isUnprotected?.(numberSid) === true ? LANE.unprotected : usual;
  }

  /** One request by one method of the package; its exceptions are read off the exchange instead. */
  async #call<T>(
    lane: Lane,
    method: (account: AccountContext) => Promise<unknown>,
    read: (json: Json) => T,
  ): Promise<Answer<T>> {
    const exchange: Exchange = { startedAt: this.#options.clock.now() };
    const api = this.#api(lane, exchange);
    await settled(() => method(api.v2010.accounts(this.accountSid)));
    return counted(answerOf(exchange, read), exchange);
  }

  async #list<T>(
    path: string,
    key: string,
    read: (json: Json) => T,
    options: ListOptions = {},
  ): Promise<Answer<readonly T[]>> {
    const all: T[] = [];
    const answer = await this.#read(path, { key, read, onPage: (page) => all.push(...page) }, options);
    return answer.ok ? { ...answer, value: all } : answer;
  }

  async #read<T>(
    path: string,
    rows: Pick<Listing<T>, "key" | "read" | "onPage">,
    { lane = LANE.drift, filters = {} }: ListOptions = {},
  ): Promise<Answer<number>> {
    const first: Exchange = { startedAt: this.#options.clock.now() };
    const params = { ...filters, PageSize: PAGE_SIZE };
    await settled(() =>
      this.#api(lane, first).v2010.page({
        uri: `/Accounts/${this.accountSid}/${path}`,
        method: "get",
        params,
      }),
    );
    const next = async (uri: string): Promise<HttpResponse> => {
      const exchange: Exchange = { startedAt: 0 };
      await settled(() => this.#api(lane, exchange).request({ uri, method: "get" }));
      if (exchange.throttles !== undefined) first.throttles = (first.throttles ?? 0) + exchange.throttles;
      if (exchange.response === undefined) throw new PageFailed(exchange.failure);
      return exchange.response;
    };
    const pages = (): Promise<number> => readPages({ ...rows, next, first: first.response as HttpResponse });
    return counted(await answerOfPages(first, pages), first);
  }

  #api(lane: Lane, exchange: Exchange): TwilioApi {
    const request = (options: RequestOptions): Promise<HttpResponse> =>
      this.#sending.send(lane, exchange, options);
    const api = new Api({ request });
    api.baseUrl = this.#options.baseUrl;
    return api;
  }
}

interface ListOptions {
  readonly lane?: Lane;
  readonly filters?: Readonly<Record<string, string>>;
}

/** The answer with the 429 that came before it. */
function counted<T>(answer: Answer<T>, { throttles }: Exchange): Answer<T> {
  return throttles === undefined ? answer : { ...answer, throttles };
}

function kept<T>(answer: Answer<readonly T[]>, keep: (record: T) => boolean): Answer<readonly T[]> {
  return answer.ok ? { ...answer, value: answer.value.filter(keep) } : answer;
}
