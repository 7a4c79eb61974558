/** Metrics of what is sent to Twilio. */
import { QUICK, type Families } from "./define.ts";

/**
 * A TwilioAccount object, as labels. Sids never become labels; and `namespace` alone is what a scraper calls the
 * operator's own, which would displace ours.
 */
export interface AccountName {
  readonly account_namespace: string;
  readonly account: string;
}

export interface TwilioMetrics {
  /** A request has left. */
  requestBegins(): void;
  /** It has ended; `code` is the HTTP status, 0 without an answer. `listing`: the resource of which it was a page. */
  requestEnds(request: {
    readonly route: string;
    readonly code: number;
    readonly ms: number;
    readonly listing?: string | undefined;
  }): void;
  /** One call of an account's client was answered, or not. */
  call(
    account: AccountName,
    call: { readonly listing?: string | undefined; readonly throttles: number; readonly ms: number },
  ): void;
  /** One write for an object. */
  write(write: { readonly kind: string; readonly operation: string; readonly result: string }): void;
}

/** Of a whole listing, in seconds. */
const LISTING = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

export function twilioMetrics(families: Families): TwilioMetrics {
  const writes = families.counter({
    name: "twilio_emergency_writes_total",
    help: "Writes to Twilio, by kind of object, operation and result: done, refused, notProcessed or unknown.",
    labels: ["kind", "operation", "result"],
  });
  return {
    ...requestMetrics(families),
    call: callMetrics(families),
    write: (write) => writes.inc({ ...write }),
  };
}

function requestMetrics(families: Families): Pick<TwilioMetrics, "requestBegins" | "requestEnds"> {
  const requests = families.counter({
    name: "twilio_emergency_requests_total",
    help: "Requests to Twilio, by route and HTTP status (0: no answer).",
    labels: ["route", "code"],
  });
  const seconds = families.histogram(
    {
      name: "twilio_emergency_request_duration_seconds",
      help: "How long Twilio takes to answer a request, by route.",
      labels: ["route"],
    },
    QUICK,
  );
  const inFlight = families.gauge({
    name: "twilio_emergency_requests_in_flight",
    help: "Requests to Twilio that wait for their answer, of all accounts.",
    labels: [],
  });
  const pages = families.counter({
    name: "twilio_emergency_snapshot_pages_total",
    help: "Pages of listings that were read, by resource.",
    labels: ["resource"],
  });
  return {
    requestBegins: () => inFlight.inc(),
    requestEnds: ({ route, code, ms, listing }) => {
      inFlight.dec();
      requests.inc({ route, code: String(code) });
      seconds.observe({ route }, ms / 1000);
      if (listing !== undefined) pages.inc({ resource: listing });
    },
  };
}

function callMetrics(families: Families): TwilioMetrics["call"] {
  const throttled = families.counter({
    name: "twilio_emergency_throttled_total",
    help: "Answers of 429 from Twilio, by account object; the request goes again.",
    labels: ["account_namespace", "account"],
  });
  const listings = families.histogram(
    {
      name: "twilio_emergency_snapshot_duration_seconds",
      help: "How long it takes to list one resource of an account, all its pages, by resource.",
      labels: ["resource"],
    },
    LISTING,
  );
  return (account, { listing, throttles, ms }) => {
    // By nothing even when all is well: a counter that appears with its first increase hides that increase.
    throttled.inc({ ...account }, throttles);
    if (listing !== undefined) listings.observe({ resource: listing }, ms / 1000);
  };
}
