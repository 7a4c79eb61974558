/** What the suites of test/kube share. */
import { KubeClient } from "../../src/kube/client.ts";
import { loadCluster } from "../../src/kube/config.ts";
import { failureOf, type KubeFailure } from "../../src/kube/errors.ts";
import type { KubeObject, ResourceType } from "../../src/kube/types.ts";
import { systemClock } from "../../src/runtime/system-clock.ts";
export { systemClock };
import { type ControlPlaneAddress, writeKubeconfig } from "../support/control-plane/access.ts";
import type { ControlPlane } from "../support/control-plane.ts";

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export const CONFIG_MAP: ResourceType = {
  group: "",
  version: "v1",
  plural: "configmaps",
  kind: "ConfigMap",
  namespaced: true,
};
export const NAMESPACE: ResourceType = {
  group: "",
  version: "v1",
  plural: "namespaces",
  kind: "Namespace",
  namespaced: false,
};
export const CRD: ResourceType = {
  group: "apiextensions.k8s.io",
  version: "v1",
  plural: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};
export const WIDGET: ResourceType = {
  group: "test.example.com",
  version: "v1",
  plural: "widgets",
  kind: "Widget",
  namespaced: true,
};

export interface Widget extends KubeObject {
  readonly spec?: { readonly size?: number };
  readonly status?: Readonly<Record<string, unknown>>;
}

/** A CRD with a status subresource and nothing special. */
export const WIDGET_CRD = {
  metadata: { name: "widgets.test.example.com" },
  spec: {
    group: "test.example.com",
    names: { kind: "Widget", plural: "widgets", singular: "widget", listKind: "WidgetList" },
    scope: "Namespaced",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", properties: { size: { type: "integer" } } },
              status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            },
          },
        },
      },
    ],
  },
};

export function clientFor(kubeconfig: string, timeoutMs = 10_000): KubeClient {
  return new KubeClient({
    cluster: loadCluster({ kubeconfig }),
    clock: systemClock(),
    userAgent: "kube-test/1",
    fieldManager: "kube-test",
    timeoutMs,
  });
}

/** The failure of a promise that must reject with a KubeError. */
export async function failure(promise: Promise<unknown>): Promise<KubeFailure> {
  try {
    await promise;
  } catch (error) {
    const found = failureOf(error);
    if (found === undefined) throw error;
    return found;
  }
  throw new Error("it did not fail");
}

/** Waits until `probe` is true, with the last state in the error if it never is. */
export async function eventually(
  probe: () => boolean | Promise<boolean>,
  what: string,
  ms = 30_000,
): Promise<void> {
  const end = Date.now() + ms;
  while (!(await probe())) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A kubeconfig for another token than the administrator's, or for a wire in front of the API server. */
export function kubeconfigFor(
  plane: ControlPlaneAddress,
  options: { readonly token?: string; readonly port?: number },
): string {
  const { token = plane.adminToken, port } = options;
  const url = port === undefined ? plane.url : `https://127.0.0.1:${port}`;
  return writeKubeconfig(
    { dir: plane.dir, url, caData: plane.caData },
    { name: `${token}-${port ?? "direct"}`, token },
  );
}

/** Forgets every resourceVersion before now, as the API server has etcd do every five minutes. */
export async function compact(plane: ControlPlane): Promise<void> {
  const post = (path: string, body: object) =>
    fetch(`${plane.etcdUrl}/v3/kv/${path}`, { method: "POST", body: JSON.stringify(body) });
  const range = await post("range", { key: Buffer.from("/").toString("base64") });
  const { header } = (await range.json()) as { readonly header: { readonly revision: string } };
  const done = await post("compaction", { revision: header.revision, physical: true });
  if (!done.ok) throw new Error(`compaction failed: ${await done.text()}`);
}
