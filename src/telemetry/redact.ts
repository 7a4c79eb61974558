/**
 * What may not stand in a log. Two classes: secrets never do, at any level; personal data (who lives where, with which
 * number) only at debug, where somebody has asked to see everything.
 */

/** Compared in lower case without separators, so that authToken, auth_token and AUTH-TOKEN are one name. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  "authtoken",
  "apikeysecret",
  "apisecret",
  "password",
  "passphrase",
  "secret",
  "token",
  "bearertoken",
  "accesstoken",
  "idtoken",
  "refreshtoken",
  "authorization",
  "proxyauthorization",
  "cookie",
  "setcookie",
  "privatekey",
  "clientkeydata",
]);

const PERSONAL_NAMES: ReadonlySet<string> = new Set([
  "street",
  "streetsecondary",
  "customername",
  "postalcode",
  "phonenumber",
  "address",
  "suggestedaddress",
]);

/** E.164 in running text, as in the error messages of others. */
const PHONE_NUMBER = /\+[1-9]\d{6,14}/g;
/** Credentials that others put into their messages: `Bearer eyJ…`, `Basic QUM…`. */
const CREDENTIAL = /\b(Bearer|Basic)\s+[A-Za-z0-9\-._~+/]{8,}=*/g;
/** Deeper than this nobody reads; it also ends cycles. */
const MAX_DEPTH = 6;

const REDACTED = "[redacted]";

/** What a secret may look like in a text, as it is and in base64: long enough that no other word is taken for one. */
const CANDIDATES = [/[A-Za-z0-9_-]{12,}/g, /[A-Za-z0-9+/]{12,}=*/g];

/** The secrets of this process by value: they are left out wherever they stand and whatever they are called. */
export class KnownSecrets {
  readonly #values = new Set<string>();

  /**
   * The value, without the new line that a file ends with, and what HTTP and Secrets make of it. Short ones are left to
   * their names: they could be any word.
   */
  add(value: string): void {
    const used = value.trim();
    const encoded = [used, value].map((form) => Buffer.from(form).toString("base64"));
    for (const form of [used, ...encoded]) this.#values.add(form);
  }

  hide(text: string): string {
    if (this.#values.size === 0) return text;
    return CANDIDATES.reduce(
      (left, candidate) => left.replaceAll(candidate, (word) => (this.#values.has(word) ? REDACTED : word)),
      text,
    );
  }
}

/** Which of the two classes stays, and what is a secret by its value. */
interface Rules {
  readonly personal: boolean;
  readonly known: KnownSecrets;
}

const NONE_KNOWN = new KnownSecrets();

/**
 * A copy of `value` that may be logged. `personal` says that personal data may stay (level debug); secrets go anyway.
 * Errors become plain objects of name, message, code, stack and cause. Getters that throw, cycles and depth are
 * survived: a log line must never be the reason of a failure.
 */
export function redact(value: unknown, personal: boolean, known: KnownSecrets = NONE_KNOWN): unknown {
  return copy(value, { personal, known }, 0);
}

function copy(value: unknown, rules: Rules, depth: number): unknown {
  switch (typeof value) {
    case "string":
      return text(value, rules);
    case "bigint":
      return value.toString();
    case "function":
    case "symbol":
      return undefined;
    case "object":
      return value === null ? null : copyObject(value, rules, depth);
    case "undefined":
    case "boolean":
    case "number":
      return value;
  }
}

function copyObject(value: object, rules: Rules, depth: number): unknown {
  if (depth >= MAX_DEPTH) return "[deeper]";
  if (value instanceof Error) return errorFields(value, rules, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) {
    return [...(value as Iterable<unknown>)].map((item) => copy(item, rules, depth + 1));
  }
  return record(value, rules, depth);
}

function record(value: object, rules: Rules, depth: number): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    out[name] = isHidden(name, rules.personal) ? REDACTED : field(value, name, rules, depth);
  }
  return out;
}

function field(value: object, name: string, rules: Rules, depth: number): unknown {
  try {
    return copy((value as Record<string, unknown>)[name], rules, depth + 1);
  } catch {
    return "[unreadable]";
  }
}

function errorFields(error: Error, rules: Rules, depth: number): Record<string, unknown> {
  // Own fields (code, failure, …) say what happened; name, message and stack are not enumerable and are added here.
  const out = record(error, rules, depth);
  out["name"] = error.name;
  out["message"] = text(error.message, rules);
  if (error.stack !== undefined) out["stack"] = text(error.stack, rules);
  if (error.cause !== undefined) out["cause"] = copy(error.cause, rules, depth + 1);
  return out;
}

function isHidden(name: string, personal: boolean): boolean {
  const plain = name.toLowerCase().replaceAll(/[-_]/g, "");
  return SECRET_NAMES.has(plain) || (!personal && PERSONAL_NAMES.has(plain));
}

function text(value: string, { personal, known }: Rules): string {
  const withoutCredentials = known.hide(value.replaceAll(CREDENTIAL, `$1 ${REDACTED}`));
  return personal ? withoutCredentials : withoutCredentials.replaceAll(PHONE_NUMBER, "[phone number]");
}
