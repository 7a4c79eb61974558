import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { EVENT_TYPE, EventRecorder } from "../../src/kube/events.ts";
import type { KubeObject } from "../../src/kube/types.ts";
import { systemClock } from "../../src/runtime/system-clock.ts";
import { silentLogger } from "../../src/telemetry/log.ts";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import { clientFor, CONFIG_MAP, type ConfigMap, NAMESPACE } from "./support.ts";

const plane = sharedControlPlane();

test("Events are written, counted, and shown by kubectl", async () => {
  const client = clientFor(plane.kubeconfigPath);
  onTestFinished(() => client.close());
  const inside = `events-${randomUUID()}`;
  await client.create(NAMESPACE, { metadata: { name: inside } });
  const made = await client.create<ConfigMap>(CONFIG_MAP, {
    metadata: { namespace: inside, name: "subject" },
  });
  const recorder = new EventRecorder({
    target: client,
    clock: systemClock(),
    log: silentLogger,
    reportingController: "test.example.com/events",
    reportingInstance: "pod-1",
  });
  const { name, uid } = made.metadata;
  const regarding = { apiVersion: "v1", kind: "ConfigMap", namespace: inside, name, uid };
  const event = {
    regarding,
    type: "Warning" as const,
    reason: "Tried",
    action: "Try",
    note: "It did not work.",
  };
  recorder.record(event);
  recorder.record(event);
  await recorder.stop(new AbortController().signal);
  const { items } = await client.list<KubeObject & { series?: { count: number } }>(EVENT_TYPE, {
    namespace: inside,
  });
  expect(items.map((item) => item.series?.count)).toEqual([2]);
  const described = await plane.kubectl(["describe", "configmap", "subject", "-n", inside]);
  expect(described.stdout).toMatch(/Warning +Tried .*test\.example\.com\/events +It did not work\./);
});
