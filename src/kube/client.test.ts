import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Answer, FakeServer } from "../../test/kube/fake-server.ts";
import { CONFIG_MAP, failure, systemClock } from "../../test/kube/support.ts";
import type { KubeObject } from "./types.ts";

const REF = { namespace: "ns", name: "a" };
const OBJECT = { apiVersion: "v1", kind: "ConfigMap", metadata: { ...REF, uid: "u", resourceVersion: "7" } };

async function serve(answer: (count: number, authorization: string | undefined) => Answer | "silence") {
  const server = new FakeServer((request, count) => answer(count, request.headers.authorization));
  await server.listen();
  onTestFinished(() => server.close());
  return server;
}

function status(code: number, reason: string, message: string): Answer {
  return { status: code, body: { kind: "Status", status: "Failure", code, reason, message } };
}

test("a throttled call is sent again after the time the server asked for", async () => {
  const waits: number[] = [];
  const clock = { ...systemClock(), sleep: (ms: number) => Promise.resolve(void waits.push(ms)) };
  const busy = { ...status(429, "TooManyRequests", "slow down"), headers: { "retry-after": "2" } };
  const server = await serve((count) => (count < 2 ? busy : { status: 200, body: OBJECT }));
  const client = server.client(clock);
  expect(await client.patch(CONFIG_MAP, REF, { data: {} })).toMatchObject({ kind: "ConfigMap" });
  expect(waits).toEqual([2_000, 2_000]);
  expect(server.requests).toHaveLength(3);
  await client.close();
});

test("a call that stays throttled, or would have to wait for long, fails as throttled with the time", async () => {
  const clock = systemClock();
  const server = await serve(() => ({
    ...status(429, "TooManyRequests", "slow down"),
    headers: { "retry-after": "60" },
  }));
  const client = server.client(clock);
  expect(await failure(client.get(CONFIG_MAP, REF))).toMatchObject({
    kind: "throttled",
    retryAfterMs: 60_000,
  });
  expect(server.requests).toHaveLength(1);
  await client.close();
});

test("a token that was rotated is read anew when the server refuses the old one", async () => {
  const server = await serve((_count, authorization) =>
    authorization === "Bearer new"
      ? { status: 200, body: OBJECT }
      : status(401, "Unauthorized", "Unauthorized"),
  );
  const tokenFile = join(server.dir, "token");
  writeFileSync(tokenFile, "old\n");
  const client = server.client(systemClock(), {
    "auth-provider": { name: "tokenFile", config: { tokenFile } },
  });
  expect((await failure(client.get(CONFIG_MAP, REF))).kind).toBe("unauthorized");
  writeFileSync(tokenFile, "new\n");
  expect(await client.get(CONFIG_MAP, REF)).toMatchObject({ kind: "ConfigMap" });
  await client.close();
});

test("an exec plugin is asked once for many calls, and again when its token is refused", async () => {
  let wanted = "Bearer token-1";
  const server = await serve((_count, authorization) =>
    authorization === wanted ? { status: 200, body: OBJECT } : status(401, "Unauthorized", "Unauthorized"),
  );
  const runs = join(server.dir, "runs");
  writeFileSync(runs, "");
  const script = join(server.dir, "plugin.mjs");
  writeFileSync(
    script,
    `import { appendFileSync, readFileSync } from "node:fs";
     appendFileSync(${JSON.stringify(runs)}, "x");
     const token = "token-" + readFileSync(${JSON.stringify(runs)}, "utf8").length;
     console.log(JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: { token } }));`,
  );
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: process.execPath, args: [script] };
  const client = server.client(systemClock(), { exec });
  await Promise.all(Array.from({ length: 20 }, () => client.get(CONFIG_MAP, REF)));
  expect(new Set(server.requests.map((request) => request.authorization))).toEqual(
    new Set(["Bearer token-1"]),
  );
  wanted = "Bearer token-2";
  await Promise.all(Array.from({ length: 20 }, () => client.get(CONFIG_MAP, REF)));
  await client.close();
});

test("an exec plugin that fails is unauthorized, with what it said", async () => {
  const server = await serve(() => ({ status: 200, body: OBJECT }));
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: process.execPath,
    args: ["-e", "console.error('please log in'); process.exit(1)"],
  };
  const client = server.client(systemClock(), { exec });
  const found = await failure(client.get(CONFIG_MAP, REF));
  expect(found.kind).toBe("unauthorized");
  expect(found.message).toBe("cannot get configmaps ns/a: no credentials: please log in");
  await client.close();
});

test("a name and password are sent as they are", async () => {
  const server = await serve(() => ({ status: 200, body: OBJECT }));
  const client = server.client(systemClock(), { username: "me", password: "pass" });
  await client.get(CONFIG_MAP, REF);
  expect(server.requests[0]?.authorization).toBe(`Basic ${Buffer.from("me:pass").toString("base64")}`);
  await client.close();
});

test.each([
  [500, "server"],
  [503, "server"],
  [502, "server"],
  [504, "timeout"],
  [410, "gone"],
  [400, "invalid"],
  [413, "invalid"],
] as const)("HTTP %i with an HTML page is %s", async (code, kind) => {
  const server = await serve(() => ({ status: code, body: "<html>proxy error</html>" }));
  const client = server.client(systemClock());
  const found = await failure(client.patch(CONFIG_MAP, REF, {}));
  expect(found).toMatchObject({ kind, httpStatus: code });
  expect(found.message).toContain("proxy error");
  expect(server.requests).toHaveLength(1);
  await client.close();
});

test("half an answer, or one that is no JSON, is a network failure; a read is tried twice, a write once", async () => {
  const server = await serve((count) =>
    count === 0 ? { status: 200, body: '{"kind":"Conf', cut: true } : { status: 200, body: "hello" },
  );
  const client = server.client(systemClock());
  expect((await failure(client.get(CONFIG_MAP, REF))).kind).toBe("network");
  expect(server.requests).toHaveLength(2);
  expect((await failure(client.create(CONFIG_MAP, { metadata: REF }))).kind).toBe("network");
  expect(server.requests).toHaveLength(3);
  await client.close();
});

test("no answer at all is a timeout, and an abort ends a call at once", async () => {
  const server = await serve(() => "silence");
  const client = server.client(systemClock());
  expect((await failure(client.get(CONFIG_MAP, REF))).kind).toBe("timeout");
  const abort = new AbortController();
  const call = client.get(CONFIG_MAP, REF, { signal: abort.signal });
  abort.abort(new Error("stopping"));
  expect((await failure(call)).message).toBe("cannot get configmaps ns/a: stopping");
  await client.close();
});

test("a list whose moment is forgotten half way is read again, all at once", async () => {
  const page = (items: object[], next: string) => ({
    status: 200,
    body: { metadata: { resourceVersion: "9", continue: next }, items },
  });
  const server = await serve((count) => {
    if (count === 0) return page([OBJECT], "token");
    if (count === 1) return status(410, "Expired", "The provided continue parameter is too old");
    return page([OBJECT, { ...OBJECT, metadata: { ...OBJECT.metadata, name: "b" } }], "");
  });
  const client = server.client(systemClock());
  const listed = await client.list(CONFIG_MAP, { namespace: "ns", limit: 1 });
  expect(listed.items.map((item) => item.metadata.name)).toEqual(["a", "b"]);
  expect(server.requests.map((request) => request.path)).toEqual([
    "/api/v1/namespaces/ns/configmaps?limit=1",
    "/api/v1/namespaces/ns/configmaps?limit=1&continue=token",
    "/api/v1/namespaces/ns/configmaps",
  ]);
  await client.close();
});

async function watchAll(server: FakeServer): Promise<string[]> {
  const client = server.client(systemClock());
  const seen: string[] = [];
  try {
    for await (const event of client.watch<KubeObject>(CONFIG_MAP, {
      resourceVersion: "1",
      timeoutSeconds: 1,
      idleMs: 500,
    })) {
      seen.push(
        event.type === "bookmark"
          ? `bookmark ${event.resourceVersion}`
          : `${event.type} ${event.object.metadata.name}`,
      );
    }
  } finally {
    await client.close();
  }
  return seen;
}

const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;

test("bookmarks and events of unknown type do no harm", async () => {
  const body =
    line("ADDED", OBJECT) +
    line("BOOKMARK", { metadata: { resourceVersion: "8" } }) +
    line("NEWS", OBJECT) +
    "\n";
  const server = await serve(() => ({ status: 200, body }));
  expect(await watchAll(server)).toEqual(["added a", "bookmark 8"]);
  expect(server.requests[0]?.path).toContain(
    "watch=true&allowWatchBookmarks=true&resourceVersion=1&timeoutSeconds=1",
  );
});

test("an ERROR event is the failure it says", async () => {
  const gone = line("ERROR", {
    kind: "Status",
    code: 410,
    reason: "Expired",
    message: "too old resource version",
  });
  const server = await serve(() => ({ status: 200, body: line("ADDED", OBJECT) + gone }));
  expect(await failure(watchAll(server))).toMatchObject({ kind: "gone" });
});

test("a resourceVersion that the server has never had is gone, too", async () => {
  const details = { causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }] };
  const server = await serve(() => ({
    status: 504,
    body: { kind: "Status", code: 504, reason: "Timeout", details },
  }));
  expect(await failure(watchAll(server))).toMatchObject({ kind: "gone" });
});

test("a watch that is cut, ends in half an event, or falls silent says so", async () => {
  const cut = await serve(() => ({ status: 200, body: line("ADDED", OBJECT) + '{"type":"ADD', cut: true }));
  expect((await failure(watchAll(cut))).kind).toBe("network");
  const half = await serve(() => ({ status: 200, body: `${line("ADDED", OBJECT)}{"type":"ADD` }));
  expect((await failure(watchAll(half))).kind).toBe("network");
  const silent = await serve(() => ({ status: 200, body: line("ADDED", OBJECT), open: true }));
  expect(await failure(watchAll(silent))).toMatchObject({
    kind: "timeout",
    message: "cannot watch configmaps: silent for 500 ms",
  });
});

test("an object that names no namespace where one is needed is never sent", async () => {
  const server = await serve(() => ({ status: 200, body: OBJECT }));
  const client = server.client(systemClock());
  await expect(client.get(CONFIG_MAP, { name: "a" })).rejects.toThrow("ConfigMap a without a namespace");
  await expect(client.get(CONFIG_MAP, { namespace: "ns", name: "" })).rejects.toThrow(
    "ConfigMap without a name",
  );
  expect(server.requests).toEqual([]);
  await client.close();
});
