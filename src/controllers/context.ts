/** What every part of a pass works with; built once by the composition root. */
import type { Clock } from "../lib/clock.ts";
import type { Timings } from "../plan/timings.ts";
import type { World } from "../plan/world.ts";
import type { Logger } from "../telemetry/log.ts";
import type { TwilioMetrics } from "../telemetry/metrics/twilio.ts";
import type { Changes } from "../twilio/snapshot.ts";
import type { AccountEntry, Accounts } from "./accounts.ts";
import type { Auditor } from "./audited.ts";
import type { ProcessMemory } from "./process-memory.ts";
import type { ObjectSource } from "./objects.ts";
import type { Failure } from "../twilio/types.ts";
import type { AnyObject, Managed } from "../api/objects.ts";
import type { NamedRuling } from "../plan/rule.ts";
import type { Write } from "../plan/step.ts";
import { shardOf, type Tenure } from "./shard.ts";

export interface Context {
  readonly source: ObjectSource;
  readonly accounts: Accounts;
  readonly memory: ProcessMemory;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<TwilioMetrics, "write">;
  /** Puts the audit log around the client that sends a write. */
  readonly audited?: Auditor;
  readonly timings: Timings;
  /** How long a status may wait for the one that follows, in ms; 0: not at all. */
  readonly holdMs: number;
  readonly ownerId: string;
  readonly dryRun: boolean;
  readonly tenure: Tenure;
  /** Outside a cluster: what was approved on the command line. */
  readonly commandLine?: { readonly approvals: readonly string[] };
  /** Told of each write right before it is sent. */
  readonly onWrite?: (object: Managed, ruling: NamedRuling, step: Write) => void;
  /** A complete listing that begins now; the failure if it did not come. */
  readonly list: (entry: AccountEntry) => Promise<Failure | undefined>;
  /** Twilio refuses the account's credentials: from now on it is probed, and all its objects are looked at. */
  readonly rejected: (entry: AccountEntry) => void;
  /** Queues the objects that depend on what an answer has changed. */
  readonly spread: (accountSid: string, changes: Changes) => void;
}

/** The World as it is now, for a plan about this object. */
export function observe(context: Context, object: AnyObject): World {
  const { source, accounts, memory, tenure } = context;
  return {
    now: context.clock.now(),
    ownerId: context.ownerId,
    trustedSince: tenure.since(shardOf(source.objects, object)),
    timings: context.timings,
    dryRun: context.dryRun,
    ...(context.commandLine === undefined ? {} : { commandLine: context.commandLine }),
    objects: source.objects,
    account: (namespace, name) => accounts.state(namespace, name),
    lastWrite: (object) => memory.lastWrite(object),
    watchedSince: (object, label) => memory.watchedSince(object, label),
  };
}
