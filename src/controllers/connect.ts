/** Clients for the accounts that TwilioAccount objects name. */
import type { AccountClients } from "../twilio/account-clients.ts";
import type { OperatorOptions } from "./operator.ts";

const DEFAULT_CONCURRENCY = 8;

/** `baseUrl` replaces Twilio's own address, for emulators and gateways. */
export function connector(clients: AccountClients, baseUrl: string | undefined): OperatorOptions["connect"] {
  return (account, credentials) => {
    const { accountSid, twilioRegion, twilioEdge, maxConcurrentRequests } = account.spec;
    return clients.connect({
      accountSid,
      credentials,
      maxConcurrentRequests: maxConcurrentRequests ?? DEFAULT_CONCURRENCY,
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(twilioRegion === undefined ? {} : { region: twilioRegion }),
      ...(twilioEdge === undefined ? {} : { edge: twilioEdge }),
    });
  };
}
