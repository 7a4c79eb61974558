import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { KubeClient } from "../../src/kube/client.ts";
import { Reflector, type ReflectorOptions } from "../../src/kube/reflector.ts";
import type { Change } from "../../src/kube/store.ts";
import { systemClock } from "../../src/runtime/system-clock.ts";
import { createLogger, silentLogger } from "../../src/telemetry/log.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import {
  clientFor,
  compact,
  CONFIG_MAP,
  type ConfigMap,
  eventually,
  failure,
  kubeconfigFor,
  NAMESPACE,
} from "./support.ts";
import { TcpProxy } from "./tcp-proxy.ts";

let api: ControlPlane;
let client: KubeClient;
let spaces = 0;

beforeAll(async () => {
  api = await startControlPlane();
  client = clientFor(api.kubeconfigPath);
}, 120_000);

afterAll(async () => {
  await client.close();
  await api.stop();
});

/** A namespace of its own for each test. */
async function namespace(): Promise<string> {
  spaces += 1;
  const name = `outage-${spaces}`;
  await client.create(NAMESPACE, { metadata: { name } });
  return name;
}

async function proxied(timeoutMs?: number) {
  const proxy = new TcpProxy(Number(new URL(api.url).port));
  const port = await proxy.listen();
  const through = clientFor(kubeconfigFor(api, { port }), timeoutMs);
  onTestFinished(async () => {
    await through.close();
    await proxy.close();
  });
  return { proxy, through };
}

/** A reflector of the ConfigMaps of one namespace, with what it told. */
function reflect(source: KubeClient, inside: string, options: Partial<ReflectorOptions<ConfigMap>> = {}) {
  const reflector = new Reflector<ConfigMap>({
    source,
    type: CONFIG_MAP,
    namespaces: [inside],
    clock: systemClock(),
    random: Math.random,
    log: silentLogger,
    backoff: { baseMs: 50, capMs: 500 },
    ...options,
  });
  const changes: string[] = [];
  reflector.onChange((change) => changes.push(text(change)));
  onTestFinished(() => reflector.stop());
  reflector.start();
  const value = (name: string) => reflector.store.get({ namespace: inside, name })?.data?.["value"];
  return { reflector, changes, value };
}

function text(change: Change<ConfigMap>): string {
  return `${change.type} ${change.object.metadata.name} ${change.object.data?.["value"]}`;
}

function put(inside: string, name: string, value: string): Promise<ConfigMap> {
  const object = { metadata: { namespace: inside, name }, data: { value } };
  return client.apply<ConfigMap>(CONFIG_MAP, object, { fieldManager: "outage" });
}

test("1,000 reads share a handful of connections", async () => {
  const { proxy, through } = await proxied();
  const inside = await namespace();
  await put(inside, "read-back", "1");
  const read = () => through.get(CONFIG_MAP, { namespace: inside, name: "read-back" });
  for (let i = 0; i < 500; i += 1) await read();
  expect(proxy.opened).toBeLessThanOrEqual(2);
  for (let i = 0; i < 10; i += 1) await Promise.all(Array.from({ length: 50 }, read));
  expect(proxy.opened).toBeLessThanOrEqual(16);
});

test("a read survives connections that died while idle; a write says that nobody knows", async () => {
  const { proxy, through } = await proxied(1_000);
  const inside = await namespace();
  await put(inside, "read-back", "1");
  const ref = { namespace: inside, name: "read-back" };
  await through.get(CONFIG_MAP, ref);
  proxy.cut();
  expect(await through.get(CONFIG_MAP, ref)).toBeDefined();
  proxy.silence();
  proxy.mute = true;
  const lost = await failure(through.patch(CONFIG_MAP, ref, { data: { b: "2" } }));
  expect(lost).toMatchObject({
    kind: "timeout",
    message: `cannot patch configmaps ${inside}/read-back: no answer within 1000 ms`,
  });
});

test("a cache follows the API server through its death and return, and loses nothing", async () => {
  const inside = await namespace();
  for (let i = 0; i < 20; i += 1) await put(inside, `map-${i}`, "first");
  const { reflector, changes, value } = reflect(client, inside, { pageSize: 7 });
  await eventually(() => reflector.store.size === 20, "the first list");
  await put(inside, "map-0", "second");
  await eventually(() => value("map-0") === "second", "the watch");
  await api.stopApiServer();
  await eventually(() => reflector.failure !== undefined, "the outage is noticed");
  await api.startApiServer();
  await put(inside, "map-1", "second");
  await put(inside, "new", "first");
  await client.delete(CONFIG_MAP, { namespace: inside, name: "map-2" });
  await eventually(
    () => value("new") === "first" && value("map-2") === undefined,
    "what happened after the return",
  );
  expect(value("map-1")).toBe("second");
  expect(reflector.store.size).toBe(20);
  // Each change is told once, the death and return itself not at all.
  expect(changes.slice(20).toSorted()).toEqual([
    "added new first",
    "deleted map-2 first",
    "modified map-0 second",
    "modified map-1 second",
  ]);
}, 60_000);

test("writes go on while the API server is killed again and again, and the cache ends in the same state", async () => {
  const inside = await namespace();
  const { reflector } = reflect(client, inside);
  const outages = (async () => {
    for (let i = 0; i < 3; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await api.stopApiServer();
      await api.startApiServer();
    }
  })();
  let ended = false;
  void outages.finally(() => (ended = true));
  let written = 0;
  while (!ended) {
    const name = `map-${written % 15}`;
    const write =
      written % 7 === 6
        ? client.delete(CONFIG_MAP, { namespace: inside, name })
        : put(inside, name, String(written));
    await write.catch(() => new Promise((resolve) => setTimeout(resolve, 50)));
    written += 1;
  }
  await outages;
  await put(inside, "last", "1");
  const { items } = await client.list<ConfigMap>(CONFIG_MAP, { namespace: inside });
  const state = (objects: readonly ConfigMap[]) =>
    objects.map((object) => `${object.metadata.name} ${object.metadata.resourceVersion}`).toSorted();
  await eventually(
    () => state(reflector.store.list()).join() === state(items).join(),
    "the cache shows what the API server has",
  );
  expect(written).toBeGreaterThan(20);
}, 90_000);

test("a history that was compacted away means a new list, with the difference told", async () => {
  const inside = await namespace();
  const { proxy, through } = await proxied(1_000);
  await put(inside, "kept", "first");
  await put(inside, "gone", "first");
  const lines: string[] = [];
  const log = createLogger({
    level: "debug",
    format: "json",
    destination: { write: (line) => void lines.push(line) },
  });
  const { reflector, changes, value } = reflect(through, inside, { log });
  await eventually(() => reflector.store.size === 2, "the first list");
  // Out of reach while the API server is restarted (it keeps a history in memory) and etcd forgets.
  proxy.mute = true;
  proxy.cut();
  await put(inside, "kept", "second");
  await client.delete(CONFIG_MAP, { namespace: inside, name: "gone" });
  for (let i = 0; i < 5; i += 1) await put(inside, "filler", String(i));
  await api.stopApiServer();
  await compact(api);
  await api.startApiServer();
  proxy.mute = false;
  proxy.cut();
  await eventually(() => value("kept") === "second" && value("gone") === undefined, "the new list");
  expect(changes.slice(2)).toContain("deleted gone first");
  expect(changes.slice(2)).toContain("modified kept second");
  expect(lines.filter((line) => line.includes("watch is too old; listing again"))).not.toEqual([]);
}, 60_000);

test("a connection that has silently died is noticed and replaced", async () => {
  const inside = await namespace();
  const { proxy, through } = await proxied(1_000);
  const { reflector, value } = reflect(through, inside, { idleMs: 1_000 });
  await eventually(() => reflector.hasSynced, "the first list");
  proxy.silence();
  await put(inside, "while-silent", "1");
  await eventually(() => value("while-silent") === "1", "the change behind the dead connection", 10_000);
  expect(value("while-silent")).toBe("1");
}, 30_000);

test("a frozen API server is noticed, and its return too", async () => {
  const inside = await namespace();
  const impatient = clientFor(api.kubeconfigPath, 500);
  onTestFinished(() => impatient.close());
  const { reflector, value } = reflect(impatient, inside, { idleMs: 1_000 });
  await eventually(() => reflector.hasSynced, "the first list");
  api.signalApiServer("SIGSTOP");
  await eventually(() => reflector.failure?.kind === "timeout", "the freeze is noticed", 10_000);
  api.signalApiServer("SIGCONT");
  await put(inside, "after", "1");
  await eventually(() => value("after") === "1", "the change after the freeze", 10_000);
  expect(reflector.failure).toBeUndefined();
}, 30_000);

test("a cache of one object by name sees that one only", async () => {
  const inside = await namespace();
  await put(inside, "other", "1");
  const { reflector, changes, value } = reflect(client, inside, { fieldSelector: "metadata.name=mine" });
  await eventually(() => reflector.hasSynced, "the first list");
  await put(inside, "other", "2");
  await put(inside, "mine", "1");
  await eventually(() => value("mine") === "1", "the one");
  expect(changes).toEqual(["added mine 1"]);
});
