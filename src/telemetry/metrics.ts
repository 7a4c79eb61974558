/** Metrics by the names of controller-runtime where the meaning is the same. No phone number, address or sid is a label. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

export interface QueueDepth {
  readonly ready: number;
  readonly delayed: number;
  readonly processing: number;
  readonly oldestReadyMs: number;
}

export interface Metrics {
  /** One pass over one object. */
  pass(pass: { readonly controller: string; readonly result: string; readonly ms: number }): void;
  /** One request to Twilio; `code` is the HTTP status, 0 without an answer. */
  twilioRequest(request: { readonly route: string; readonly code: number }): void;
  /** One write to Twilio for an object. */
  write(write: { readonly kind: string; readonly operation: string; readonly result: string }): void;
  /** Asked at every scrape. */
  watchQueue(name: string, stats: () => QueueDepth): void;
  /** The text format of Prometheus. */
  text(): Promise<string>;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const passes = new Counter({
    name: "controller_runtime_reconcile_total",
    help: "Passes over objects, by result",
    labelNames: ["controller", "result"] as const,
    registers,
  });
  const seconds = new Histogram({
    name: "controller_runtime_reconcile_time_seconds",
    help: "How long a pass over an object takes",
    labelNames: ["controller"] as const,
    buckets: SECONDS,
    registers,
  });
  const requests = new Counter({
    name: "twilio_emergency_requests_total",
    help: "Requests to Twilio, by route and HTTP status (0: no answer)",
    labelNames: ["route", "code"] as const,
    registers,
  });
  const writes = new Counter({
    name: "twilio_emergency_writes_total",
    help: "Writes to Twilio, by kind of object, operation and result",
    labelNames: ["kind", "operation", "result"] as const,
    registers,
  });
  return {
    pass: ({ controller, result, ms }) => {
      passes.inc({ controller, result });
      seconds.observe({ controller }, ms / 1000);
    },
    twilioRequest: ({ route, code }) => requests.inc({ route, code: String(code) }),
    write: (write) => writes.inc({ ...write }),
    watchQueue: (name, stats) => {
      queueGauge(registry, "workqueue_depth", "Keys that wait for a worker", {
        name,
        value: () => stats().ready,
      });
      queueGauge(registry, "workqueue_longest_waiting_seconds", "How long the first key waits for a worker", {
        name,
        value: () => stats().oldestReadyMs / 1000,
      });
      queueGauge(registry, "workqueue_active_workers", "Keys that a worker holds", {
        name,
        value: () => stats().processing,
      });
    },
    text: () => registry.metrics(),
  };
}

function queueGauge(
  registry: Registry,
  metric: string,
  help: string,
  queue: { readonly name: string; readonly value: () => number },
): void {
  const gauge: Gauge<"name"> = new Gauge({
    name: metric,
    help,
    labelNames: ["name"] as const,
    registers: [registry],
    collect: () => gauge.set({ name: queue.name }, queue.value()),
  });
}
