/** Makes the plan and prints it. */
import { styleText } from "node:util";
import type { Config } from "../../config.ts";
import type { Clock } from "../../lib/clock.ts";
import { TIMINGS } from "../../plan/timings.ts";
import { UsageError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { STANDALONE_OWNER } from "../flags.ts";
import type { PlanOptions } from "../plan.ts";
import { accountsIn, withAccounts } from "../standalone/accounts.ts";
import { loadListing } from "../standalone/listing.ts";
import { cliLogger, listAll, manifestsFrom, openSession } from "../standalone/session.ts";
import { foresee, type Forecast, type Outlook } from "./foresee.ts";
import { isNothingToDo, planAsJson, planAsMarkdown, planAsText } from "./render.ts";

/** Resolves with the exit code. */
export async function showPlan(config: Config, options: PlanOptions, clock: Clock): Promise<number> {
  const { objects, listings } = await accountsOf(config, options, clock);
  const plan = await foresee({
    objects,
    listings,
    ownerId: config.ownerId ?? STANDALONE_OWNER,
    approvals: options.approve,
    timings: TIMINGS,
    log: cliLogger(config),
    now: clock.now(),
  });
  const accounts = [...listings.keys()];
  process.stdout.write(`${rendered(options, plan, accounts)}\n`);
  if (plan.faults.length > 0) return EXIT.fault;
  return isNothingToDo(plan) ? EXIT.settled : EXIT.somethingToDo;
}

async function accountsOf(
  config: Config,
  { file, snapshot }: PlanOptions,
  clock: Clock,
): Promise<Pick<Outlook, "objects" | "listings">> {
  const manifests = manifestsFrom(file);
  if (snapshot === undefined) {
    const session = openSession(config, clock, manifests);
    try {
      return { objects: session.objects, listings: await listAll(session) };
    } finally {
      await session.close();
    }
  }
  const listing = loadListing(snapshot);
  const objects = withAccounts(manifests.objects, listing.accountSid);
  const other = accountsIn(objects).find(({ spec }) => spec.accountSid !== listing.accountSid);
  if (other !== undefined)
    throw new UsageError(
      `${snapshot} is of account ${listing.accountSid}, TwilioAccount/${other.metadata.name} of ${other.spec.accountSid}: save a snapshot of that account`,
    );
  return { objects, listings: new Map([[listing.accountSid, listing]]) };
}

function rendered({ output }: PlanOptions, plan: Forecast, accounts: readonly string[]): string {
  switch (output) {
    case "json":
      return planAsJson(plan, accounts);
    case "markdown":
      return planAsMarkdown(plan, accounts);
    case "text":
      return planAsText(plan, {
        accounts,
        // styleText itself looks at the stream, NO_COLOR and FORCE_COLOR.
        paint: (format, text) => styleText(format, text, { stream: process.stdout }),
      });
  }
}
