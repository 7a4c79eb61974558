/** Composition root of `twilio-emergency run`: builds everything, wires it by hand, starts and stops it. */
import type { BackoffRange } from "./lib/backoff.ts";
import { once } from "node:events";
import { hostname } from "node:os";
import { GROUP, KINDS, type Kind } from "./api/names.ts";
import type { Config } from "./config.ts";
import { ClusterObjects, slim, resourceType, type Cached } from "./controllers/cluster-objects.ts";
import { ClusterSecrets } from "./controllers/cluster-secrets.ts";
import { connector } from "./controllers/connect.ts";
import { Operator } from "./controllers/operator.ts";
import { OwnerId } from "./controllers/owner-id.ts";
import { KubeClient } from "./kube/client.ts";
import { loadCluster } from "./kube/config.ts";
import { EventRecorder } from "./kube/events.ts";
import { Reflector } from "./kube/reflector.ts";
import type { Clock } from "./lib/clock.ts";
import { createInstruments, type Instruments } from "./instruments.ts";
import { scaledTimings } from "./plan/timings.ts";
import { Controller } from "./runtime/controller.ts";
import { endOnCrash } from "./runtime/crash.ts";
import { HealthServer } from "./runtime/health.ts";
import { Manager, type Runnable } from "./runtime/manager.ts";
import { addProbes } from "./runtime/probes.ts";
import { keepHeapSmall } from "./runtime/small-heap.ts";
import { TextServer } from "./runtime/text-server.ts";
import { WorkQueue } from "./runtime/queue.ts";
import { systemClock } from "./runtime/system-clock.ts";
import { createLogger, type Logger } from "./telemetry/log.ts";
import { KnownSecrets } from "./telemetry/redact.ts";
import { replicasOf, type Replicas } from "./replicas.ts";
import { type AccountClients, createAccountClients } from "./twilio/account-clients.ts";
import { VERSION } from "./version.ts";

const PROGRAM = "twilio-emergency-operator";
const QUEUE = "objects";
/** For numbers without protection by a step of ours: their passes never wait for those that wait for Twilio. */
const RESERVED_WORKERS = 4;
const PROBE_INTERVAL_MS = 60_000;
/** A status that says "working on it" waits so long at most for the one that follows. */
const HOLD_MS = 2_000;

/** Runs until a signal; resolves with the exit code. */
export async function run(config: Config): Promise<number> {
  keepHeapSmall();
  const clock = systemClock();
  const known = new KnownSecrets();
  const log = createLogger({ level: config.logLevel, format: config.logFormat, secrets: known });
  endOnCrash(process, log, (code) => process.exit(code));
  const instruments = createInstruments(clock);
  const cluster = loadCluster({
    ...(config.kubeconfig === undefined ? {} : { kubeconfig: config.kubeconfig }),
    ...(config.context === undefined ? {} : { context: config.context }),
  });
  const client = new KubeClient({
    cluster,
    clock,
    userAgent: `${PROGRAM}/${VERSION}`,
    fieldManager: PROGRAM,
    wrap: (carrier) => instruments.carrier(carrier, cluster.server),
  });
  const lost = new AbortController();
  const base = { clock, log, known, client, instruments, namespace: cluster.namespace, lost };
  const manager = new Manager(parts(config, base), { clock, log });
  const asked = manager.stopOn(process, ["SIGTERM", "SIGINT"]);
  const stopped = Promise.race([
    asked,
    once(lost.signal, "abort").then(() => manager.stop().then(() => false)),
  ]);
  log.info({ version: VERSION, server: cluster.server, dryRun: config.dryRun }, "starting");
  await manager.start();
  log.info({}, "started");
  const clean = await stopped;
  await client.close();
  log.info({ clean }, "stopped");
  return clean ? 0 : 1;
}

interface Base {
  readonly instruments: Instruments;
  readonly clock: Clock;
  readonly log: Logger;
  readonly known: KnownSecrets;
  readonly client: KubeClient;
  readonly ownerId: string;
  /** Of the pod, or of the kubeconfig's context. */
  readonly namespace: string | undefined;
  /** Aborted when another process may do our work: this one must end. */
  readonly lost: AbortController;
}

/** In the order of their start. Most are built when the owner is known; until then the probes can be asked already. */
function* parts(config: Config, base: Omit<Base, "ownerId">): Iterable<Runnable> {
  const health = new HealthServer({ addr: config.healthAddr });
  const owner = new OwnerId({ ...base, given: config.ownerId });
  health.addReadiness(owner.name, () => owner.check());
  yield health;
  yield owner;
  base.log.info({ ownerId: owner.value }, "the owner is known");
  yield* work(config, { ...base, ownerId: owner.value }, health);
}

function work(config: Config, base: Base, health: HealthServer): readonly Runnable[] {
  const { clock, log, client, instruments } = base;
  const random = Math.random;
  const scale = config.timeScale;
  const backoff: BackoffRange = { baseMs: 1_000 / scale, capMs: 300_000 / scale };
  const queue = new WorkQueue({ clock, random, backoff, observer: instruments.queue(QUEUE) });
  const secrets = clusterSecrets(base, random);
  const events = eventRecorder(base);
  const source: ClusterObjects = new ClusterObjects({
    client,
    events,
    clock,
    namespaces: config.namespaces,
    onChange: (object, previous, by) => {
      operator.changed(object, previous, by);
      times.changed(object, previous, by);
    },
  });
  const clients = accountClients(base, () => ({ replicas, operator }));
  const replicas: Replicas = replicasOf({
    ...base,
    config,
    random,
    drain: (isKept) => clients.drained(isKept),
    onChange: () => operator.tenureChanged(),
    onLost: () => base.lost.abort(),
  });
  const operator = operatorOf(config, base, { source, secrets, queue, random, backoff, replicas, clients });
  const caches = KINDS.map((kind) => cacheOf(config, base, { kind, random, source }));
  const { workers } = config;
  const controller = new Controller({
    name: QUEUE,
    queue,
    workers,
    reserved: RESERVED_WORKERS,
    reconcile: instruments.reconcile((key) => operator.reconcile(key)),
    clock,
    log,
    onPass: (pass) => {
      instruments.pass(pass);
      times.passed(pass.key);
    },
  });
  const times = instruments.times(source.objects, operator);
  instruments.count({
    ...{ config, queue, controller, operator, replicas, clients },
    ...{ objects: source.objects, ownerId: base.ownerId },
  });
  addProbes(health, controller, caches);
  return [
    metricsServer(config, instruments),
    { name: "events", start: () => {}, stop: (force) => events.stop(force) },
    { name: "secrets", start: () => {}, stop: () => secrets.stop() },
    filling(caches),
    ...(replicas.runnable === undefined ? [] : [replicas.runnable]),
    { name: "operator", start: () => operator.start(), stop: () => operator.stop() },
    controller,
  ];
}

function clusterSecrets({ client, clock, log, known }: Base, random: () => number): ClusterSecrets {
  return new ClusterSecrets({
    ...{ source: client, clock, random, log },
    onValue: (value) => known.add(value),
  });
}

function eventRecorder({ client, clock, log }: Base): EventRecorder {
  return new EventRecorder({
    target: client,
    clock,
    log,
    reportingController: `${GROUP}/${PROGRAM}`,
    reportingInstance: `${hostname()}-${process.pid}`.slice(0, 128),
  });
}

function metricsServer(config: Config, { metrics }: Instruments): Runnable {
  const contentType = "text/plain; version=0.0.4; charset=utf-8";
  return new TextServer({
    addr: config.metricsAddr,
    path: "/metrics",
    contentType,
    text: () => metrics.text(),
  });
}

interface Parts {
  readonly source: ClusterObjects;
  readonly secrets: ClusterSecrets;
  readonly queue: WorkQueue;
  readonly random: () => number;
  readonly backoff: BackoffRange;
  readonly replicas: Replicas;
  readonly clients: AccountClients;
}

function operatorOf(
  config: Config,
  { clock, log, ownerId, instruments }: Base,
  { replicas, clients, ...parts }: Parts,
): Operator {
  return new Operator({
    ...parts,
    clock,
    log,
    ownerId,
    metrics: instruments.metrics.twilio,
    extras: { audited: instruments.audited },
    timings: scaledTimings(config.timeScale),
    dryRun: config.dryRun,
    sweepIntervalMs: config.sweepIntervalMs,
    pendingPollIntervalMs: config.pendingPollIntervalMs,
    probeIntervalMs: PROBE_INTERVAL_MS / config.timeScale,
    holdMs: HOLD_MS / config.timeScale,
    tenure: replicas.tenure,
    connect: instruments.connect(connector(clients, config.twilioBaseUrl)),
  });
}

function cacheOf(
  config: Config,
  { client, clock, log }: Base,
  {
    kind,
    random,
    source,
  }: { readonly kind: Kind; readonly random: () => number; readonly source: ClusterObjects },
): Reflector<Cached> {
  const type = resourceType(kind);
  const cache = new Reflector<Cached>({
    source: client,
    type,
    namespaces: config.namespaces,
    clock,
    random,
    log,
    transform: slim,
    identityOnly: true,
  });
  cache.onChange((change) => source.changed(change));
  return cache;
}

/** The caches fill side by side; nothing is decided before all have been listed once. */
function filling(caches: readonly Reflector<Cached>[]): Runnable {
  return {
    name: "caches",
    start: async (signal) => {
      for (const cache of caches) cache.start();
      await Promise.all(caches.map((cache) => cache.waitForSync(signal)));
    },
    stop: async () => {
      await Promise.all(caches.map((cache) => cache.stop()));
    },
  };
}

/** `late`: what is built after the clients. */
function accountClients(
  { clock, instruments }: Base,
  late: () => { readonly replicas: Replicas; readonly operator: Operator },
): AccountClients {
  return createAccountClients({
    clock,
    userAgent: `${PROGRAM}/${VERSION}`,
    fence: (accountSid) => late().replicas.fence(accountSid),
    since: (accountSid) => late().replicas.tenure.since(accountSid),
    isUnprotected: (numberSid) => late().operator.isUnprotected(numberSid),
    wrap: (sender) => instruments.sender(sender),
  });
}
