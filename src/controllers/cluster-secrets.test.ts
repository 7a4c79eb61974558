import { expect, it } from "vitest";
import { MemorySource } from "../../test/kube/memory-source.ts";
import { ManualClock, settle } from "../../test/support/manual-clock.ts";
import type { FeedSource } from "../kube/feed.ts";
import { silentLogger } from "../telemetry/log.ts";
import { ClusterSecrets } from "./cluster-secrets.ts";

function setUp() {
  const source = new MemorySource();
  const clock = new ManualClock();
  const secrets = new ClusterSecrets({ source, clock, random: () => 0.5, log: silentLogger });
  return { source, clock, secrets };
}

/** Notes who is told. */
function listeners() {
  const told: string[] = [];
  return { told, of: (name: string) => () => void told.push(name) };
}

it("reads a Secret only while an account names it", async () => {
  const { source, clock, secrets } = setUp();
  source.put("site", "token", 1);
  source.put("other", "nobody-names-me", 1);
  expect(secrets.state("site", "token")).toEqual({ kind: "unknown" });
  const end = secrets.watch("site", "token", () => {});
  await clock.advance(100);
  expect(secrets.state("site", "token")).toEqual({ kind: "data", data: {} });
  end();
  await settle();
  expect(secrets.state("site", "token")).toEqual({ kind: "unknown" });
  const calls = source.calls.length;
  source.put("site", "token", 2);
  source.endWatches();
  await clock.advance(600_000);
  expect(source.calls.slice(calls)).toEqual([]);
  expect(source.calls.filter((call) => !call.includes(" site"))).toEqual([]);
});

it("tells every account that names it, each until it names it no more", async () => {
  const { source, clock, secrets } = setUp();
  const { told, of } = listeners();
  source.put("site", "token", 1);
  const end = secrets.watch("site", "token", of("a"));
  secrets.watch("site", "token", of("b"));
  await clock.advance(100);
  told.length = 0;
  source.put("site", "token", 2);
  await settle();
  expect(told).toEqual(["a", "b"]);
  end();
  end();
  source.put("site", "token", 3);
  await settle();
  expect(told).toEqual(["a", "b", "b"]);
  expect(secrets.state("site", "token").kind).toBe("data");
});

it("one that is named again is read anew", async () => {
  const { source, clock, secrets } = setUp();
  const { told, of } = listeners();
  secrets.watch("site", "token", of("a"))();
  secrets.watch("site", "token", of("b"));
  source.put("site", "token", 1);
  await clock.advance(100);
  expect(new Set(told)).toEqual(new Set(["b"]));
  expect(secrets.state("site", "token").kind).toBe("data");
});

it("tells that there is none, and that it may not be read", async () => {
  const { source, clock, secrets } = setUp();
  const { told, of } = listeners();
  secrets.watch("site", "absent", of("absent"));
  await clock.advance(100);
  expect(told).toEqual(["absent"]);
  expect(secrets.state("site", "absent")).toEqual({ kind: "absent" });
  source.down = { kind: "forbidden", message: "not yours" };
  secrets.watch("other", "hidden", of("hidden"));
  await clock.advance(100);
  expect(told).toContain("hidden");
  expect(secrets.state("other", "hidden")).toEqual({ kind: "unreadable", message: "not yours" });
});

it("leaves no timer behind when it stops before a Secret could be read", async () => {
  const { source, clock, secrets } = setUp();
  source.down = { kind: "forbidden", message: "not yours" };
  secrets.watch("site", "token", () => {});
  await clock.advance(10_000);
  const stopped = secrets.stop();
  await clock.advance(0);
  await stopped;
  expect(clock.pending).toBe(0);
});

it("tells of every value it reads, so that it can be kept out of the log", async () => {
  const source: FeedSource = {
    list: (_type, { transform = (object) => object }) =>
      Promise.resolve({ items: [transform(SECRET as never)], resourceVersion: "1" }),
    watch: async function* () {
      await new Promise(() => {});
      yield* [];
    },
  };
  const clock = new ManualClock();
  const values: string[] = [];
  const log = silentLogger;
  const onValue = (value: string): void => void values.push(value);
  const secrets = new ClusterSecrets({ source, clock, random: () => 0.5, log, onValue });
  secrets.watch("site", "token", () => {});
  await settle();
  expect(values).toEqual(["the token"]);
  expect(secrets.state("site", "token")).toEqual({ kind: "data", data: { authToken: "the token" } });
});

const SECRET = {
  ...{ apiVersion: "v1", kind: "Secret" },
  metadata: { namespace: "site", name: "token", uid: "u", resourceVersion: "1" },
  data: { authToken: Buffer.from("the token").toString("base64") },
};
