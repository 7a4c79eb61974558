/** What commands without a cluster begin with: manifests, credentials, clients, and the accounts as they are now. */
import type { AnyObject, TwilioAccount } from "../../api/objects.ts";
import { twilioEnvironment, type Config } from "../../config.ts";
import { connector } from "../../controllers/connect.ts";
import type { SecretSource } from "../../controllers/credentials.ts";
import type { OperatorOptions } from "../../controllers/operator.ts";
import type { Clock } from "../../lib/clock.ts";
import { createLogger, type Logger } from "../../telemetry/log.ts";
import { createAccountClients } from "../../twilio/account-clients.ts";
import type { TwilioAccountClient } from "../../twilio/types.ts";
import { VERSION } from "../../version.ts";
import { readManifests, type Manifests } from "../manifests/read.ts";
import { accountsIn, clientsOf, secretsOf, withAccounts } from "./accounts.ts";
import { listAccount, type AccountListing } from "./listing.ts";

export interface Session {
  /** With a TwilioAccount for every account that is named. */
  readonly objects: readonly AnyObject[];
  readonly secrets: SecretSource;
  readonly clients: ReadonlyMap<string, TwilioAccountClient>;
  readonly connect: OperatorOptions["connect"];
  close(): Promise<void>;
}

/** Reads the manifests and says what else was there. Throws ManifestError. */
export function manifestsFrom(paths: readonly string[]): Manifests {
  const manifests = readManifests(paths);
  if (manifests.skipped.length > 0)
    process.stderr.write(`left alone, not of our API group: ${manifests.skipped.join(", ")}\n`);
  return manifests;
}

/** Throws UsageError; nothing is sent yet. */
export function openSession(
  config: Config,
  clock: Clock,
  manifests: Pick<Manifests, "objects" | "secrets">,
): Session {
  const environment = twilioEnvironment();
  const objects = withAccounts(manifests.objects, environment?.accountSid);
  const accounts: readonly TwilioAccount[] = accountsIn(objects);
  const secrets = secretsOf(accounts, manifests, environment);
  const transport = createAccountClients({ clock, userAgent: `twilio-emergency/${VERSION}` });
  const connect = connector(transport, config.twilioBaseUrl);
  const clients = clientsOf(accounts, secrets, connect);
  return { objects, secrets, clients, connect, close: () => transport.close() };
}

/** Throws TwilioRefusal for the first account that cannot be listed. */
export async function listAll({
  clients,
}: Pick<Session, "clients">): Promise<ReadonlyMap<string, AccountListing>> {
  const listings = await Promise.all(
    [...clients].map(async ([sid, client]) => [sid, await listAccount(client)] as const),
  );
  return new Map(listings);
}

/** On standard error, where it does not mix with what a command prints; silent unless debug is asked for. */
export function cliLogger({ logLevel }: Config): Logger {
  return createLogger({
    level: logLevel === "debug" ? "debug" : "silent",
    format: "json",
    destination: process.stderr,
  });
}
