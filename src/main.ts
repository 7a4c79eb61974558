/** Composition root of `twilio-emergency run`: builds everything, wires it by hand, starts and stops it. */
import { KINDS } from "./api/names.ts";
import type { AnyObject, TwilioAccount } from "./api/objects.ts";
import type { Config } from "./config.ts";
import { ClusterObjects, resourceType, type Cached } from "./controllers/cluster-objects.ts";
import { ClusterSecrets } from "./controllers/cluster-secrets.ts";
import type { BasicCredentials } from "./controllers/credentials.ts";
import { Operator } from "./controllers/operator.ts";
import { KubeClient } from "./kube/client.ts";
import { loadCluster } from "./kube/config.ts";
import { EventRecorder } from "./kube/events.ts";
import { Reflector } from "./kube/reflector.ts";
import type { KubeObject } from "./kube/types.ts";
import type { Clock } from "./lib/clock.ts";
import { TIMINGS, type Timings } from "./plan/world.ts";
import { Controller } from "./runtime/controller.ts";
import { HealthServer } from "./runtime/health.ts";
import { Manager, type Runnable } from "./runtime/manager.ts";
import { WorkQueue } from "./runtime/queue.ts";
import { systemClock } from "./runtime/system-clock.ts";
import { createLogger, type Logger } from "./telemetry/log.ts";
import { createAccountClients } from "./twilio/account-clients.ts";
import type { TwilioAccountClient } from "./twilio/types.ts";
import { VERSION } from "./version.ts";

const PROGRAM = "twilio-emergency-operator";
const PROBE_INTERVAL_MS = 60_000;
/** A cache that has heard nothing for so long makes the process not ready. */
const MAX_SILENCE_MS = 5 * 60_000;

/** Runs until a signal; resolves with the exit code. */
export async function run(config: Config): Promise<number> {
  const clock = systemClock();
  const log = createLogger({ level: config.logLevel, format: config.logFormat });
  const cluster = loadCluster({
    ...(config.kubeconfig === undefined ? {} : { kubeconfig: config.kubeconfig }),
    ...(config.context === undefined ? {} : { context: config.context }),
  });
  const client = new KubeClient({
    cluster,
    clock,
    userAgent: `${PROGRAM}/${VERSION}`,
    fieldManager: PROGRAM,
  });
  const ownerId = config.ownerId ?? (await clusterId(client, { clock, log }));
  const manager = new Manager(runnables(config, { clock, log, client, ownerId }), { clock, log });
  const stopped = manager.stopOn(process, ["SIGTERM", "SIGINT"]);
  log.info({ version: VERSION, server: cluster.server, ownerId, dryRun: config.dryRun }, "starting");
  await manager.start();
  log.info({}, "started");
  const clean = await stopped;
  await client.close();
  log.info({ clean }, "stopped");
  return clean ? 0 : 1;
}

interface Base {
  readonly clock: Clock;
  readonly log: Logger;
  readonly client: KubeClient;
  readonly ownerId: string;
}

function runnables(config: Config, { clock, log, client, ownerId }: Base): readonly Runnable[] {
  const random = Math.random;
  const events = new EventRecorder({
    target: client,
    clock,
    log,
    reportingController: `emergency.twilio-operator.io/${PROGRAM}`,
    reportingInstance: instanceName(),
  });
  const queue = new WorkQueue({
    clock,
    random,
    backoff: { baseMs: 1_000 / config.timeScale, capMs: 300_000 / config.timeScale },
  });
  const secrets = new ClusterSecrets({ client, clock, random, log });
  const startedAt = clock.now();
  const source: ClusterObjects = new ClusterObjects({
    client,
    events,
    clock,
    namespaces: config.namespaces,
    onChange: (object: AnyObject, previous: AnyObject | undefined, gone: boolean) =>
      operator.changed(object, previous, gone),
  });
  const operator = new Operator({
    source,
    secrets,
    queue,
    clock,
    random,
    log,
    ownerId,
    timings: scaled(config.timeScale),
    dryRun: config.dryRun,
    sweepIntervalMs: config.sweepIntervalMs,
    pendingPollIntervalMs: config.pendingPollIntervalMs,
    probeIntervalMs: PROBE_INTERVAL_MS / config.timeScale,
    trustedSince: () => startedAt,
    connect: connector(config, clock),
  });
  const caches = KINDS.map((kind) => {
    const reflector = new Reflector<Cached>({
      source: client,
      type: resourceType(kind),
      namespaces: config.namespaces,
      clock,
      random,
      log,
    });
    reflector.onChange((change) => source.changed(change));
    return reflector;
  });
  const controller = new Controller({
    name: "objects",
    queue,
    workers: config.workers,
    reconcile: (key) => operator.reconcile(key),
    clock,
    log,
  });
  const health = new HealthServer({ addr: config.healthAddr });
  health.addLiveness("workers", () => controller.check());
  for (const cache of caches) health.addReadiness(cache.name, () => cache.check(MAX_SILENCE_MS));
  return [
    health,
    { name: "events", start: () => {}, stop: (force) => events.stop(force) },
    { name: "secrets", start: () => {}, stop: () => secrets.stop() },
    ...caches.map((cache) => cacheRunnable(cache)),
    { name: "operator", start: () => operator.start(), stop: () => operator.stop() },
    controller,
  ];
}

/** All caches begin to fill together; nothing is looked at before each has been listed once. */
function cacheRunnable(cache: Reflector<Cached>): Runnable {
  return {
    name: cache.name,
    start: (signal) => {
      cache.start();
      return cache.waitForSync(signal);
    },
    stop: () => cache.stop(),
  };
}

function scaled(scale: number): Timings {
  return {
    grace: TIMINGS.grace / scale,
    slotLag: TIMINGS.slotLag / scale,
    ignoredAfter: TIMINGS.ignoredAfter / scale,
    createLooks: TIMINGS.createLooks.map((ms) => ms / scale),
    slowRetryMin: TIMINGS.slowRetryMin / scale,
    slowRetryMax: TIMINGS.slowRetryMax / scale,
  };
}

/** Accounts of one Twilio account share its flow control. */
function connector(
  config: Config,
  clock: Clock,
): (account: TwilioAccount, credentials: BasicCredentials) => TwilioAccountClient {
  const clients = createAccountClients({ clock, userAgent: `${PROGRAM}/${VERSION}` });
  return (account, credentials) => {
    const { accountSid, twilioRegion, twilioEdge, maxConcurrentRequests } = account.spec;
    return clients.connect({
      accountSid,
      credentials,
      maxConcurrentRequests: maxConcurrentRequests ?? 8,
      ...(config.twilioBaseUrl === undefined ? {} : { baseUrl: config.twilioBaseUrl }),
      ...(twilioRegion === undefined ? {} : { region: twilioRegion }),
      ...(twilioEdge === undefined ? {} : { edge: twilioEdge }),
    });
  };
}

/** What tells this cluster's Addresses from another's. Waits for an API server that is not there yet. */
async function clusterId(
  client: KubeClient,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): Promise<string> {
  const namespaces = { group: "", version: "v1", plural: "namespaces", kind: "Namespace", namespaced: false };
  for (;;) {
    try {
      const found = await client.get<KubeObject>(namespaces, { name: "kube-system" });
      if (found !== undefined) return found.metadata.uid;
      log.error({}, "the namespace kube-system does not exist: give --owner-id");
    } catch (error) {
      log.error(
        { error },
        "the owner id cannot be read from the namespace kube-system: allow `get` on it, or give --owner-id",
      );
    }
    await clock.sleep(5_000);
  }
}

function instanceName(): string {
  return `${PROGRAM}-${process.pid}`;
}
