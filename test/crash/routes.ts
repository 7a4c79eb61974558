/** The calls that the operator makes, taken from the record of what it did, and how a fault finds each. */
import type { FaultRule, RequestRecord } from "../support/emulator.ts";
import { inWords } from "../stories/words.ts";

export interface Route {
  readonly name: string;
  readonly method: string;
  readonly isListing: boolean;
  readonly match: FaultRule["match"];
}

export function routeOf(record: RequestRecord): Route {
  return record.method === "GET" ? readOf(record) : writeOf(record);
}

function readOf({ path, query }: RequestRecord): Route {
  const below = path.replace(/^\/2010-04-01\/Accounts\/[^/.]+/, "");
  const filter = ["FriendlyName", "PhoneNumber"].find((name) => query[name] !== undefined);
  const template = below.replaceAll(/[A-Z]{2}[0-9a-f]{32}/g, "{sid}").replace(/\.json$/, "");
  const name = `GET ${template || "account"}${filter === undefined ? "" : ` by ${filter}`}`;
  const part = below.replace(/([A-Z]{2})[0-9a-f]{32}(\.json)?$/, "$1").replace(/^.*\/Dependent/, "Dependent");
  return {
    name,
    method: "GET",
    isListing: !/[A-Z]{2}[0-9a-f]{32}\.json$/.test(path),
    match: {
      method: "GET",
      path: part === ".json" ? path : part,
      ...(filter === undefined ? {} : { query: { [filter]: "*" } }),
    },
  };
}

function writeOf(record: RequestRecord): Route {
  const { method, path, form } = record;
  const kind = ["/Addresses", "/IncomingPhoneNumbers/", "/SIP/Domains/"].find((part) => path.includes(part));
  const field = FIELDS.find((name) => form[name] !== undefined);
  const value = field === undefined ? undefined : form[field];
  const wanted = value !== undefined && /^[A-Z]{2}[0-9a-f]{32}$/.test(value) ? "*" : value;
  return {
    name: inWords(record).replace(/ \d+$/, ""),
    method,
    isListing: false,
    match: {
      method,
      ...(kind === undefined ? {} : { path: kind }),
      ...(field === undefined || wanted === undefined ? {} : { form: { [field]: wanted } }),
    },
  };
}

/** Which of a write's fields says what it is for. */
const FIELDS = ["EmergencyStatus", "EmergencyAddressSid", "EmergencyCallingEnabled", "EmergencyCallerSid"];
