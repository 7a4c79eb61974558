/** Reads the account, or a saved one, and writes the manifests. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { twilioEnvironment, type Config } from "../../config.ts";
import type { Clock } from "../../lib/clock.ts";
import { UsageError } from "../errors.ts";
import type { ImportOptions } from "../import.ts";
import { loadListing, saveListing } from "../standalone/listing.ts";
import { theAccount } from "../standalone/one-account.ts";
import { importListing, type Imported } from "./manifests.ts";
import { accountYaml, addressYaml, bindingYaml, comment, domainYaml } from "./yaml.ts";

/** Resolves with the exit code. */
export async function importAccount(config: Config, options: ImportOptions, clock: Clock): Promise<number> {
  const listing =
    options.snapshot === undefined
      ? await theAccount(config, clock, {
          accounts: [],
          secrets: new Map(),
          environment: twilioEnvironment(),
        })
      : loadListing(options.snapshot);
  if (options.saveSnapshot !== undefined) saveListing(options.saveSnapshot, listing);
  const imported = importListing(listing);
  const files = filesOf(imported, options, listing.accountSid);
  if (options.output === undefined) process.stdout.write(files.map(({ text }) => text).join(""));
  else writeFiles(options.output, files);
  report(imported, listing.numbers.length);
  return 0;
}

interface File {
  readonly name: string;
  readonly text: string;
}

function filesOf(
  { addresses, domains, leftOut }: Imported,
  options: ImportOptions,
  accountSid: string,
): readonly File[] {
  const place = { namespace: options.namespace, account: options.accountName };
  const bindingsOf = (address: (typeof addresses)[number]): string =>
    address.numbers.map((number) => bindingYaml(place, number, address.name)).join("");
  const account = {
    name: "10-account.yaml",
    text: accountYaml(place, { accountSid, secret: options.secret }),
  };
  const last = {
    name: "40-sip-domains.yaml",
    text: domains.map((domain) => domainYaml(place, domain)).join(""),
  };
  const rest = {
    name: "90-left-out.yaml",
    text: comment(leftOut.map(({ what, why }) => `Left out: ${what}: ${why}.`)),
  };
  const sites = addresses.map((address) => ({
    name: `20-site-${address.name}.yaml`,
    text: addressYaml(place, address) + bindingsOf(address),
  }));
  const kinds = [
    { name: "20-addresses.yaml", text: addresses.map((address) => addressYaml(place, address)).join("") },
    { name: "30-numbers.yaml", text: addresses.map(bindingsOf).join("") },
  ];
  const middle = options.split === "site" ? sites : kinds;
  return [account, ...middle, last, rest].filter(({ text }) => text !== "");
}

/** All or nothing: a folder that holds one of the files already is left as it is. */
function writeFiles(folder: string, files: readonly File[]): void {
  const taken = files.map(({ name }) => join(folder, name)).find((path) => existsSync(path));
  if (taken !== undefined)
    throw new UsageError(`${taken} is there already, and nothing was written: give another --output folder`);
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
}

function report({ addresses, domains, leftOut }: Imported, numbers: number): void {
  const bound = addresses.reduce((sum, address) => sum + address.numbers.length, 0);
  process.stderr.write(
    `${bound} of ${numbers} numbers at ${addresses.length} addresses, ${domains.length} SIP domains; ${leftOut.length} left out, each with its reason\n`,
  );
}
