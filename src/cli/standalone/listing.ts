/** A whole account as it was at one moment: read from Twilio, or from a file that an earlier command saved. */
import { readFileSync, writeFileSync } from "node:fs";
import type {
  Answer,
  AddressRecord,
  DomainRecord,
  NumberRecord,
  TwilioAccountClient,
} from "../../twilio/types.ts";
import { TwilioRefusal, UsageError } from "../errors.ts";

export interface AccountListing {
  readonly accountSid: string;
  /** When the listing began, RFC 3339. */
  readonly takenAt: string;
  readonly numbers: readonly NumberRecord[];
  readonly addresses: readonly AddressRecord[];
  readonly domains: readonly DomainRecord[];
}

/** `onRead` is told how many numbers have been read so far. Throws TwilioRefusal. */
export async function listAccount(
  client: TwilioAccountClient,
  onRead: (count: number) => void = () => {},
): Promise<AccountListing> {
  const numbers: NumberRecord[] = [];
  const [read, addresses, domains] = await Promise.all([
    client.readNumbers((page) => {
      numbers.push(...page);
      onRead(numbers.length);
    }),
    client.listAddresses(),
    client.listDomains(),
  ]);
  valueOf(client, read);
  return {
    accountSid: client.accountSid,
    takenAt: new Date(read.startedAt).toISOString(),
    numbers,
    addresses: valueOf(client, addresses),
    domains: valueOf(client, domains),
  };
}

/** Throws TwilioRefusal. */
export function valueOf<T>({ accountSid }: TwilioAccountClient, answer: Answer<T>): T {
  if (!answer.ok) throw new TwilioRefusal(accountSid, answer.failure);
  return answer.value;
}

const FORMAT = "twilio-emergency/account-listing";

export function saveListing(file: string, listing: AccountListing): void {
  // It holds addresses and phone numbers.
  writeFileSync(file, `${JSON.stringify({ format: FORMAT, version: 1, ...listing })}\n`, { mode: 0o600 });
}

/** Throws UsageError. */
export function loadListing(file: string): AccountListing {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new UsageError(
      `the snapshot ${file} cannot be read; make one with \`twilio-emergency coverage --save-snapshot ${file}\``,
    );
  }
  const listing = parsed(text);
  if (listing?.format !== FORMAT || listing.version !== 1)
    throw new UsageError(
      `${file} is no snapshot of this version; make one with \`coverage --save-snapshot\``,
    );
  return listing;
}

interface Stored extends AccountListing {
  readonly format: string;
  readonly version: number;
}

function parsed(text: string): Stored | undefined {
  try {
    return JSON.parse(text) as Stored;
  } catch {
    return undefined;
  }
}
