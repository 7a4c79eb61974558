/**
 * Two processes of which one leads. The lease is no fence: a process that is frozen in the very tick in which it sends
 * a create makes it a second time when it thaws. That is shown here, and that it is found, told and never used.
 */
import { afterAll, describe, expect, it } from "vitest";
import { eventually } from "../stories/eventually.ts";
import { condition, type Site } from "../stories/site.ts";
import { Stage, type Launch, type OperatorProcess } from "../stories/stage.ts";
import { program } from "../cli/program.ts";
import type { Failpoint } from "./calls.ts";
import { writeResult } from "./results.ts";
import { isWhole } from "./chosen.ts";

const FLAGS = ["--leader-elect", "true"];
const PRELOAD = ["--import", "./test/crash/failpoint.ts"];
const TAKE_OVER_MS = 40_000;

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const found = await eventually(async () => ((await isSo()) ? true : undefined), TAKE_OVER_MS);
  if (found === undefined) throw new Error(`not in time: ${what}`);
}

/** A leader that freezes at this point, and one that waits. */
async function pair(
  stage: Stage,
  failpoint: Failpoint,
): Promise<{ readonly leader: OperatorProcess; readonly standby: OperatorProcess }> {
  const launch: Launch = {
    node: PRELOAD,
    env: { FAILPOINT: JSON.stringify({ ...failpoint, signal: "SIGSTOP", armed: true }) },
    onMessage: () => {},
  };
  const leader = stage.replica([], launch);
  await until("the first leads", () => leader.hasSaid("leading"));
  const standby = stage.replica();
  await until("the second waits", () => standby.hasSaid("waiting for leadership"));
  return { leader, standby };
}

async function warned(site: Site, reason: string): Promise<readonly string[]> {
  const path = `/apis/events.k8s.io/v1/namespaces/${site.namespace}/events`;
  const { items } = JSON.parse((await site.stage.plane.send("GET", path)).body) as {
    readonly items: readonly { readonly reason: string; readonly type: string; readonly note: string }[];
  };
  return items.filter((event) => event.reason === reason && event.type === "Warning").map(({ note }) => note);
}

/** A quick run freezes one. */
const WRITES = (
  [
    ["disassociate 0", "before"],
    ["disassociate 0", "during"],
    ["associate 0", "before"],
    ["associate 0", "during"],
  ] as const
).slice(0, isWhole() ? 4 : 1);

describe.concurrent("a leader that is frozen for longer than its lease", () => {
  const stages: Stage[] = [];
  afterAll(() => Promise.all(stages.map((stage) => stage.close())));

  async function open(name: string): Promise<Stage> {
    const stage = new Stage(name, { flags: [...FLAGS, "--lease-name", name], started: false });
    stages.push(stage);
    return stage.open();
  }

  it("in the tick of a create: the second Address is found within a sweep, told, listed and never used", async () => {
    const stage = await open("frozen-create");
    const { leader, standby } = await pair(stage, {
      name: "Twilio: create",
      ...{ occurrence: 1, moment: "before" },
    });
    const site = await stage.site();
    await site.address();
    await until("the other leads", () => standby.hasSaid("leading"));
    const first = (await site.reason("address", "hq", "Validated", TAKE_OVER_MS)).status["sid"] as string;
    leader.send("SIGCONT");
    expect(await leader.ended).toBe(1);
    const addresses = async (): Promise<readonly string[]> =>
      (await site.twilio()).addresses.map(({ sid }) => sid);
    await until("there are two", async () => (await addresses()).length === 2);
    const twin = (await addresses()).find((sid) => sid !== first) ?? "";

    await site.until(
      "address",
      "hq",
      "telling of it",
      (object) => condition(object)?.message.includes(twin) === true,
    );
    await until("a warning", async () =>
      (await warned(site, "DuplicateAddress")).some((note) => note.includes(twin)),
    );
    const line = standby.log.find((each) => each.includes("a second Address of the same content")) ?? "";
    expect(line).toContain(twin);
    const orphans = await program(
      [
        ...["orphans", "-o", "json", "--kubeconfig", stage.plane.kubeconfigPath],
        ...["--twilio-base-url", stage.control.url],
      ],
      { env: { TWILIO_ACCOUNT_SID: site.sid, TWILIO_AUTH_TOKEN: "token" } },
    );
    expect(orphans.stdout).toContain(twin);
    expect(orphans.stdout).not.toContain(first);

    await site.binding();
    await site.reason("binding", "desk", "Registered", TAKE_OVER_MS);
    expect(await site.slot()).toBe(`${first} registered`);
    await site.quiet();
    expect((await site.writes()).filter((write) => write !== "create")).toEqual(["associate 0"]);
    if (isWhole()) writeResult("leaders", "frozen in the tick of a create", { found: true, used: false });
  });

  it.each(WRITES)(
    "in the tick of %s, %s it is sent: nobody is left without protection",
    async (write, moment) => {
      const stage = await open(`frozen-${write.replace(" ", "-")}-${moment}`);
      const occurrence = write === "associate 0" ? 2 : 1;
      const { leader, standby } = await pair(stage, { name: `Twilio: ${write}`, occurrence, moment });
      const site = await stage.site();
      await site.settled();
      await site.patch("address", "hq", { spec: { street: "2 Side St" } });
      await until("the other leads", () => standby.hasSaid("leading"));
      const isMoved = async (): Promise<boolean> => {
        const { addresses } = await site.twilio();
        const at = addresses.find((address) => address["street"] === "2 Side St")?.sid;
        return (await site.slot()) === `${at} registered`;
      };
      await until("the other has moved the number", isMoved);
      leader.send("SIGCONT");
      expect(await leader.ended).toBe(1);
      await until("the number is registered there", isMoved);
      await site.reason("binding", "desk", "Registered", TAKE_OVER_MS);
      await site.quiet();
      expect(await isMoved()).toBe(true);
      if (isWhole())
        writeResult("leaders", `frozen in the tick of ${write}, ${moment}`, { unprotected: false });
    },
  );
});
