import { expect, it } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { silentLogger } from "../telemetry/log.ts";
import { OwnerId } from "./owner-id.ts";

/** An owner id, and a cluster of which the namespace kube-system is all that is asked for. */
function setUp(given?: string) {
  const clock = new ManualClock();
  const cluster: { down: boolean; uid: string | undefined } = { down: false, uid: "uid-of-kube-system" };
  const client = {
    get: async () => {
      if (cluster.down) throw new Error("connection refused");
      return cluster.uid === undefined ? undefined : ({ metadata: { uid: cluster.uid } } as never);
    },
  };
  const owner = new OwnerId({ given, client, clock, log: silentLogger });
  const stop = new AbortController();
  return { clock, cluster, owner, stop, start: () => owner.start(stop.signal) };
}

it("is what a flag says, and nobody is asked then", async () => {
  const { cluster, owner, start } = setUp("given");
  cluster.down = true;
  await start();
  expect(owner.value).toBe("given");
});

it("is the UID of kube-system, and says why it is not known as long as that cannot be read", async () => {
  const { clock, cluster, owner, start } = setUp();
  cluster.down = true;
  expect(owner.check()).toBe("not known yet");
  const started = start();
  await clock.advance(60_000);
  expect(owner.check()).toBe("not known yet: connection refused");
  expect(() => owner.value).toThrow("not known yet");
  [cluster.down, cluster.uid] = [false, undefined];
  await clock.advance(5_000);
  expect(owner.check()).toBe("not known yet: the namespace kube-system does not exist");
  cluster.uid = "made-at-last";
  await clock.advance(5_000);
  await started;
  expect([owner.check(), owner.value]).toEqual([undefined, "made-at-last"]);
});

it("is not waited for any more when the program stops", async () => {
  const { clock, cluster, stop, start } = setUp();
  cluster.down = true;
  const started = start();
  await clock.advance(1_000);
  stop.abort(new Error("stopping"));
  await expect(started).rejects.toThrow("stopping");
  expect(clock.pending).toBe(0);
});
