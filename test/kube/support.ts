import { KubeClient } from "../../src/kube/client.ts";
import { loadCluster } from "../../src/kube/config.ts";
import { failureOf, type KubeFailure } from "../../src/kube/errors.ts";
import type { KubeObject, ResourceType } from "../../src/kube/types.ts";
import { systemClock } from "../../src/runtime/system-clock.ts";

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
