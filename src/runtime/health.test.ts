import { expect, onTestFinished, test } from "vitest";
import { HealthServer } from "./health.ts";
import { parseAddr } from "./listen.ts";

async function started(prepare: (server: HealthServer) => void) {
  const server = new HealthServer({ addr: "127.0.0.1:0", checkTimeoutMs: 50 });
  prepare(server);
  await server.start();
  onTestFinished(() => server.stop());
  return async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return { status: response.status, body: await response.text() };
  };
}

test("without a failing check both paths say ok", async () => {
  const get = await started((server) => server.addReadiness("caches", () => undefined));
  expect(await get("/healthz")).toEqual({ status: 200, body: "ok\n" });
  expect(await get("/readyz")).toEqual({ status: 200, body: "ok\n" });
  expect(await get("/readyz?verbose")).toEqual({ status: 200, body: "[+]caches ok\n" });
  expect((await get("/")).status).toBe(404);
});

test("what is no URL is not found, and harms nothing", async () => {
  const get = await started(() => {});
  expect(await get("//")).toEqual({ status: 404, body: "not found\n" });
  expect((await get("/healthz")).status).toBe(200);
});

test("a failing check is named with its reason, on its own path only, until it recovers", async () => {
  let reason: string | undefined = "1 of 16 workers stuck";
  const get = await started((server) => {
    server.addLiveness("queue", () => reason);
    server.addLiveness("other", () => undefined);
    server.addReadiness("caches", () => undefined);
  });
  expect(await get("/healthz")).toEqual({
    status: 503,
    body: "[-]queue: 1 of 16 workers stuck\n[+]other ok\n",
  });
  expect((await get("/readyz")).status).toBe(200);
  reason = undefined;
  expect((await get("/healthz")).status).toBe(200);
});

test("a check that throws or never answers fails", async () => {
  const get = await started((server) => {
    server.addReadiness("throws", () => {
      throw new Error("boom");
    });
    server.addReadiness("hangs", () => new Promise(() => {}));
  });
  expect(await get("/readyz")).toEqual({
    status: 503,
    body: "[-]throws: check failed: boom\n[-]hangs: no answer within 50 ms\n",
  });
});

test("an address in use is one readable error", async () => {
  const first = new HealthServer({ addr: "127.0.0.1:0" });
  await first.start();
  onTestFinished(() => first.stop());
  const second = new HealthServer({ addr: `127.0.0.1:${first.port}` });
  await expect(second.start()).rejects.toThrow(/^health: cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
});

test("a listen address is a port with or without a host", () => {
  expect(parseAddr(":8081")).toEqual({ host: undefined, port: 8081 });
  expect(parseAddr("127.0.0.1:0")).toEqual({ host: "127.0.0.1", port: 0 });
  expect(parseAddr("[::1]:9")).toEqual({ host: "::1", port: 9 });
  for (const bad of ["8081", "", ":", "host:", ":99999", ":80:80"])
    expect(() => parseAddr(bad)).toThrow(/listen address/);
});
