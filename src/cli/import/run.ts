/** Reads the account page by page, or a saved one, and writes the manifests. */
import { twilioEnvironment, type Config } from "../../config.ts";
import type { Clock } from "../../lib/clock.ts";
import type { NumberRecord, TwilioAccountClient } from "../../twilio/types.ts";
import type { ImportOptions } from "../import.ts";
import {
  type AccountListing,
  listAccount,
  loadListing,
  saveListing,
  valueOf,
} from "../standalone/listing.ts";
import { withAccount } from "../standalone/one-account.ts";
import { Importer, type ImportedNumber } from "./importer.ts";
import { type Output, outputTo } from "./output.ts";
import { accountYaml, addressYaml, bindingYaml, comment, domainYaml } from "./yaml.ts";

/** Resolves with the exit code. */
export async function importAccount(config: Config, options: ImportOptions, clock: Clock): Promise<number> {
  const output = outputTo(options.output);
  try {
    const said =
      options.snapshot === undefined
        ? await fromTwilio(config, { options, output, clock })
        : fromListing(loadListing(options.snapshot), { options, output });
    output.end();
    process.stderr.write(`${said}\n`);
    return 0;
  } catch (error) {
    output.abandon();
    throw error;
  }
}

interface Task {
  readonly options: ImportOptions;
  readonly output: Output;
}

function fromTwilio(
  config: Config,
  { options, output, clock }: Task & { readonly clock: Clock },
): Promise<string> {
  const source = { accounts: [], secrets: new Map(), environment: twilioEnvironment() };
  return withAccount(config, { clock, source }, async (client, onRead) => {
    if (options.saveSnapshot === undefined) return streamed(client, { options, output, onRead });
    return fromListing(await listAccount(client, onRead), { options, output });
  });
}

/** No more of the numbers is in memory than a page: an account may have very many. */
async function streamed(
  client: TwilioAccountClient,
  { options, output, onRead }: Task & { readonly onRead: (count: number) => void },
): Promise<string> {
  const [addresses, domains] = await Promise.all([client.listAddresses(), client.listDomains()]);
  const account = {
    accountSid: client.accountSid,
    addresses: valueOf(client, addresses),
    domains: valueOf(client, domains),
  };
  const manifests = new Manifests(account, { options, output });
  const read = await client.readNumbers((page) => {
    for (const number of page) manifests.take(number);
    onRead(manifests.numbers);
  });
  valueOf(client, read);
  return manifests.end();
}

function fromListing(listing: AccountListing, { options, output }: Task): string {
  if (options.saveSnapshot !== undefined) saveListing(options.saveSnapshot, listing);
  const manifests = new Manifests(listing, { options, output });
  for (const number of listing.numbers) manifests.take(number);
  return manifests.end();
}

const DOMAINS = "40-sip-domains.yaml";
const LEFT_OUT = "90-left-out.yaml";

/** The manifests of one account, into the files that --split asks for. */
class Manifests {
  readonly #options: ImportOptions;
  readonly #output: Output;
  readonly #importer: Importer;
  #addresses = 0;
  #bound = 0;
  #leftOut = 0;
  numbers = 0;

  constructor(
    account: Pick<AccountListing, "accountSid" | "addresses" | "domains">,
    { options, output }: Task,
  ) {
    this.#options = options;
    this.#output = output;
    this.#importer = new Importer(account, ({ what, why }) => {
      this.#leftOut += 1;
      output.add(LEFT_OUT, comment([`Left out: ${what}: ${why}.`]));
    });
    const { accountSid } = account;
    output.add("10-account.yaml", accountYaml(this.#place, { accountSid, secret: options.secret }));
  }

  get #place(): { readonly namespace: string | undefined; readonly account: string } {
    return { namespace: this.#options.namespace, account: this.#options.accountName };
  }

  take(record: NumberRecord): void {
    this.numbers += 1;
    const number = this.#importer.take(record);
    if (number === undefined) return;
    this.#bound += 1;
    this.#write(number);
  }

  #write(number: ImportedNumber): void {
    const { address, isFirst } = number;
    const site = this.#options.split === "site" ? `20-site-${address.name}.yaml` : undefined;
    if (isFirst) {
      this.#addresses += 1;
      this.#output.add(site ?? "20-addresses.yaml", addressYaml(this.#place, address));
    }
    this.#output.add(site ?? "30-numbers.yaml", bindingYaml(this.#place, number, address.name));
  }

  /** The rest, and what there is to say of all of it. */
  end(): string {
    const domains = this.#importer.domains();
    for (const domain of domains) this.#output.add(DOMAINS, domainYaml(this.#place, domain));
    return `${this.#bound} of ${this.numbers} numbers at ${this.#addresses} addresses, ${domains.length} SIP domains; ${this.#leftOut} left out, each with its reason`;
  }
}
