/** Runs the controllers over the manifests until everything stands, somebody must act, or time is up. */
import type { AnyObject } from "../../api/objects.ts";
import type { Config } from "../../config.ts";
import type { Clock } from "../../lib/clock.ts";
import { ownerPart, parseTag } from "../../plan/address/tag.ts";
import { scaledTimings } from "../../plan/timings.ts";
import type { ApplyOptions } from "../apply.ts";
import { UsageError } from "../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { STANDALONE_OWNER } from "../flags.ts";
import { firstCallers, type Outlook } from "../plan/foresee.ts";
import { Engine } from "../standalone/engine.ts";
import type { AccountListing } from "../standalone/listing.ts";
import { cliLogger, listAll, manifestsFrom, openSession, type Session } from "../standalone/session.ts";
import { approvalsOf, faultsOf, obstaclesOf, standingsOf } from "../standalone/object-state.ts";
import { Progress } from "./progress.ts";

/** Without --wait and --timeout. */
const DEFAULT_TIMEOUT_MS = 60_000;
/** Nothing may be left to do for so long before it counts as settled: a retired Address goes after the last number. */
const SETTLED_MS = 1_000;
const LOOK_MS = 100;

/** Resolves with the exit code. */
export async function applyManifests(config: Config, options: ApplyOptions, clock: Clock): Promise<number> {
  const session = openSession(config, clock, manifestsFrom(options.file));
  try {
    const ownerId = config.ownerId ?? STANDALONE_OWNER;
    const listings = await listAll(session);
    if (options.approve.length === 0) refuseOthers(session.objects, listings, ownerId);
    const timings = scaledTimings(config.timeScale);
    const { approve: approvals } = options;
    const outlook = {
      ...session,
      listings,
      ownerId,
      approvals,
      timings,
      log: cliLogger(config),
      now: clock.now(),
    };
    return await follow(config, options, { session, outlook, clock });
  } finally {
    await session.close();
  }
}

interface Run {
  readonly session: Session;
  readonly outlook: Outlook;
  readonly clock: Clock;
}

async function follow(
  config: Config,
  options: ApplyOptions,
  { session, outlook, clock }: Run,
): Promise<number> {
  const progress = new Progress(clock, options.wait === true);
  const engine = new Engine({
    ...outlook,
    ...session,
    clock,
    first: await firstCallers(outlook),
    sweepIntervalMs: config.sweepIntervalMs,
    pendingPollIntervalMs: config.pendingPollIntervalMs,
    onWrite: (object, _ruling, step) => progress.wrote(object, step),
    onHappening: (object, happening) => progress.happened(object, happening),
  });
  const interrupted = new AbortController();
  const stop = (): void => interrupted.abort();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, stop);
  engine.start();
  const timeoutMs =
    options.timeout ?? (options.wait === true ? Number.POSITIVE_INFINITY : DEFAULT_TIMEOUT_MS);
  const isOver = await waitFor(engine, { clock, timeoutMs, signal: interrupted.signal, progress });
  await engine.stop();
  const objects = engine.objects();
  progress.end(objects);
  return isOver ? exitCodeOf(objects) : leftWhile(objects);
}

/**
 * true when nothing is left to do for us or for Twilio, as behind a freeze too: none ends while this runs. false when time
 * is up or somebody interrupts.
 */
async function waitFor(
  engine: Engine,
  {
    clock,
    timeoutMs,
    signal,
    progress,
  }: {
    readonly clock: Clock;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    readonly progress: Progress;
  },
): Promise<boolean> {
  const began = clock.uptime();
  let quietSince: number | undefined;
  while (!signal.aborted) {
    await clock.sleep(LOOK_MS);
    const now = clock.uptime();
    const objects = engine.objects();
    progress.show(objects);
    const isQuiet = !engine.isBusy && ![...standingsOf(objects).values()].includes("working");
    quietSince = isQuiet ? (quietSince ?? now) : undefined;
    if (quietSince !== undefined && now - quietSince >= SETTLED_MS) return true;
    if (now - began >= timeoutMs) return false;
  }
  return false;
}

function exitCodeOf(objects: readonly AnyObject[]): number {
  if (faultsOf(objects).length > 0) return EXIT.fault;
  if (obstaclesOf(objects, ["frozen"]).length > 0) return EXIT.unfinished;
  return approvalsOf(objects).length > 0 ? EXIT.approval : EXIT.settled;
}

/** Time ran out. A number in mid-change is the one thing that must not be left lying. */
function leftWhile(objects: readonly AnyObject[]): number {
  const bare = objects.filter(
    ({ kind, status }) => kind === "PhoneNumberBinding" && status?.operation?.begun === true,
  );
  if (bare.length > 0)
    process.stderr.write(
      `without protection in the middle of a change: ${bare.map(({ metadata }) => metadata.name).join(", ")}; run the same command again to finish it\n`,
    );
  return EXIT.unfinished;
}

/** A number at an Address that another owner made is that owner's: a controller would move it back. */
function refuseOthers(
  objects: readonly AnyObject[],
  listings: ReadonlyMap<string, AccountListing>,
  ownerId: string,
): void {
  const own = ownerPart(ownerId);
  const named = new Set(
    objects.flatMap((object) =>
      object.kind === "PhoneNumberBinding"
        ? [object.spec.phoneNumber ?? object.spec.phoneNumberSid ?? ""]
        : [],
    ),
  );
  for (const { numbers, addresses } of listings.values()) {
    const tags = new Map(addresses.map(({ sid, friendlyName }) => [sid, parseTag(friendlyName)?.owner]));
    const other = numbers
      .filter(({ sid, phoneNumber }) => named.has(sid) || named.has(phoneNumber))
      .find(({ emergencyAddressSid }) => {
        const owner = tags.get(emergencyAddressSid ?? "");
        return owner !== undefined && owner !== own;
      });
    if (other !== undefined)
      throw new UsageError(
        `${other.sid} is at ${other.emergencyAddressSid}, which another owner of this program made: a controller may be looking after it. Nothing was sent. Change it there, or give that owner's --owner-id`,
      );
  }
}
