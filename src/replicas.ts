/** How several processes of `run` live side by side: one leads, or all share the accounts. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { GROUP } from "./api/names.ts";
import type { Config } from "./config.ts";
import type { Tenure } from "./controllers/shard.ts";
import type { KubeClient } from "./kube/client.ts";
import { LeaseClient } from "./kube/lease.ts";
import type { Clock } from "./lib/clock.ts";
import { LeaderElection } from "./runtime/leader.ts";
import type { Runnable } from "./runtime/manager.ts";
import { Shards } from "./runtime/shards.ts";
import type { Logger } from "./telemetry/log.ts";

export interface Replicas {
  readonly tenure: Tenure;
  /** For how long this process may still write for an account, in ms. */
  readonly fence: (accountSid: string) => number;
  /** To be started before the work and stopped after it; absent: this is the only process. */
  readonly runnable?: Runnable;
  readonly leads: () => boolean;
}

export interface ReplicasOptions {
  readonly config: Config;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Namespace of the leases if no flag names one. */
  readonly namespace: string | undefined;
  /** Resolves when no write is under way for accounts that are not kept. */
  readonly drain: (isKept: (accountSid: string) => boolean) => Promise<void>;
  readonly onChange: () => void;
  /** The right to work is gone for good. */
  readonly onLost: () => void;
}

export function replicasOf(options: ReplicasOptions): Replicas {
  const { config } = options;
  if (config.sharding === "accounts") return sharing(options);
  return config.leaderElect ? electing(options) : alone(options.clock.now());
}

function alone(startedAt: number): Replicas {
  return {
    tenure: { serves: () => true, since: () => startedAt },
    fence: () => Number.POSITIVE_INFINITY,
    leads: () => true,
  };
}

function electing(options: ReplicasOptions): Replicas {
  const election = new LeaderElection({
    ...options,
    leases: leasesOf(options),
    name: options.config.leaseName,
    identity: identityOf(),
  });
  return {
    // Nothing is started before this process leads.
    tenure: { serves: () => true, since: () => election.since },
    fence: () => election.remainingMs(),
    runnable: election,
    leads: () => election.remainingMs() > 0,
  };
}

function sharing(options: ReplicasOptions): Replicas {
  const shards = new Shards({
    ...options,
    leases: leasesOf(options),
    group: options.config.leaseName,
    identity: identityOf(),
  });
  return {
    tenure: shards,
    fence: (accountSid) => shards.remainingMs(accountSid),
    runnable: shards,
    leads: () => shards.members.length > 0,
  };
}

function leasesOf({ config, client, clock, namespace }: ReplicasOptions): LeaseClient {
  return new LeaseClient({
    client,
    clock,
    namespace: config.leaseNamespace ?? namespace ?? "default",
    groupLabel: `${GROUP}/replica`,
  });
}

/** The name of the pod, and something that a restarted container of the same pod does not have. */
function identityOf(): string {
  const host = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, "-")
    .slice(-100)
    .replace(/^-+/, "");
  return `${host}-${randomBytes(4).toString("hex")}`;
}
