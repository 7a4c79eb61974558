/** Several operator processes: one works at a time, or each on accounts of its own, whatever happens to one of them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../support/control-plane/ports.ts";
import { eventually } from "./eventually.ts";
import { fault } from "./faults.ts";
import type { Site } from "./site.ts";
import { type OperatorProcess, Stage } from "./stage.ts";
import { overlaps, writers } from "./writers.ts";

const ELECTING = ["--leader-elect", "true", "--time-scale", "1"];

async function until(what: string, isSo: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  const found = await eventually(async () => ((await isSo()) ? true : undefined), ms);
  if (found === undefined) throw new Error(`not within ${ms} ms: ${what}`);
}

interface Addresses {
  readonly metrics: string;
  readonly health: string;
}

async function addresses(): Promise<Addresses> {
  return { metrics: `127.0.0.1:${await freePort()}`, health: `127.0.0.1:${await freePort()}` };
}

function flagsOf({ metrics, health }: Addresses): readonly string[] {
  return ["--metrics-addr", metrics, "--health-addr", health];
}

describe("two replicas of which one leads", () => {
  const stage = new Stage("leaders", { flags: [...ELECTING, "--lease-name", "leaders"], started: false });
  let at: { readonly leader: Addresses; readonly standby: Addresses };
  let leader: OperatorProcess;
  let standby: OperatorProcess;

  beforeAll(async () => {
    await stage.open();
    at = { leader: await addresses(), standby: await addresses() };
    leader = stage.replica(flagsOf(at.leader));
    await until("the first replica leads", () => leader.hasSaid("leading"));
    standby = stage.replica(flagsOf(at.standby));
    await until("the second one waits", () => standby.hasSaid("waiting for leadership"));
  });
  afterAll(() => stage.close());

  it("say who leads in their metrics, and both are ready", async () => {
    const said = async ({ metrics, health }: Addresses): Promise<readonly unknown[]> => {
      const [text, ...probes] = await Promise.all([
        fetch(`http://${metrics}/metrics`).then((response) => response.text()),
        fetch(`http://${health}/readyz`).then(({ status }) => status),
        fetch(`http://${health}/healthz`).then(({ status }) => status),
      ]);
      return [/^leader_election_master_status\{name="leaders"\} (\d)$/m.exec(text)?.[1], ...probes];
    };
    expect(await said(at.leader)).toEqual(["1", 200, 200]);
    expect(await said(at.standby)).toEqual(["0", 200, 200]);
  });

  async function takeOver(): Promise<void> {
    [leader, standby] = [standby, stage.replica()];
    await until("the next one waits", () => standby.hasSaid("waiting for leadership"));
  }

  it("goes on within 2 s when the leader is stopped", async () => {
    const site = await stage.site();
    await site.settled();
    const asked = Date.now();
    const ended = leader.end("SIGTERM");
    await until("the standby leads", () => standby.hasSaid("leading"));
    expect(Date.now() - asked).toBeLessThan(2_000);
    await ended;
    await site.address("annex", { street: "9 New St" });
    await site.untilWrites(["create"]);
    expect((await writers(site, [leader, standby])).at(-1)?.by).toBe(1);
    await site.check();
    await takeOver();
  });

  it("goes on within 20 s when the leader is killed in mid-change, and leaves nobody unprotected", async () => {
    const site = await stage.site();
    await site.settled();
    await fault(site, {
      match: { method: "POST", path: site.numberSid() },
      skip: 1,
      times: 1,
      action: { type: "delay", ms: 2_000 },
    });
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    await site.untilWrites(["create", "disassociate 0"]);
    await site.untilSlot(/^ ?unregistered$/);
    const died = Date.now();
    await leader.end("SIGKILL");
    await until("the standby leads", () => standby.hasSaid("leading"));
    expect(Date.now() - died).toBeLessThan(20_000);
    await site.reason("binding", "desk", "Registered", 20_000);
    await site.untilSlot(/ registered$/);
    await site.check();
    await takeOver();
  });

  it("has no two writers when the leader is frozen in mid-write and thaws after its lease has ended", async () => {
    const site = await stage.site();
    await site.settled();
    await fault(site, {
      match: { method: "POST", path: site.numberSid() },
      times: 1,
      action: { type: "delay", ms: 1_000 },
    });
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    await site.untilWrites(["create"]);
    leader.send("SIGSTOP");
    await until("the standby leads", () => standby.hasSaid("leading"));
    leader.send("SIGCONT");
    expect(await leader.ended).toBe(1);
    await site.reason("binding", "desk", "Registered", 20_000);
    expect(overlaps(await writers(site, [leader, standby]))).toEqual([]);
    await site.check();
    await takeOver();
  });
});

describe("three replicas that share the accounts", () => {
  const stage = new Stage("shards", {
    flags: ["--sharding", "accounts", "--lease-name", "shards", "--time-scale", "1"],
  });
  const replicas: OperatorProcess[] = [];
  const sites: Site[] = [];

  beforeAll(async () => {
    await stage.open();
    replicas.push(stage.operator, stage.replica(), stage.replica());
    for (let index = 0; index < 12; index += 1) sites.push(await stage.site());
  });
  afterAll(() => stage.close());

  async function expectOneWriterEach(): Promise<void> {
    for (const site of sites) expect(overlaps(await writers(site, replicas))).toEqual([]);
  }

  async function allGet(address: string): Promise<void> {
    await Promise.all(
      sites.map((site) => site.address(address, { street: `${sites.indexOf(site) + 1} St` })),
    );
    await Promise.all(sites.map((site) => site.reason("address", address, "Validated", 40_000)));
  }

  async function busy(): Promise<ReadonlySet<number>> {
    const last = await Promise.all(sites.map(async (site) => (await writers(site, replicas)).at(-1)?.by));
    return new Set(last.filter((by) => by !== undefined));
  }

  it("serve every account, each by one of them", async () => {
    await until("all have agreed", () =>
      replicas.every((one) => one.hasSaid("all replicas agree on who serves what")),
    );
    await allGet("first");
    expect((await busy()).size).toBeGreaterThan(1);
    await expectOneWriterEach();
  });

  it("serve the accounts of one that was killed within 40 s", async () => {
    await replicas[0]?.end("SIGKILL");
    const died = Date.now();
    await allGet("second");
    expect(Date.now() - died).toBeLessThan(40_000);
    expect((await busy()).has(0)).toBe(false);
    await expectOneWriterEach();
  });

  it("give a newcomer its share without a pause for the others", async () => {
    replicas.push(stage.replica());
    await until(
      "it serves",
      () => replicas.at(-1)?.hasSaid("all replicas agree on who serves what") ?? false,
    );
    await allGet("third");
    expect((await busy()).has(3)).toBe(true);
    await expectOneWriterEach();
  });

  it("have no two writers when one is frozen and thaws after its lease has ended", async () => {
    const frozen = replicas[1] as OperatorProcess;
    frozen.send("SIGSTOP");
    const asked = allGet("fourth");
    await asked;
    frozen.send("SIGCONT");
    expect(await frozen.ended).toBe(1);
    for (const site of sites) await site.check();
    await expectOneWriterEach();
  });
});
