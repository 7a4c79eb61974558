/** The routes of Twilio's API: from a request that is let in to the JSON of its answer. */
import { createAddress, deleteAddress, updateAddress, type Form } from "./addresses.ts";
import { createDomain, updateDomain } from "./domains.ts";
import { ApiError, notFound } from "./errors.ts";
import { createNumber, releaseNumber, updateNumber } from "./numbers.ts";
import { pageOf } from "./paging.ts";
import {
  addressJson,
  dependentJson,
  domainJson,
  numberJson,
  rfc2822,
  type Address,
  type Domain,
  type Json,
  type PhoneNumber,
} from "./resources.ts";
import type { Account, World } from "./world.ts";

export interface ApiRequest {
  readonly method: string;
  /** The whole path, for error texts and page uris. */
  readonly path: string;
  /** What follows the account in it, such as `Addresses/AD….json`. */
  readonly rest: string;
  readonly query: Readonly<Record<string, string>>;
  readonly form: Form;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: Json | undefined;
}

type Handler = (world: World, account: Account, request: ApiRequest, sid: string) => ApiAnswer;

/** Path after the account (`*` = a sid) → method → handler. */
const ROUTES: readonly { readonly pattern: RegExp; readonly methods: Readonly<Record<string, Handler>> }[] = [
  {
    pattern: /^Addresses\.json$/,
    methods: {
      GET: listAddresses,
      POST: (world, account, { form }) => made(addressJson(createAddress(world, account, form))),
    },
  },
  { pattern: /^Addresses\/([^/]+)\/DependentPhoneNumbers\.json$/, methods: { GET: listDependants } },
  {
    pattern: /^Addresses\/([^/]+)\.json$/,
    methods: { GET: getAddress, POST: postAddress, DELETE: removeAddress },
  },
  {
    pattern: /^IncomingPhoneNumbers(?:\/(?:Local|Mobile|TollFree))?\.json$/,
    methods: { GET: listNumbers, POST: postNumbers },
  },
  {
    pattern: /^IncomingPhoneNumbers\/([^/]+)\.json$/,
    methods: { GET: getNumber, POST: postNumber, DELETE: removeNumber },
  },
  {
    pattern: /^SIP\/Domains\.json$/,
    methods: {
      GET: listDomains,
      POST: (world, account, { form }) => made(domainJson(createDomain(world, account, form))),
    },
  },
  {
    pattern: /^SIP\/Domains\/([^/]+)\.json$/,
    methods: { GET: getDomain, POST: postDomain, DELETE: removeDomain },
  },
];

export function answer(world: World, account: Account, request: ApiRequest): ApiAnswer {
  if (request.rest === "") return good(accountJson(account));
  for (const { pattern, methods } of ROUTES) {
    const match = pattern.exec(request.rest);
    if (match === null) continue;
    const handler = methods[request.method];
    if (handler === undefined) throw new ApiError(405, 20004, "Method not allowed");
    return handler(world, account, request, match[1] ?? "");
  }
  throw notFound(request.path);
}

function good(body: Json): ApiAnswer {
  return { status: 200, body };
}

function made(body: Json): ApiAnswer {
  return { status: 201, body };
}

const GONE: ApiAnswer = { status: 204, body: undefined };

function accountJson(account: Account): Json {
  return {
    sid: account.sid,
    friendly_name: "Emulated account",
    status: account.suspended ? "suspended" : "active",
    type: "Full",
    owner_account_sid: account.parent ?? account.sid,
    date_created: rfc2822(0),
    date_updated: rfc2822(0),
    uri: `/2010-04-01/Accounts/${account.sid}.json`,
  };
}

function find<T>(map: ReadonlyMap<string, T>, sid: string, path: string): T {
  const found = map.get(sid);
  if (found === undefined) throw notFound(path);
  return found;
}

function listAddresses(_: World, account: Account, { path, query }: ApiRequest): ApiAnswer {
  const equals = {
    CustomerName: "customer_name",
    FriendlyName: "friendly_name",
    IsoCountry: "iso_country",
  } as const;
  const rows = [...account.addresses.values()].filter(
    (address) =>
      Object.entries(equals).every(
        ([name, field]) => query[name] === undefined || query[name] === address[field],
      ) &&
      (query["EmergencyEnabled"] === undefined ||
        String(address.emergency_enabled) === query["EmergencyEnabled"]),
  );
  return good(pageOf({ path, query, key: "addresses" }, rows, addressJson));
}

function listDependants(world: World, account: Account, { path, query }: ApiRequest, sid: string): ApiAnswer {
  find(account.addresses, sid, path);
  const rows = [...account.numbers.values()].filter(
    (number) => number.emergency_address_sid === sid || number.address_sid === sid,
  );
  return good(
    pageOf({ path, query, key: "dependent_phone_numbers" }, rows, (number) =>
      dependentJson(number, world.settings),
    ),
  );
}

function getAddress(_: World, account: Account, { path }: ApiRequest, sid: string): ApiAnswer {
  return good(addressJson(find<Address>(account.addresses, sid, path)));
}

function postAddress(world: World, account: Account, { path, form }: ApiRequest, sid: string): ApiAnswer {
  const address = find<Address>(account.addresses, sid, path);
  updateAddress(world, account, address, form);
  return good(addressJson(address));
}

function removeAddress(_: World, account: Account, { path }: ApiRequest, sid: string): ApiAnswer {
  deleteAddress(account, find<Address>(account.addresses, sid, path));
  return GONE;
}

/** The PhoneNumber filter matches parts of numbers. */
function listNumbers(world: World, account: Account, { path, query }: ApiRequest): ApiAnswer {
  const part = query["PhoneNumber"]?.replaceAll("*", "");
  const name = query["FriendlyName"];
  const all = [...account.numbers.values()];
  const rows = all.filter(
    (number) =>
      (part === undefined || number.phone_number.includes(part)) &&
      (name === undefined || number.friendly_name === name),
  );
  return good(
    pageOf({ path, query, key: "incoming_phone_numbers" }, rows, (number) => {
      world.catchUp(number);
      return numberJson(number, world.settings);
    }),
  );
}

function postNumbers(world: World, account: Account, { form }: ApiRequest): ApiAnswer {
  return made(numberJson(createNumber(world, account, form), world.settings));
}

function current(world: World, account: Account, sid: string, path: string): PhoneNumber {
  const number = find<PhoneNumber>(account.numbers, sid, path);
  world.catchUp(number);
  return number;
}

function getNumber(world: World, account: Account, { path }: ApiRequest, sid: string): ApiAnswer {
  return good(numberJson(current(world, account, sid, path), world.settings));
}

function postNumber(world: World, account: Account, { path, form }: ApiRequest, sid: string): ApiAnswer {
  const number = current(world, account, sid, path);
  updateNumber(world, account, number, form);
  world.catchUp(number);
  return good(numberJson(number, world.settings));
}

function removeNumber(world: World, account: Account, { path }: ApiRequest, sid: string): ApiAnswer {
  releaseNumber(world, account, current(world, account, sid, path));
  return GONE;
}

function listDomains(_: World, account: Account, { path, query }: ApiRequest): ApiAnswer {
  return good(pageOf({ path, query, key: "domains" }, [...account.domains.values()], domainJson));
}

function getDomain(_: World, account: Account, { path }: ApiRequest, sid: string): ApiAnswer {
  return good(domainJson(find<Domain>(account.domains, sid, path)));
}

function postDomain(world: World, account: Account, { path, form }: ApiRequest, sid: string): ApiAnswer {
  const domain = find<Domain>(account.domains, sid, path);
  updateDomain(world, account, domain, form);
  return good(domainJson(domain));
}

function removeDomain(world: World, account: Account, { path }: ApiRequest, sid: string): ApiAnswer {
  find<Domain>(account.domains, sid, path);
  world.violations.push({ at: world.now(), what: "domain deleted", sid });
  account.domains.delete(sid);
  return GONE;
}
