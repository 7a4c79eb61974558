/** A stuck worker and a dead watch, as the probes of Kubernetes see them. */
import { expect, onTestFinished, test } from "vitest";
import type { KubeFailure } from "../src/kube/errors.ts";
import { Reflector } from "../src/kube/reflector.ts";
import { Controller, type Result } from "../src/runtime/controller.ts";
import { HealthServer } from "../src/runtime/health.ts";
import { addProbes, MAX_SILENCE_MS } from "../src/runtime/probes.ts";
import { WorkQueue } from "../src/runtime/queue.ts";
import { type Logger, silentLogger } from "../src/telemetry/log.ts";
import { MemorySource, THING, type Thing } from "./kube/memory-source.ts";
import { ManualClock, settle } from "./support/manual-clock.ts";

const MINUTE = 60_000;
const AWAY: KubeFailure = { kind: "network", message: "connection refused" };

/** A process with one worker and one cache; `log` is the cache's. */
async function process(reconcile: () => Promise<Result>, log: Logger = silentLogger, down?: KubeFailure) {
  const clock = new ManualClock();
  const source = new MemorySource();
  source.down = down;
  const random = (): number => 0.5;
  const queue = new WorkQueue({ clock, random });
  const options = { name: "objects", queue, workers: 1, reconcile, clock, log: silentLogger };
  const controller = new Controller(options);
  const cache = new Reflector<Thing>({ source, type: THING, clock, random, log });
  const server = new HealthServer({ addr: "127.0.0.1:0" });
  addProbes(server, controller, [cache]);
  await server.start();
  onTestFinished(() => server.stop());
  controller.start();
  cache.start();
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return `${response.status} ${await response.text()}`;
  };
  return { clock, source, queue, get };
}

const forget = (): Promise<Result> => Promise.resolve({ kind: "forget" });

test("at work, both are well; before the caches are filled, it is not ready", async () => {
  const { source, clock, get } = await process(forget, silentLogger, AWAY);
  expect(await get("/healthz")).toBe("200 ok\n");
  expect(await get("/readyz")).toMatch(/^503 \[-\]cache of things\.example\.com: not listed yet/);
  source.down = undefined;
  await clock.advance(MINUTE);
  expect(await get("/readyz")).toBe("200 ok\n");
});

test("a worker that does not come back is unhealthy, and named", async () => {
  let release = (): void => {};
  const stuck = new Promise<Result>((resolve) => {
    release = () => resolve({ kind: "forget" });
  });
  const { queue, clock, get } = await process(() => stuck);
  queue.add("Thing/a/one");
  await clock.advance(4 * MINUTE);
  expect(await get("/healthz")).toBe("200 ok\n");
  await clock.advance(2 * MINUTE);
  expect(await get("/healthz")).toMatch(/^503 \[-\]workers: 1 of 1 workers stuck: Thing\/a\/one for 360 s/);
  release();
  await settle();
  expect(await get("/healthz")).toBe("200 ok\n");
});

test("a wall clock that is set forward makes nobody stuck", async () => {
  const { queue, clock, get } = await process(() => new Promise(() => {}));
  queue.add("Thing/a/one");
  await settle();
  clock.jump(60 * MINUTE);
  expect(await get("/healthz")).toBe("200 ok\n");
});

test("an API server that is away makes it not ready, but a restart would not help", async () => {
  const { source, clock, get } = await process(forget);
  await settle();
  source.down = AWAY;
  await clock.advance(MAX_SILENCE_MS + MINUTE);
  expect(await get("/readyz")).toMatch(
    /^503 \[-\]cache of things\.example\.com: nothing heard for \d+ s: connection/,
  );
  expect(await get("/healthz")).toBe("200 ok\n");
  source.down = undefined;
  await clock.advance(2 * MINUTE);
  expect(await get("/readyz")).toBe("200 ok\n");
});

test("a watch that has ended for good is unhealthy", async () => {
  const broken = (): never => {
    throw new Error("the disk is full");
  };
  const log: Logger = { ...silentLogger, warn: broken, info: broken, child: () => log };
  const { source, clock, get } = await process(forget, log);
  await settle();
  expect(await get("/healthz")).toBe("200 ok\n");
  source.down = { kind: "server", message: "etcd is away" };
  await clock.advance(MINUTE);
  expect(await get("/healthz")).toMatch(
    /^503 .*\[-\]cache of things\.example\.com: a watch has ended: .*disk is full/s,
  );
});
