/** Measures requests and calls. */
import type { Clock } from "../lib/clock.ts";
import type { AccountName, TwilioMetrics } from "../telemetry/metrics/twilio.ts";
import type { Around } from "./wrap-client.ts";
import { routeOf, type Sender } from "./http.ts";

export interface MeasuredOptions {
  readonly metrics: Pick<TwilioMetrics, "requestBegins" | "requestEnds">;
  readonly clock: Clock;
}

export function measuredSender(sender: Sender, { metrics, clock }: MeasuredOptions): Sender {
  return {
    send: async (request) => {
      const began = clock.uptime();
      metrics.requestBegins();
      let code = 0;
      try {
        const response = await sender.send(request);
        code = response.statusCode;
        return response;
      } finally {
        const ms = clock.uptime() - began;
        metrics.requestEnds({ route: routeOf(request), code, ms, listing: listingOf(request) });
      }
    },
    close: () => sender.close(),
  };
}

/** The resource of which this is a page of a whole listing; filters make it a look-up, a single row a probe. */
function listingOf(request: Parameters<Sender["send"]>[0]): string | undefined {
  const { searchParams } = new URL(request.url);
  const isLookUp = searchParams.has("FriendlyName") || searchParams.has("PhoneNumber");
  const rows = Number(searchParams.get("PageSize") ?? 0);
  return rows > 1 && !isLookUp ? routeOf(request).replace("GET ", "") : undefined;
}

const LISTINGS: Readonly<Record<string, string>> = {
  listNumbers: "IncomingPhoneNumbers",
  readNumbers: "IncomingPhoneNumbers",
  listAddresses: "Addresses",
  listDomains: "SIP/Domains",
};

/** Counts what the calls of one account object are answered with. */
export function measuredCalls(
  account: AccountName,
  { metrics, clock }: { readonly metrics: Pick<TwilioMetrics, "call">; readonly clock: Clock },
): Around {
  return async (method, call) => {
    const began = clock.uptime();
    const answer = await call();
    const listing = answer.ok ? LISTINGS[method] : undefined;
    metrics.call(account, { listing, throttles: answer.throttles ?? 0, ms: clock.uptime() - began });
    return answer;
  };
}
