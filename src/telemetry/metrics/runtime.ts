/** Metrics of the machinery, by the names and meanings of controller-runtime and client-go. */
import { QUICK, type Families } from "./define.ts";

/** What a work queue tells of its keys; times in ms. */
export interface QueueObserver {
  /** A key became ready for a worker. */
  added(): void;
  /** A worker took it, after it was ready for so long. */
  taken(waitedMs: number): void;
  /** The worker has finished with it. */
  done(workedMs: number): void;
  /** A key was given for later. */
  retried(): void;
}

export interface QueueDepth {
  readonly ready: number;
  /** Sum over the keys that workers hold, in ms. */
  readonly unfinishedMs: number;
  /** Of the key held longest, in ms. */
  readonly longestRunningMs: number;
}

export interface RuntimeMetrics {
  /** One pass over one object. */
  pass(pass: { readonly controller: string; readonly result: PassResult; readonly ms: number }): void;
  queue(name: string): QueueObserver;
  /** Set at every scrape. */
  depth(name: string, depth: QueueDepth): void;
  workers(controller: string, workers: { readonly active: number; readonly most: number }): void;
  leads(lease: string, isLeader: boolean): void;
  /** One request to the API server; `code` is the HTTP status, or `<error>` without an answer. */
  kubeRequest(request: { readonly code: string; readonly method: string; readonly host: string }): void;
}

export type PassResult = "forget" | "requeueAfter" | "backoff" | "exception";

/** Results by the words of controller-runtime. */
const RESULTS: Readonly<Record<PassResult, string>> = {
  forget: "success",
  requeueAfter: "requeue_after",
  backoff: "requeue",
  exception: "error",
};

export function runtimeMetrics(families: Families): RuntimeMetrics {
  return {
    ...passMetrics(families),
    ...queueMetrics(families),
    leads: leaderMetric(families),
    kubeRequest: restMetric(families),
  };
}

function passMetrics(families: Families): Pick<RuntimeMetrics, "pass" | "workers"> {
  const passes = families.counter({
    name: "controller_runtime_reconcile_total",
    help: "Passes over objects, by kind and result: success, requeue_after, requeue (with backoff) or error.",
    labels: ["controller", "result"],
  });
  const errors = families.counter({
    name: "controller_runtime_reconcile_errors_total",
    help: "Passes over objects that ended with an exception, by kind.",
    labels: ["controller"],
  });
  const seconds = families.histogram(
    {
      name: "controller_runtime_reconcile_time_seconds",
      help: "How long a pass over an object takes, by kind.",
      labels: ["controller"],
    },
    QUICK,
  );
  const active = families.gauge({
    name: "controller_runtime_active_workers",
    help: "Workers that are busy with an object, by kind.",
    labels: ["controller"],
  });
  const most = families.gauge({
    name: "controller_runtime_max_concurrent_reconciles",
    help: "Workers there are: those of --workers, and a few for numbers without protection. All kinds share them: do not add these up.",
    labels: ["controller"],
  });
  return {
    pass: ({ controller, result, ms }) => {
      passes.inc({ controller, result: RESULTS[result] });
      if (result === "exception") errors.inc({ controller });
      seconds.observe({ controller }, ms / 1000);
    },
    workers: (controller, workers) => {
      active.set({ controller }, workers.active);
      most.set({ controller }, workers.most);
    },
  };
}

function queueMetrics(families: Families): Pick<RuntimeMetrics, "queue" | "depth"> {
  const gauge = (name: string, help: string) => families.gauge({ name, help, labels: ["name"] });
  const counter = (name: string, help: string) => families.counter({ name, help, labels: ["name"] });
  const seconds = (name: string, help: string) => families.histogram({ name, help, labels: ["name"] }, QUICK);
  const depths = gauge("workqueue_depth", "Keys that wait for a worker.");
  const adds = counter("workqueue_adds_total", "Keys that became ready for a worker.");
  const retries = counter("workqueue_retries_total", "Keys that were given for later.");
  const waited = seconds("workqueue_queue_duration_seconds", "How long a key waits for a worker.");
  const worked = seconds("workqueue_work_duration_seconds", "How long a worker holds a key.");
  const unfinished = gauge(
    "workqueue_unfinished_work_seconds",
    "For how long the keys that workers hold have been held, added up.",
  );
  const longest = gauge(
    "workqueue_longest_running_processor_seconds",
    "For how long the key that is held longest has been held.",
  );
  return {
    queue: (name) => ({
      added: () => adds.inc({ name }),
      taken: (ms) => waited.observe({ name }, ms / 1000),
      done: (ms) => worked.observe({ name }, ms / 1000),
      retried: () => retries.inc({ name }),
    }),
    depth: (name, { ready, unfinishedMs, longestRunningMs }) => {
      depths.set({ name }, ready);
      unfinished.set({ name }, unfinishedMs / 1000);
      longest.set({ name }, longestRunningMs / 1000);
    },
  };
}

function leaderMetric(families: Families): RuntimeMetrics["leads"] {
  const leader = families.gauge({
    name: "leader_election_master_status",
    help: "1 while this process may write: it leads, shares the accounts, or is the only one. Else 0.",
    labels: ["name"],
  });
  return (name, isLeader) => leader.set({ name }, isLeader ? 1 : 0);
}

function restMetric(families: Families): RuntimeMetrics["kubeRequest"] {
  const requests = families.counter({
    name: "rest_client_requests_total",
    help: "Requests to the API server, by HTTP status (<error>: no answer), method and host.",
    labels: ["code", "method", "host"],
  });
  return (request) => requests.inc({ ...request });
}
