/** Lists of a real API server, page by page. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { KubeClient } from "../../src/kube/client.ts";
import { isNewer } from "../../src/kube/resource-version.ts";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import { clientFor, CONFIG_MAP, type ConfigMap, NAMESPACE } from "./support.ts";

const INSIDE = `list-${randomUUID()}`;
let client: KubeClient;
beforeAll(() => {
  client = clientFor(sharedControlPlane().kubeconfigPath);
});
afterAll(() => client.close());

test("a list of many pages is whole, of one moment, and its items say what they are", async () => {
  const paging = `${INSIDE}-paging`;
  await client.create(NAMESPACE, { metadata: { name: paging } });
  const names = Array.from({ length: 57 }, (_, index) => `map-${String(index).padStart(3, "0")}`);
  for (const name of names) await client.create(CONFIG_MAP, { metadata: { namespace: paging, name } });
  const listed = await client.list<ConfigMap>(CONFIG_MAP, { namespace: paging, limit: 10 });
  expect(listed.items.map((item) => item.metadata.name).toSorted()).toEqual(names);
  expect(new Set(listed.items.map((item) => `${item.apiVersion} ${item.kind}`))).toEqual(
    new Set(["v1 ConfigMap"]),
  );
  const last = listed.items.at(-1)?.metadata.resourceVersion ?? "";
  expect(isNewer(last, listed.resourceVersion)).toBe(false);
  const one = await client.list<ConfigMap>(CONFIG_MAP, {
    namespace: paging,
    fieldSelector: "metadata.name=map-007",
  });
  expect(one.items).toHaveLength(1);
});

test("a list keeps of each page only what it is told to", async () => {
  const paging = `${INSIDE}-kept`;
  await client.create(NAMESPACE, { metadata: { name: paging } });
  for (const name of ["one", "two", "three"])
    await client.create(CONFIG_MAP, { metadata: { namespace: paging, name } });
  const seen: string[] = [];
  const transform = (item: ConfigMap): ConfigMap => {
    seen.push(`${item.kind} ${item.metadata.name}`);
    return { ...item, metadata: { ...item.metadata, name: item.metadata.name.toUpperCase() } };
  };
  const listed = await client.list<ConfigMap>(CONFIG_MAP, { namespace: paging, limit: 1, transform });
  expect(seen.toSorted()).toEqual(["ConfigMap one", "ConfigMap three", "ConfigMap two"]);
  expect(listed.items.map((item) => item.metadata.name).toSorted()).toEqual(["ONE", "THREE", "TWO"]);
});
