/** The data file of `emulate --data`: accounts with Twilio's own field names inside. */
import { parse } from "yaml";
import { addDomain } from "./domains.ts";
import { addNumber } from "./numbers.ts";
import { newSid, type Address, type Domain, type PhoneNumber } from "./resources.ts";
import type { Account, ApiKey, World } from "./world.ts";

interface AccountData {
  readonly sid?: string;
  readonly authToken?: string;
  readonly parent?: string;
  readonly apiKeys?: readonly {
    readonly sid: string;
    readonly secret: string;
    readonly type?: ApiKey["type"];
  }[];
  readonly numbers?: readonly Readonly<Record<string, unknown>>[];
  readonly addresses?: readonly Readonly<Record<string, unknown>>[];
  readonly domains?: readonly Readonly<Record<string, unknown>>[];
}

/** The file cannot be used; the message names the place in it. */
export class DataError extends Error {
  override readonly name = "DataError";
}

export function loadData(world: World, text: string): void {
  const root: unknown = parse(text);
  const accounts = (root as { readonly accounts?: unknown } | null)?.accounts;
  if (!Array.isArray(accounts)) throw new DataError('the data file needs a list "accounts" at the top');
  for (const [index, account] of accounts.entries())
    loadAccount(world, account as AccountData, `accounts[${index}]`);
}

export function loadAccount(world: World, data: AccountData, where: string): void {
  if (data.sid === undefined || !/^AC[0-9a-fA-F]{32}$/.test(data.sid))
    throw new DataError(`${where}.sid is not AC and 32 hexadecimal digits`);
  if (typeof data.authToken !== "string") throw new DataError(`${where}.authToken is missing`);
  const account = world.addAccount(data.sid, data.authToken, data.parent);
  for (const { sid, secret, type = "main" } of data.apiKeys ?? []) account.apiKeys.set(sid, { secret, type });
  loadResources(world, account, data, where);
}

function loadResources(world: World, account: Account, data: AccountData, where: string): void {
  for (const [index, fields] of (data.addresses ?? []).entries()) {
    const address = addressOf(world, account.sid, fields, `${where}.addresses[${index}]`);
    account.addresses.set(address.sid, address);
  }
  for (const [index, fields] of (data.numbers ?? []).entries()) {
    const place = `${where}.numbers[${index}]`;
    const known = {
      ...fields,
      sid: sidOf(fields, "PN", place),
      phone_number: textOf(fields, "phone_number", place),
    };
    addNumber(world, account, known as Partial<PhoneNumber> & typeof known);
  }
  for (const [index, fields] of (data.domains ?? []).entries()) {
    const place = `${where}.domains[${index}]`;
    const known = {
      ...fields,
      sid: sidOf(fields, "SD", place),
      domain_name: textOf(fields, "domain_name", place),
    };
    addDomain(world, account, known as Partial<Domain> & typeof known);
  }
}

function addressOf(
  world: World,
  accountSid: string,
  fields: Readonly<Record<string, unknown>>,
  where: string,
): Address {
  const now = world.now();
  return {
    kind: "address",
    friendly_name: "",
    customer_name: textOf(fields, "customer_name", where),
    street: textOf(fields, "street", where),
    street_secondary: "",
    city: "",
    region: "",
    postal_code: "",
    iso_country: "US",
    emergency_enabled: true,
    createdAt: now,
    updatedAt: now,
    ...fields,
    sid: sidOf(fields, "AD", where),
    accountSid,
  } as Address;
}

function sidOf(fields: Readonly<Record<string, unknown>>, prefix: string, where: string): string {
  const sid = fields["sid"] ?? newSid(prefix);
  if (typeof sid === "string" && new RegExp(`^${prefix}[0-9a-fA-F]{32}$`).test(sid)) return sid;
  throw new DataError(`${where}.sid is not ${prefix} and 32 hexadecimal digits`);
}

function textOf(fields: Readonly<Record<string, unknown>>, name: string, where: string): string {
  const value = fields[name];
  if (typeof value === "string" && value !== "") return value;
  throw new DataError(`${where}.${name} is missing or not a text`);
}
