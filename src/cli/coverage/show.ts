/** Reads the account, or a saved one, and shows how its numbers are protected. */
import { styleText } from "node:util";
import { twilioEnvironment, type Config } from "../../config.ts";
import type { Clock } from "../../lib/clock.ts";
import type { CoverageOptions } from "../coverage.ts";
import type { Manifests } from "../manifests/read.ts";
import { accountsIn } from "../standalone/accounts.ts";
import { loadListing, saveListing, type AccountListing } from "../standalone/listing.ts";
import { theAccount } from "../standalone/one-account.ts";
import { manifestsFrom } from "../standalone/session.ts";
import { coverageOf, type Coverage } from "./assess.ts";
import { coverageAsPage } from "./page.ts";
import { coverageAsCsv, coverageAsJson, coverageAsText } from "./render.ts";

type Given = Pick<Manifests, "objects" | "secrets">;

/** Resolves with the exit code. */
export async function showCoverage(config: Config, options: CoverageOptions, clock: Clock): Promise<number> {
  const given: Given =
    options.file === undefined ? { objects: [], secrets: new Map() } : manifestsFrom(options.file);
  const listing = await listingOf(config, { options, given, clock });
  if (options.saveSnapshot !== undefined) saveListing(options.saveSnapshot, listing);
  process.stdout.write(rendered(options, coverageOf(listing, given.objects)));
  return 0;
}

function listingOf(
  config: Config,
  {
    options,
    given,
    clock,
  }: { readonly options: CoverageOptions; readonly given: Given; readonly clock: Clock },
): Promise<AccountListing> {
  if (options.snapshot !== undefined) return Promise.resolve(loadListing(options.snapshot));
  return theAccount(config, clock, {
    accounts: accountsIn(given.objects),
    secrets: given.secrets,
    environment: twilioEnvironment(),
  });
}

function rendered({ output }: CoverageOptions, coverage: Coverage): string {
  switch (output) {
    case "json":
      return coverageAsJson(coverage);
    case "csv":
      return coverageAsCsv(coverage);
    case "html":
      return coverageAsPage(coverage);
    case "text":
      return coverageAsText(coverage, (format, text) => styleText(format, text, { stream: process.stdout }));
  }
}
