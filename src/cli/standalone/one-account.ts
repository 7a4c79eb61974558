/** Commands that look at one whole account: which one it is, and what it holds. */
import type { TwilioAccount } from "../../api/objects.ts";
import type { Config, TwilioEnvironment } from "../../config.ts";
import { connector } from "../../controllers/connect.ts";
import type { Clock } from "../../lib/clock.ts";
import { createAccountClients } from "../../twilio/account-clients.ts";
import type { TwilioAccountClient } from "../../twilio/types.ts";
import { VERSION } from "../../version.ts";
import { UsageError } from "../errors.ts";
import { LiveLine } from "../live-line.ts";
import type { Manifests } from "../manifests/read.ts";
import { accountFor, clientsOf, secretsOf } from "./accounts.ts";
import { listAccount, type AccountListing } from "./listing.ts";

export interface Source {
  readonly accounts: readonly TwilioAccount[];
  readonly secrets: Manifests["secrets"];
  readonly environment: TwilioEnvironment | undefined;
}

/** Throws UsageError where no account or more than one is named, TwilioRefusal where it cannot be read. */
export function theAccount(config: Config, clock: Clock, source: Source): Promise<AccountListing> {
  return withAccount(config, { clock, source }, listAccount);
}

/**
 * The same for commands that do more than list. The connection ends with the work. What `onRead` is told, how many numbers
 * have been read so far, is shown on standard error.
 */
export async function withAccount<T>(
  config: Config,
  { clock, source }: { readonly clock: Clock; readonly source: Source },
  work: (client: TwilioAccountClient, onRead: (count: number) => void) => Promise<T>,
): Promise<T> {
  const account = chosen(source);
  const live = new LiveLine(clock);
  const onRead = (count: number): void => live.show(() => `reading the account: ${count} numbers so far`);
  const transport = createAccountClients({ clock, userAgent: `twilio-emergency/${VERSION}` });
  try {
    const clients = clientsOf(
      [account],
      secretsOf([account], source, source.environment),
      connector(transport, config.twilioBaseUrl),
    );
    return await work([...clients.values()][0] as TwilioAccountClient, onRead);
  } finally {
    live.clear();
    await transport.close();
  }
}

function chosen({ accounts, environment }: Source): TwilioAccount {
  const sids = new Set(accounts.map(({ spec }) => spec.accountSid));
  if (environment !== undefined && (sids.size === 0 || sids.has(environment.accountSid)))
    return (
      accounts.find(({ spec }) => spec.accountSid === environment.accountSid) ??
      accountFor(environment.accountSid, "default", "default")
    );
  const [first] = accounts;
  if (first !== undefined && sids.size === 1) return first;
  if (first !== undefined)
    throw new UsageError(
      `the manifests name ${sids.size} accounts: choose one by TWILIO_ACCOUNT_SID, or give fewer manifests`,
    );
  throw new UsageError(
    "no credentials: set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and TWILIO_API_SECRET), or give TwilioAccount and Secret manifests with -f",
  );
}
