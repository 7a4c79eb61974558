import { expect, it } from "vitest";
import { createMetrics } from "./metrics.ts";

it("shows passes, requests, writes and the queue by the names of controller-runtime", async () => {
  const metrics = createMetrics();
  metrics.pass({ controller: "PhoneNumberBinding", result: "forget", ms: 30 });
  metrics.twilioRequest({ route: "GET Addresses/{sid}", code: 200 });
  metrics.write({ kind: "PhoneNumberBinding", operation: "AssociateAddress", result: "done" });
  metrics.watchQueue("objects", () => ({ ready: 3, delayed: 1, processing: 2, oldestReadyMs: 1500 }));
  const text = await metrics.text();
  expect(text).toContain(
    'controller_runtime_reconcile_total{controller="PhoneNumberBinding",result="forget"} 1',
  );
  expect(text).toContain(
    'controller_runtime_reconcile_time_seconds_bucket{le="0.05",controller="PhoneNumberBinding"} 1',
  );
  expect(text).toContain('twilio_emergency_requests_total{route="GET Addresses/{sid}",code="200"} 1');
  expect(text).toContain(
    'twilio_emergency_writes_total{kind="PhoneNumberBinding",operation="AssociateAddress",result="done"} 1',
  );
  expect(text).toContain('workqueue_depth{name="objects"} 3');
  expect(text).toContain('workqueue_longest_waiting_seconds{name="objects"} 1.5');
});
