/** Every fault at every call that the operator makes: the same end, and no promise broken on the way. */
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RequestRecord } from "../support/emulator.ts";
import { eventually } from "../stories/eventually.ts";
import { fault as addFault } from "../stories/faults.ts";
import type { Case } from "./case.ts";
import { chosen, isWhole } from "./chosen.ts";
import type { End } from "./end.ts";
import { applies, FAULTS, type Fault } from "./faults.ts";
import { Ground } from "./ground.ts";
import { disturbed, undisturbed } from "./play.ts";
import { writeResult } from "./results.ts";
import { routeOf, type Route } from "./routes.ts";
import { WORKFLOWS, type Workflow } from "./workflows.ts";

const ground = new Ground("matrix");
beforeAll(() => ground.open());
afterAll(() => ground.close());

const OVER_MS = 60_000;

/**
 * What no client can help: the caller that a late SetEmergencyCaller sets when its reference is long gone. It is shown in
 * the status and cleared by a person: see docs/design/0002-taking-protection-away.md. An end that differs otherwise fails.
 */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  "slow beyond the time-out, then it takes effect | set caller": [
    "is: domain 0: enabled, caller 0",
    "should be: domain 0: enabled, caller -1",
  ],
};

/** Together they make every call; a whole run looks for more calls in all others. */
const PLAYED: readonly string[] = [
  "register a number whose EmergencyStatus is asked for",
  "fail at the new Address and go back",
  "unregister by Inactive with its domain",
  "delete everything",
  "move a domain's caller with approval",
  "enable a domain, change its caller, take it away",
];

interface Setting {
  readonly workflow: Workflow;
  readonly end: End;
  readonly route: Route;
}

/** Each route with the first workflow that uses it. */
async function settings(workflows: readonly Workflow[]): Promise<readonly Setting[]> {
  const played = await Promise.all(
    workflows.map((workflow) =>
      ground.play(workflow, async (one) => {
        let from = 0;
        const { end } = await undisturbed(one, {
          ...workflow,
          play: async (site) => {
            from = (await site.control.requests(0, site.sid)).at(-1)?.id ?? 0;
            await workflow.play(site);
          },
        });
        return { workflow, end, records: await one.site.control.requests(from, one.site.sid) };
      }),
    ),
  );
  const found = new Map<string, Setting>();
  for (const { workflow, end, records } of played)
    for (const route of records.map((record: RequestRecord) => routeOf(record)))
      if (!found.has(route.name)) found.set(route.name, { workflow, end, route });
  return [...found.values()];
}

interface Tried extends Setting {
  readonly fault: Fault;
  readonly label: string;
}

function product(all: readonly Setting[]): readonly Tried[] {
  return all.flatMap((setting) =>
    FAULTS.filter((fault) => applies(fault, setting.route)).map((fault) => ({
      ...{ ...setting, fault },
      label: `${fault.name} | ${setting.route.name}`,
    })),
  );
}

async function strike({ site, stage }: Case, { fault, route }: Tried): Promise<void> {
  const { action, times, name } = fault;
  if (action !== undefined) {
    await addFault(site, { match: route.match, times, action: action(route) });
    return;
  }
  const abort = new AbortController();
  const jumpMs = name.includes("ahead") ? 7_200_000 : -7_200_000;
  void stage.control
    .watch((record) => {
      if (record.accountSid !== site.sid || routeOf(record).name !== route.name) return;
      stage.operator.tell({ jumpMs });
      abort.abort();
    }, abort.signal)
    .catch(() => undefined);
}

/** The struck request has had its answer, or would have had it: from then on it can do nothing more. */
async function isOver({ site }: Case): Promise<void> {
  const over = await eventually(async () => {
    const records = await site.control.requests(0, site.sid);
    return records.some(({ fault }) => fault === site.id) ? true : undefined;
  }, OVER_MS);
  if (over === undefined) throw new Error("the fault struck no request");
}

async function tryOne(tried: Tried): Promise<{ readonly label: string; readonly broken: readonly string[] }> {
  const { workflow, end, fault, label } = tried;
  const site = { ...workflow.site, ...(fault.pageBefore === undefined ? {} : { before: fault.pageBefore }) };
  const over = fault.isSlow === true ? { over: isOver } : {};
  const flags = fault.flags ?? [];
  const broken = await ground.play({ ...workflow, site, flags }, async (one) => {
    const found = await disturbed(one, workflow, { end, begin: () => strike(one, tried), ...over });
    await one.stage.control.removeFaults(one.site.id);
    return found;
  });
  return { label, broken };
}

const runs = ({ label, fault }: Tried): boolean => (fault.isSlow === true ? isWhole() : chosen(label));

describe("every fault at every call", () => {
  it("ends as if nothing had happened, and breaks no promise", async () => {
    const first = WORKFLOWS.filter(({ name }) => PLAYED.includes(name));
    expect(first).toHaveLength(PLAYED.length);
    const others = WORKFLOWS.filter(({ name }) => !PLAYED.includes(name));
    const all = await settings(isWhole() ? [...first, ...others] : first);
    const cases = product(all).filter(runs);
    const results = await Promise.all(cases.map(tryOne));
    const broken = results.filter((result) => !isDeepStrictEqual(result.broken, KNOWN[result.label] ?? []));
    const labels = results.map(({ label }) => label);
    if (isWhole()) expect(labels).toEqual(expect.arrayContaining(Object.keys(KNOWN)));
    if (isWhole())
      for (const fault of FAULTS)
        writeResult("faults", fault.name, {
          calls: cases.filter((one) => one.fault === fault).length,
          known: Object.keys(KNOWN).filter((label) => label.startsWith(`${fault.name} |`)).length,
          broken: broken.filter(({ label }) => label.startsWith(`${fault.name} |`)).length,
        });
    expect(broken).toEqual([]);
  }, 3_000_000);
});
