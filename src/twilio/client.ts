/** The calls of types.ts, made by the resources of the official `twilio` package over our own transport. */
import { createRequire } from "node:module";
import type { Clock } from "../lib/clock.ts";
import { LANE, type ConcurrencyGate, type Lane } from "./concurrency.ts";
import { failureOf } from "./errors.ts";
import { answerOf, answerOfPages, NotSent, PageFailed, settled, thrown, type Exchange } from "./exchange.ts";
import { WRITE_TIMEOUT_MS, type HttpResponse, type Sender } from "./http.ts";
import { readPages } from "./listing.ts";
import { toAddress, toDomain, toNumber, type Json } from "./records.ts";
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
}

interface AccountContext {
  fetch(): Promise<unknown>;
  readonly addresses: ListResource;
  readonly incomingPhoneNumbers: ListResource;
  readonly sip: { readonly domains: ListResource };
}

export interface AccountClientOptions {
  readonly accountSid: string;
  readonly credentials: { readonly username: string; readonly password: string };
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly http: Sender;
  readonly gate: ConcurrencyGate;
  readonly clock: Clock;
  /** Milliseconds for which we may still write (leadership); asked in the tick that sends. Absent: for ever. */
  readonly fence?: () => number;
}

const PAGE_SIZE = 1000;

export class AccountClient implements TwilioAccountClient {
  readonly accountSid: string;
  readonly #options: AccountClientOptions;

  constructor(options: AccountClientOptions) {
    this.accountSid = options.accountSid;
    this.#options = options;
  }

  probe(): Promise<Answer<{ readonly sid: string; readonly status: string }>> {
    return this.#call(
      LANE.look,
      (account) => account.fetch(),
      (json) => ({ sid: String(json["sid"]), status: String(json["status"]) }),
    );
  }

  listNumbers(): Promise<Answer<readonly NumberRecord[]>> {
    return this.#list("IncomingPhoneNumbers.json", "incoming_phone_numbers", toNumber);
  }

  listAddresses(): Promise<Answer<readonly AddressRecord[]>> {
    return this.#list("Addresses.json", "addresses", toAddress);
  }

  listDomains(): Promise<Answer<readonly DomainRecord[]>> {
    return this.#list("SIP/Domains.json", "domains", toDomain);
  }

  async findAddresses(friendlyName: string): Promise<Answer<readonly AddressRecord[]>> {
    const answer = await this.#list("Addresses.json", "addresses", toAddress, { FriendlyName: friendlyName });
    return kept(answer, (record) => record.friendlyName === friendlyName);
  }

  async findNumbers(phoneNumber: string): Promise<Answer<readonly NumberRecord[]>> {
    const answer = await this.#list("IncomingPhoneNumbers.json", "incoming_phone_numbers", toNumber, {
      PhoneNumber: phoneNumber,
    });
    return kept(answer, (record) => record.phoneNumber === phoneNumber);
  }

  fetchNumber(sid: string): Promise<Answer<NumberRecord>> {
    return this.#call(LANE.look, (account) => account.incomingPhoneNumbers(sid).fetch(), toNumber);
  }

  fetchAddress(sid: string): Promise<Answer<AddressRecord>> {
    return this.#call(LANE.look, (account) => account.addresses(sid).fetch(), toAddress);
  }

  fetchDomain(sid: string): Promise<Answer<DomainRecord>> {
    return this.#call(LANE.look, (account) => account.sip.domains(sid).fetch(), toDomain);
  }

  listDependentNumbers(addressSid: string): Promise<Answer<readonly string[]>> {
    return this.#list(
      `Addresses/${addressSid}/DependentPhoneNumbers.json`,
      "dependent_phone_numbers",
      (json) => String(json["sid"]),
    );
  }

  createAddress(address: NewAddress): Promise<Answer<AddressRecord>> {
    const { streetSecondary, ...fields } = address;
    const given = streetSecondary === "" ? fields : { ...fields, streetSecondary };
    return this.#call(
      LANE.write,
      (account) => account.addresses.create({ ...given, emergencyEnabled: true }),
      toAddress,
    );
  }

  deleteAddress(sid: string): Promise<Answer<null>> {
    return this.#call(
      LANE.write,
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
    return this.#call(LANE.write, (account) => account.incomingPhoneNumbers(sid).update(fields), toNumber);
  }

  #updateDomain(sid: string, fields: object): Promise<Answer<DomainRecord>> {
    return this.#call(LANE.write, (account) => account.sip.domains(sid).update(fields), toDomain);
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
    return answerOf(exchange, read);
  }

  async #list<T>(
    path: string,
    key: string,
    read: (json: Json) => T,
    filters: Readonly<Record<string, string>> = {},
  ): Promise<Answer<readonly T[]>> {
    const first: Exchange = { startedAt: this.#options.clock.now() };
    const params = { ...filters, PageSize: PAGE_SIZE };
    await settled(() =>
      this.#api(LANE.sweep, first).v2010.page({
        uri: `/Accounts/${this.accountSid}/${path}`,
        method: "get",
        params,
      }),
    );
    const next = async (uri: string): Promise<HttpResponse> => {
      const exchange: Exchange = { startedAt: 0 };
      await settled(() => this.#api(LANE.sweep, exchange).request({ uri, method: "get" }));
      if (exchange.response === undefined) throw new PageFailed(exchange.failure);
      return exchange.response;
    };
    return answerOfPages(first, () => readPages({ key, read, next, first: first.response as HttpResponse }));
  }

  #api(lane: Lane, exchange: Exchange): TwilioApi {
    const api = new Api({ request: (options: RequestOptions) => this.#request(lane, exchange, options) });
    api.baseUrl = this.#options.baseUrl;
    return api;
  }

  /** Stands in for the package's RequestClient. */
  async #request(lane: Lane, exchange: Exchange, options: RequestOptions): Promise<HttpResponse> {
    const { gate, clock, http, credentials } = this.#options;
    const method = options.method.toUpperCase() as "GET" | "POST" | "DELETE";
    const url = withQuery(options.uri, options.params);
    try {
      const { response } = await gate.run(lane, async () => {
        this.#checkFence(method);
        exchange.startedAt = clock.now();
        const form = method === "POST" ? { form: stringFields(options.data ?? {}) } : {};
        const received = await http.send({ method, url, credentials, ...form });
        // A page of a listing is a megabyte: what is no failure is parsed once, by its reader.
        const failure = received.statusCode >= 400 ? failureOf(received) : undefined;
        return {
          response: received,
          throttled: failure?.kind === "throttled",
          throttledForMs: failure?.kind === "throttled" ? failure.retryAfterMs : undefined,
        };
      });
      exchange.response = response;
      return response;
    } catch (error) {
      exchange.failure = thrown(error);
      throw error;
    }
  }

  #checkFence(method: string): void {
    const { fence } = this.#options;
    if (method === "GET" || fence === undefined) return;
    if (fence() < WRITE_TIMEOUT_MS)
      throw new NotSent("The lease would end before Twilio's answer: not sent.");
  }
}

interface RequestOptions {
  readonly method: string;
  readonly uri: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

function withQuery(uri: string, params: Readonly<Record<string, unknown>> = {}): string {
  const query = new URLSearchParams(stringFields(params)).toString();
  return query === "" ? uri : `${uri}?${query}`;
}

/** undefined is left out; "" clears a field. */
function stringFields(fields: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, String(value)]),
  );
}

function kept<T>(answer: Answer<readonly T[]>, keep: (record: T) => boolean): Answer<readonly T[]> {
  return answer.ok ? { ...answer, value: answer.value.filter(keep) } : answer;
}
