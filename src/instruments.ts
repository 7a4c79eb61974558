/** All that watches the program at its work: metrics, audit log and traces, each put around an interface. */
import { KINDS, type Kind } from "./api/names.ts";
import type { AnyObject } from "./api/objects.ts";
import { auditor, type Auditor } from "./controllers/audited.ts";
import { censusOf } from "./controllers/census.ts";
import type { ObjectIndex } from "./controllers/object-index.ts";
import { parseKey } from "./controllers/objects.ts";
import type { Operator, OperatorOptions } from "./controllers/operator.ts";
import { shardOf } from "./controllers/shard.ts";
import { Times } from "./controllers/waiting-times.ts";
import { measuredCarrier } from "./kube/measured.ts";
import { tracedCarrier } from "./kube/traced.ts";
import type { Carrier } from "./kube/transport.ts";
import type { Clock } from "./lib/clock.ts";
import type { Controller, Result } from "./runtime/controller.ts";
import type { WorkQueue } from "./runtime/queue.ts";
import { createAudit } from "./telemetry/audit.ts";
import { createMetrics, type Metrics } from "./telemetry/metrics.ts";
import type { PassResult, QueueObserver } from "./telemetry/metrics/runtime.ts";
import { createTracing } from "./telemetry/tracing.ts";
import type { AccountClients } from "./twilio/account-clients.ts";
import { withAround } from "./twilio/wrap-client.ts";
import type { Sender } from "./twilio/http.ts";
import { measuredCalls, measuredSender } from "./twilio/measured.ts";
import { tracedSender } from "./twilio/traced.ts";
import { VERSION } from "./version.ts";

type Reconcile = (key: string) => Promise<Result>;

export interface Instruments {
  readonly metrics: Metrics;
  readonly audited: Auditor;
  carrier(carrier: Carrier, server: string): Carrier;
  sender(sender: Sender): Sender;
  connect(connect: OperatorOptions["connect"]): OperatorOptions["connect"];
  reconcile(reconcile: Reconcile): Reconcile;
  pass(pass: { readonly key: string; readonly ms: number; readonly result: PassResult }): void;
  queue(name: string): QueueObserver;
  times(objects: ObjectIndex, operator: Pick<Operator, "serves">): Times;
  /** Has these counted at every scrape. */
  count(counted: Counted): void;
}

export interface Counted {
  readonly config: { readonly leaseName: string };
  readonly objects: ObjectIndex;
  readonly ownerId: string;
  readonly queue: WorkQueue;
  readonly controller: Controller;
  readonly operator: Operator;
  readonly replicas: { leads(): boolean };
  readonly clients: Pick<AccountClients, "limitOf">;
}

export function createInstruments(clock: Clock): Instruments {
  const metrics = createMetrics();
  const tracing = createTracing(VERSION);
  return {
    metrics,
    audited: auditor(createAudit(), clock),
    carrier: (carrier, server) => {
      const traced = tracing === undefined ? carrier : tracedCarrier(carrier, tracing);
      return measuredCarrier(traced, { metrics: metrics.runtime, host: new URL(server).host });
    },
    sender: (sender) => {
      const traced = tracing === undefined ? sender : tracedSender(sender, tracing);
      return measuredSender(traced, { metrics: metrics.twilio, clock });
    },
    connect: (connect) => (account, credentials) => {
      const { namespace, name } = account.metadata;
      const around = measuredCalls(
        { account_namespace: namespace, account: name },
        { metrics: metrics.twilio, clock },
      );
      return withAround(connect(account, credentials), around);
    },
    reconcile: (reconcile) => (tracing === undefined ? reconcile : tracedReconcile(reconcile, tracing)),
    pass: ({ key, ms, result }) => metrics.runtime.pass({ controller: parseKey(key).kind, result, ms }),
    queue: (name) => metrics.runtime.queue(name),
    times: (objects, operator) => {
      const serves = (object: AnyObject): boolean => operator.serves(shardOf(objects, object));
      return new Times({ metrics: metrics.objects, clock, serves });
    },
    count: (counted) => metrics.onScrape(() => scrape(metrics, clock, counted)),
  };
}

function tracedReconcile(
  reconcile: Reconcile,
  tracing: NonNullable<ReturnType<typeof createTracing>>,
): Reconcile {
  return (key) => {
    const { kind, namespace, name } = parseKey(key);
    const attributes = { "k8s.object.kind": kind, "k8s.namespace.name": namespace, "k8s.object.name": name };
    return tracing.span({ name: `reconcile ${kind}`, kind: "internal", attributes }, async (set) => {
      const result = await reconcile(key);
      set({ "reconcile.result": result.kind });
      return result;
    });
  };
}

function scrape({ runtime, objects }: Metrics, clock: Clock, counted: Counted): void {
  const { config, queue, controller, operator, replicas, clients } = counted;
  const stats = queue.stats();
  runtime.depth(controller.name, stats);
  const active = new Map<Kind, number>();
  for (const key of controller.running) {
    const { kind } = parseKey(key);
    active.set(kind, (active.get(kind) ?? 0) + 1);
  }
  for (const kind of KINDS)
    runtime.workers(kind, { active: active.get(kind) ?? 0, most: controller.workers });
  runtime.leads(config.leaseName, replicas.leads());
  objects.serving(replicas.leads() && operator.isRunning);
  objects.census(
    censusOf({
      ...{ objects: counted.objects, accounts: operator.accounts, ownerId: counted.ownerId, clock },
      serves: (shard) => operator.serves(shard),
      limitOf: (accountSid) => clients.limitOf(accountSid),
    }),
  );
}
