/**
 * One table from answers to the closed union Failure. What follows from a failure depends on its kind alone, never on
 * Twilio's error code, which Twilio says may change; the codes 20409 and 20162 (busy) are the exception it documents.
 */
import type { HttpResponse } from "./http.ts";
import type { Failure, SuggestedAddress } from "./types.ts";

const BUSY_CODES: ReadonlySet<number> = new Set([20409, 20162]);
const THROTTLED_CODE = 20429;

interface Detail {
  message: string;
  httpStatus: number;
  code?: number;
  moreInfo?: string;
  requestId?: string;
}

/** `response` has any status but 2xx, or a 2xx whose body could not be read (`unreadable`). */
export function failureOf(response: HttpResponse, unreadable = false): Failure {
  const detail = detailOf(response);
  const { statusCode } = response;
  if (unreadable || statusCode >= 500 || statusCode < 400) return { ...detail, kind: "unknown" };
  if (statusCode === 429 || detail.code === THROTTLED_CODE) return throttled(detail, response);
  const isBusy = detail.code !== undefined && BUSY_CODES.has(detail.code);
  const kind = isBusy ? "busy" : BY_STATUS[statusCode];
  return kind === undefined ? rejected(detail) : { ...detail, kind };
}

function throttled(detail: Detail, response: HttpResponse): Failure {
  const retryAfterMs = retryAfter(response);
  return { ...detail, kind: "throttled", ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function rejected(detail: Detail): Failure {
  const suggestion = suggestionIn(detail.message);
  return { ...detail, kind: "rejected", ...(suggestion === undefined ? {} : { suggestion }) };
}

const BY_STATUS: Readonly<Record<number, "unauthorized" | "forbidden" | "notFound" | "busy">> = {
  401: "unauthorized",
  403: "forbidden",
  404: "notFound",
  409: "busy",
};

/** Twilio does not take the credentials for what was asked. */
export function isRefusal({ kind }: Failure): boolean {
  return kind === "unauthorized" || kind === "forbidden";
}

/** No answer, or half of one: nobody knows what became of the request. */
export function noAnswer(reason: string): Failure {
  return { kind: "unknown", message: `No answer from Twilio: ${reason}` };
}

function detailOf(response: HttpResponse): Detail {
  const body = jsonObject(response.body);
  const text = (name: string): string | undefined =>
    typeof body[name] === "string" ? body[name] : undefined;
  const code = body["code"];
  const detail: Detail = {
    // RFC 9457 bodies of newer Twilio products say `detail`.
    message:
      text("message") ??
      text("detail") ??
      text("title") ??
      `HTTP ${response.statusCode} without a readable body`,
    httpStatus: response.statusCode,
  };
  if (typeof code === "number") detail.code = code;
  const moreInfo = text("more_info");
  if (moreInfo !== undefined) detail.moreInfo = moreInfo;
  const requestId = headerOf(response, "twilio-request-id");
  if (requestId !== undefined) detail.requestId = requestId;
  return detail;
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export function headerOf(response: HttpResponse, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Seconds only; Twilio sends no dates here. */
function retryAfter(response: HttpResponse): number | undefined {
  const seconds = Number(headerOf(response, "retry-after"));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** Names in the message of error 21629 → names in our spec. FriendlyName is ours and not part of an address. */
const SUGGESTED: Readonly<Record<string, keyof SuggestedAddress | undefined>> = {
  CustomerName: "customerName",
  Street: "street",
  StreetSecondary: "streetSecondary",
  Locality: "city",
  City: "city",
  Region: "region",
  PostalCode: "postalCode",
  IsoCountry: "isoCountry",
  FriendlyName: undefined,
};

/**
 * The address in "Failed to validate address. Check the suggested address. | FriendlyName: …, CustomerName: …, Street:
 * …, Locality: …". A value may hold commas itself: it ends where the next known name begins.
 */
export function suggestionIn(message: string): SuggestedAddress | undefined {
  const [, list] = message.split(" | ", 2);
  if (list === undefined) return undefined;
  const names = Object.keys(SUGGESTED).join("|");
  const parts = list.split(new RegExp(`(?:^|, )(?=(?:${names}): )`));
  const entries = parts.flatMap((part) => {
    const colon = part.indexOf(": ");
    const field = SUGGESTED[part.slice(0, colon)];
    return field === undefined ? [] : [[field, part.slice(colon + 2).trim()] as const];
  });
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as SuggestedAddress);
}
