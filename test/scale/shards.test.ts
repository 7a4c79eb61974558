/**
 * Three replicas that share 300 accounts, while replicas are killed, stopped and added at random. No account is ever
 * written by two of them at overlapping times, each is served again within 40 s, and the load is shared evenly.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../stories/eventually.ts";
import type { Site } from "../stories/site.ts";
import { type OperatorProcess, Stage } from "../stories/stage.ts";
import { overlaps } from "../stories/writers.ts";

const ACCOUNTS = 300;
const ROUNDS = 6;
const AGAIN_WITHIN_MS = 40_000;
const BALANCE = 0.25;
const AGREED = "all replicas agree on who serves what";
const ROUND_TIMEOUT = 180_000;

const seed = Number(process.env["SHARDS_SEED"] ?? Date.now() % 100_000);
/** Small and repeatable; the numbers only choose who is killed. */
function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

const random = randomOf(seed);
const stage = new Stage("many-accounts", {
  flags: [
    ...["--sharding", "accounts", "--lease-name", "many-accounts", "--time-scale", "1"],
    ...["--sweep-interval", "60s", "--log-level", "info"],
  ],
});
const replicas: OperatorProcess[] = [];
const alive = new Set<number>();
const sites: Site[] = [];

function add(): void {
  const started = replicas.length === 0 ? stage.operator : stage.replica();
  alive.add(replicas.push(started) - 1);
}

function oneAlive(): number {
  const all = [...alive];
  return all[Math.floor(random() * all.length)] as number;
}

/** What happens to the replicas before a round; the name of it for the report. */
async function upset(): Promise<string> {
  const chosen = oneAlive();
  const what = ["kill", "stop", "add"][Math.floor(random() * 3)] as string;
  if (what === "add" || alive.size === 1) {
    add();
    return "one was added";
  }
  alive.delete(chosen);
  await replicas[chosen]?.end(what === "kill" ? "SIGKILL" : "SIGTERM");
  if (alive.size < 3) add();
  return what === "kill" ? "one was killed, one came" : "one was stopped, one came";
}

/** Every account is asked for one more Address; how long it took until the last had it. */
async function askAll(round: number): Promise<number> {
  const asked = Date.now();
  const name = `round${round}`;
  for (let from = 0; from < sites.length; from += 50)
    await Promise.all(sites.slice(from, from + 50).map((site) => site.address(name)));
  const path = `/apis/emergency.twilio-operator.io/v1alpha1/namespaces/${stage.namespace}/emergencyaddresses`;
  const done = await eventually(async () => {
    const { body } = await stage.plane.send("GET", path);
    const { items } = JSON.parse(body) as { readonly items: readonly Listed[] };
    const ready = items.filter(({ metadata, status }) => metadata.name.endsWith(name) && isReady(status));
    return ready.length === sites.length ? true : undefined;
  }, ROUND_TIMEOUT / 2);
  if (done === undefined) throw new Error(`not all accounts were served in round ${round}`);
  return Date.now() - asked;
}

interface Listed {
  readonly metadata: { readonly name: string };
  readonly status?: Status;
}
interface Status {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

const isReady = (status: Status | undefined): boolean =>
  status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") === true;

/** All writes by account, each with the replica that says that it made it. */
async function writtenByAccount(): Promise<ReadonlyMap<string, Parameters<typeof overlaps>[0]>> {
  const by = new Map<string, number>();
  for (const [index, replica] of replicas.entries())
    for (const [, id] of replica.log.join("\n").matchAll(/"requestId":"(RQ[0-9a-f]+)"/g))
      if (id !== undefined) by.set(id, index);
  const written = new Map<string, { by: number; beganAt: number; endedAt: number }[]>();
  for (const record of await stage.control.requests()) {
    if (record.method === "GET" || record.accountSid === undefined) continue;
    const { requestId, beganAt, endedAt } = record;
    const ofAccount = written.get(record.accountSid) ?? [];
    written.set(record.accountSid, [...ofAccount, { by: by.get(requestId) ?? -1, beganAt, endedAt }]);
  }
  return written;
}

describe(`three replicas that share ${ACCOUNTS} accounts (SHARDS_SEED=${seed})`, () => {
  beforeAll(async () => {
    await stage.open();
    for (let index = 0; index < 3; index += 1) add();
    for (let index = 0; index < ACCOUNTS; index += 1) sites.push(await stage.site({ numbers: 0 }));
    await askAll(0);
  });
  afterAll(() => stage.close());

  it("shares them evenly", async () => {
    const agreed = await eventually(
      () => Promise.resolve(replicas.every((one) => one.hasSaid(AGREED)) ? true : undefined),
      30_000,
    );
    expect(agreed).toBe(true);
    await askAll(1);
    const last = [...(await writtenByAccount()).values()].map((written) => written.at(-1)?.by);
    for (const one of alive) {
      const share = last.filter((by) => by === one).length;
      expect(Math.abs(share / (ACCOUNTS / alive.size) - 1)).toBeLessThanOrEqual(BALANCE);
    }
  });

  it(
    "serves every account again within 40 s, whatever happens to the replicas",
    { timeout: ROUNDS * ROUND_TIMEOUT },
    async () => {
      for (let round = 2; round < 2 + ROUNDS; round += 1) {
        const what = await upset();
        const took = await askAll(round);
        console.log(`round ${round - 1}: ${what}; ${alive.size} live; all served after ${took} ms`);
        expect(took).toBeLessThan(AGAIN_WITHIN_MS);
      }
    },
  );

  it("never had two writers of one account at a time", async () => {
    const all = await writtenByAccount();
    expect(all.size).toBe(ACCOUNTS);
    for (const [account, written] of all) {
      expect({ account, strangers: written.filter(({ by }) => by < 0) }).toEqual({ account, strangers: [] });
      expect({ account, overlapping: overlaps(written) }).toEqual({ account, overlapping: [] });
    }
  });
});
