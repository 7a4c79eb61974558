import { expect, it } from "vitest";
import { createMetrics } from "./metrics.ts";

it("shows passes, queue, leadership and API calls by the names of controller-runtime", async () => {
  const metrics = createMetrics();
  const { runtime } = metrics;
  runtime.pass({ controller: "PhoneNumberBinding", result: "forget", ms: 30 });
  runtime.pass({ controller: "PhoneNumberBinding", result: "exception", ms: 30 });
  runtime.workers("PhoneNumberBinding", { active: 2, most: 16 });
  const queue = runtime.queue("objects");
  queue.added();
  queue.taken(20);
  queue.done(300);
  queue.retried();
  runtime.depth("objects", { ready: 3, unfinishedMs: 2_500, longestRunningMs: 1_500 });
  runtime.leads("lease", true);
  runtime.kubeRequest({ code: "200", method: "GET", host: "api:6443" });
  const lines = (await metrics.text()).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      'controller_runtime_reconcile_total{controller="PhoneNumberBinding",result="success"} 1',
      'controller_runtime_reconcile_total{controller="PhoneNumberBinding",result="error"} 1',
      'controller_runtime_reconcile_errors_total{controller="PhoneNumberBinding"} 1',
      'controller_runtime_reconcile_time_seconds_bucket{le="0.05",controller="PhoneNumberBinding"} 2',
      'controller_runtime_active_workers{controller="PhoneNumberBinding"} 2',
      'controller_runtime_max_concurrent_reconciles{controller="PhoneNumberBinding"} 16',
      'workqueue_depth{name="objects"} 3',
      'workqueue_adds_total{name="objects"} 1',
      'workqueue_retries_total{name="objects"} 1',
      'workqueue_queue_duration_seconds_bucket{le="0.025",name="objects"} 1',
      'workqueue_work_duration_seconds_bucket{le="0.5",name="objects"} 1',
      'workqueue_unfinished_work_seconds{name="objects"} 2.5',
      'workqueue_longest_running_processor_seconds{name="objects"} 1.5',
      'leader_election_master_status{name="lease"} 1',
      'rest_client_requests_total{code="200",method="GET",host="api:6443"} 1',
    ]),
  );
});

it("shows what is sent to Twilio, and pages and throttling of listings", async () => {
  const metrics = createMetrics();
  const { twilio } = metrics;
  const route = "GET Addresses";
  twilio.requestBegins();
  twilio.requestBegins();
  twilio.requestEnds({ route, code: 200, ms: 40, listing: "Addresses" });
  const account = { account_namespace: "site", account: "default" };
  twilio.call(account, { listing: "Addresses", throttles: 0, ms: 90 });
  twilio.call(account, { throttles: 1, ms: 10 });
  twilio.write({ kind: "PhoneNumberBinding", operation: "AssociateAddress", result: "done" });
  const lines = (await metrics.text()).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      "twilio_emergency_requests_in_flight 1",
      'twilio_emergency_requests_total{route="GET Addresses",code="200"} 1',
      'twilio_emergency_snapshot_pages_total{resource="Addresses"} 1',
      'twilio_emergency_snapshot_duration_seconds_count{resource="Addresses"} 1',
      'twilio_emergency_throttled_total{account_namespace="site",account="default"} 1',
      'twilio_emergency_writes_total{kind="PhoneNumberBinding",operation="AssociateAddress",result="done"} 1',
    ]),
  );
});

it("counts anew at every scrape, and forgets what is not counted any more", async () => {
  const metrics = createMetrics();
  const { objects } = metrics;
  const stalled = [
    { labels: { account_namespace: "n", account: "a", kind: "K", reason: "Conflict" }, count: 2 },
  ];
  let scrapes = 0;
  metrics.onScrape(() => {
    scrapes += 1;
    objects.census({ accounts: [], objects: [], stalled: scrapes === 1 ? stalled : [], drifted: [] });
  });
  const series =
    'twilio_emergency_stalled_objects{account_namespace="n",account="a",kind="K",reason="Conflict"} 2';
  expect(await metrics.text()).toContain(series);
  expect(await metrics.text()).not.toContain("twilio_emergency_stalled_objects{");
});

it("describes every family of its own with help and labels", () => {
  const described = createMetrics().describe();
  expect(described.find(({ name }) => name === "workqueue_depth")).toEqual({
    ...{ name: "workqueue_depth", help: "Keys that wait for a worker.", type: "gauge", labels: ["name"] },
  });
  expect(described.filter(({ help }) => !help.endsWith("."))).toEqual([]);
  expect(described.some(({ name }) => name.startsWith("nodejs_"))).toBe(false);
});
