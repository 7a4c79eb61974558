import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { KubeClient } from "../../src/kube/client.ts";
import { mergePatchOf } from "../../src/kube/merge-patch.ts";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import {
  clientFor,
  CONFIG_MAP,
  type ConfigMap,
  CRD,
  eventually,
  failure,
  kubeconfigFor,
  NAMESPACE,
  WIDGET,
  WIDGET_CRD,
  type Widget,
} from "./support.ts";

const WRONG_UID = "00000000-0000-0000-0000-000000000000";
const api = sharedControlPlane();
const INSIDE = `client-${randomUUID()}`;
let client: KubeClient;

beforeAll(async () => {
  client = clientFor(api.kubeconfigPath);
  await client.create(NAMESPACE, { metadata: { name: INSIDE } });
  await client.create(CRD, WIDGET_CRD);
  await eventually(async () => {
    const listed = client.list(WIDGET, { namespace: INSIDE });
    return listed.then(
      () => true,
      () => false,
    );
  }, "widgets are served");
}, 120_000);

afterAll(async () => {
  await client.delete(CRD, { name: WIDGET_CRD.metadata.name });
  await client.close();
});

function widget(name: string, size = 1): Promise<Widget> {
  return client.create<Widget>(WIDGET, { metadata: { namespace: INSIDE, name }, spec: { size } });
}

test("what is created is read back; what is not there is undefined, not an error", async () => {
  const made = await client.create<ConfigMap>(CONFIG_MAP, {
    metadata: { namespace: INSIDE, name: "read-back" },
    data: { a: "1" },
  });
  const read = await client.get<ConfigMap>(CONFIG_MAP, { namespace: INSIDE, name: "read-back" });
  expect(read?.data).toEqual({ a: "1" });
  expect(read?.metadata.uid).toBe(made.metadata.uid);
  expect(await client.get(CONFIG_MAP, { namespace: INSIDE, name: "nothing" })).toBeUndefined();
  expect(await client.get(CONFIG_MAP, { namespace: "no-such-namespace", name: "nothing" })).toBeUndefined();
});

test("creating what is there is a conflict that says so", async () => {
  await widget("twice");
  expect(await failure(widget("twice"))).toMatchObject({ kind: "conflict", alreadyExists: true });
});

test("a watch tells what happens after its resourceVersion and ends when the server ends it", async () => {
  const { resourceVersion } = await client.list(WIDGET, { namespace: INSIDE });
  const made = await widget("watched");
  await client.patch(WIDGET, made.metadata, { spec: { size: 2 } });
  await client.delete(WIDGET, made.metadata);
  const events: string[] = [];
  const options = { namespace: INSIDE, resourceVersion, timeoutSeconds: 2, idleMs: 60_000 };
  for await (const event of client.watch<Widget>(WIDGET, options)) {
    if (event.type !== "bookmark")
      events.push(`${event.type} ${event.object.metadata.name} ${event.object.spec?.size}`);
  }
  expect(events).toEqual(["added watched 1", "modified watched 2", "deleted watched 2"]);
});

test("a watch ends without an error when its signal is aborted", async () => {
  const { resourceVersion } = await client.list(WIDGET, { namespace: INSIDE });
  const abort = new AbortController();
  const options = {
    namespace: INSIDE,
    resourceVersion,
    timeoutSeconds: 300,
    idleMs: 60_000,
    signal: abort.signal,
  };
  const watching = (async () => {
    for await (const _ of client.watch<Widget>(WIDGET, options)) abort.abort();
    return "ended";
  })();
  await widget("aborting");
  expect(await watching).toBe("ended");
});

test("two field managers each apply their own finalizer and take away no other", async () => {
  const { metadata } = await widget("finalized");
  await client
    .applyFinalizers(WIDGET, metadata, ["test.example.com/one"], { fieldManager: "one" })
    .catch(() => {});
  const ref = { namespace: INSIDE, name: "finalized", uid: metadata.uid };
  await client.applyFinalizers(WIDGET, ref, ["test.example.com/one"], { fieldManager: "one" });
  const both = await client.applyFinalizers<Widget>(WIDGET, ref, ["test.example.com/two"], {
    fieldManager: "two",
  });
  expect(both.metadata.finalizers?.toSorted()).toEqual(["test.example.com/one", "test.example.com/two"]);
  const again = await client.applyFinalizers<Widget>(WIDGET, ref, ["test.example.com/two"], {
    fieldManager: "two",
  });
  expect(again.metadata.resourceVersion).toBe(both.metadata.resourceVersion);
  const left = await client.applyFinalizers<Widget>(WIDGET, ref, [], { fieldManager: "one" });
  expect(left.metadata.finalizers).toEqual(["test.example.com/two"]);
  expect(left.spec).toEqual({ size: 1 });
  await client.applyFinalizers(WIDGET, ref, [], { fieldManager: "two" });
});

test("a finalizer of ours can be taken off a terminating object, and the object goes", async () => {
  const { metadata } = await widget("terminating");
  const ref = { namespace: INSIDE, name: "terminating", uid: metadata.uid };
  await client.applyFinalizers(WIDGET, ref, ["test.example.com/one"], { fieldManager: "one" });
  await client.delete(WIDGET, ref);
  expect((await client.get(WIDGET, ref))?.metadata.deletionTimestamp).toBeDefined();
  await client.applyFinalizers(WIDGET, ref, [], { fieldManager: "one" });
  expect(await client.get(WIDGET, ref)).toBeUndefined();
});

test("finalizers are never put on another object of the same name, nor create one", async () => {
  const { metadata } = await widget("replaced");
  const ref = { namespace: INSIDE, name: "replaced", uid: WRONG_UID };
  expect(
    await failure(client.applyFinalizers(WIDGET, ref, ["test.example.com/one"], { fieldManager: "one" })),
  ).toMatchObject({
    kind: "conflict",
  });
  await client.delete(WIDGET, metadata);
  const gone = { namespace: INSIDE, name: "replaced", uid: metadata.uid };
  expect(
    (await failure(client.applyFinalizers(WIDGET, gone, ["test.example.com/one"], { fieldManager: "one" })))
      .kind,
  ).toBe("conflict");
  expect(await client.get(WIDGET, gone)).toBeUndefined();
});

test("finalizers with an old resourceVersion are a conflict", async () => {
  const { metadata } = await widget("moved-on");
  await client.patch(WIDGET, metadata, { spec: { size: 2 } });
  const { namespace = "", name, uid, resourceVersion } = metadata;
  const applied = client.applyFinalizers(
    WIDGET,
    { namespace, name, uid, resourceVersion },
    ["test.example.com/one"],
    {
      fieldManager: "one",
    },
  );
  expect((await failure(applied)).kind).toBe("conflict");
});

test("apply without force does not take a field from another manager", async () => {
  await widget("owned");
  const wanted = { metadata: { namespace: INSIDE, name: "owned" }, spec: { size: 9 } };
  expect((await failure(client.apply(WIDGET, wanted, { fieldManager: "other" }))).kind).toBe("conflict");
  const taken = await client.apply<Widget>(WIDGET, wanted, { fieldManager: "other", force: true });
  expect(taken.spec).toEqual({ size: 9 });
});

test("a status patch changes the status and nothing else, and null removes", async () => {
  const { metadata } = await widget("with-status", 3);
  const uid = metadata.uid;
  const first = { sid: "AD1", retry: { count: 1 }, conditions: [{ type: "Ready", status: "Unknown" }] };
  await client.patchStatus(WIDGET, metadata, first, { uid });
  const next = { retry: { count: 2 }, conditions: [{ type: "Ready", status: "True" }] };
  const patched = await client.patchStatus<Widget>(WIDGET, metadata, mergePatchOf(first, next) ?? {}, {
    uid,
  });
  expect(patched.status).toEqual(next);
  expect(patched.spec).toEqual({ size: 3 });
  expect(patched.metadata.generation).toBe(1);
});

test("a status patch for another uid, or an old resourceVersion, is a conflict and changes nothing", async () => {
  const { metadata } = await widget("precious");
  expect((await failure(client.patchStatus(WIDGET, metadata, { a: 1 }, { uid: WRONG_UID }))).kind).toBe(
    "conflict",
  );
  await client.patch(WIDGET, metadata, { spec: { size: 2 } });
  const old = { uid: metadata.uid, resourceVersion: metadata.resourceVersion };
  expect((await failure(client.patchStatus(WIDGET, metadata, { a: 1 }, old))).kind).toBe("conflict");
  expect((await client.get<Widget>(WIDGET, metadata))?.status).toBeUndefined();
  expect(
    (await client.patchStatus<Widget>(WIDGET, metadata, { a: 1 }, { uid: metadata.uid })).status,
  ).toEqual({ a: 1 });
  const missing = client.patchStatus(
    WIDGET,
    { namespace: INSIDE, name: "nothing" },
    { a: 1 },
    { uid: WRONG_UID },
  );
  expect(await failure(missing)).toMatchObject({ kind: "notFound", missingType: false });
});

test("annotations are patched under a precondition on uid, for built-in types too", async () => {
  const made = await client.create<ConfigMap>(CONFIG_MAP, {
    metadata: { namespace: INSIDE, name: "noted" },
  });
  const note = { metadata: { annotations: { "example.com/a": "1" } } };
  const patched = await client.patch<ConfigMap>(CONFIG_MAP, made.metadata, note, { uid: made.metadata.uid });
  expect(patched.metadata.annotations).toEqual({ "example.com/a": "1" });
  expect((await failure(client.patch(CONFIG_MAP, made.metadata, note, { uid: WRONG_UID }))).kind).toBe(
    "conflict",
  );
});

test("a delete is of this object only, and of one that is gone no error", async () => {
  const { metadata } = await widget("deleted");
  expect((await failure(client.delete(WIDGET, metadata, { uid: WRONG_UID }))).kind).toBe("conflict");
  await client.delete(WIDGET, metadata, { uid: metadata.uid });
  await client.delete(WIDGET, metadata);
});

test("a type that is not installed is named with its cure, and is not mistaken for a missing object", async () => {
  const type = { ...WIDGET, group: "none.example.com" };
  for (const call of [() => client.get(type, { namespace: INSIDE, name: "x" }), () => client.list(type)]) {
    const found = await failure(call());
    expect(found).toMatchObject({ kind: "notFound", missingType: true });
    expect(found.message).toContain("widgets.none.example.com; install its CustomResourceDefinition");
  }
});

test("a refusal names verb and resource", async () => {
  await api.kubectl(["create", "serviceaccount", "stranger", "-n", INSIDE]);
  const stranger = clientFor(await api.serviceAccountKubeconfig(INSIDE, "stranger"));
  const listed = await failure(stranger.list(WIDGET, { namespace: INSIDE }));
  expect(listed.kind).toBe("forbidden");
  expect(listed.message).toMatch(
    /^cannot list widgets\.test\.example\.com in namespace client-\S+: .*forbidden/,
  );
  const patched = await failure(stranger.patchStatus(WIDGET, { namespace: INSIDE, name: "x" }, {}));
  expect(patched.kind).toBe("forbidden");
  expect(patched.message).toMatch(/^cannot patch widgets\.test\.example\.com\/status client-\S+\/x: /);
  await stranger.close();
});

test("an unknown token is unauthorized, for a watch too", async () => {
  const nobody = clientFor(kubeconfigFor(api, { token: "nonsense" }));
  expect((await failure(nobody.list(WIDGET))).kind).toBe("unauthorized");
  const watch = nobody.watch(WIDGET, { resourceVersion: "1", timeoutSeconds: 5, idleMs: 5_000 });
  expect((await failure(watch.next())).kind).toBe("unauthorized");
  await nobody.close();
});

test("what the schema refuses is invalid, in the server's words", async () => {
  const bad = client.create(WIDGET, {
    metadata: { namespace: INSIDE, name: "bad" },
    spec: { size: "big" },
  });
  expect(await failure(bad)).toMatchObject({
    kind: "invalid",
    httpStatus: 422,
    message: expect.stringContaining("spec.size"),
  });
});

test("a server that is not there is a network failure in one line", async () => {
  const nowhere = clientFor(kubeconfigFor(api, { port: 1 }));
  const found = await failure(nowhere.list(WIDGET));
  expect(found).toMatchObject({ kind: "network" });
  expect(found.message).toBe("cannot list widgets.test.example.com: connect ECONNREFUSED 127.0.0.1:1");
  await nowhere.close();
});

test("after close every call fails", async () => {
  const closing = clientFor(api.kubeconfigPath);
  await closing.getPath("/version");
  await closing.close();
  expect((await failure(closing.getPath("/version"))).message).toBe(
    "cannot get /version: the client is closed",
  );
});
