/**
 * The objects by which Argo CD's health checks and kstatus are judged (deploy/argocd), as the operator makes them today.
 * The first word of a fixture's name is the health that Argo CD is to see in it. `vitest -u` writes them anew.
 */
import { type ExpectStatic, afterAll, beforeAll, describe, it } from "vitest";
import { fixtureFile, fixtureText } from "./fixture.ts";
import {
  ACCOUNTS,
  ADDRESSES,
  BINDINGS_AT_FAULT,
  BINDINGS_AT_WORK,
  BINDINGS_HELD,
  DOMAINS,
  type Scene,
} from "./scenes.ts";
import { type Kind, type Seen, type Site, eventually } from "./site.ts";
import { Stage } from "./stage.ts";

const stage = new Stage("fixtures");
/** Twilio never ends a registration here. */
const slow = new Stage("fixtures-slow");
beforeAll(async () => {
  await Promise.all([stage.open(), slow.open()]);
  await slow.control.set({ registrationMs: 3_600_000 });
});
afterAll(() => Promise.all([stage.close(), slow.close()]));

const NAMES: Readonly<Record<Kind, string>> = { account: "", address: "hq", binding: "desk", domain: "sip" };

/** The object once it has been the same for a while. */
async function atRest(site: Site, kind: Kind, name: string): Promise<Seen> {
  let [last, times] = ["", 0];
  const found = await eventually(async () => {
    const object = await site.get(kind, name);
    const text = JSON.stringify({ ...object, metadata: object.metadata.generation });
    times = text === last ? times + 1 : 0;
    last = text;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return times >= 3 ? object : undefined;
  }, 30_000);
  if (found === undefined) throw new Error(`${kind} ${name} changes all the time`);
  return found;
}

async function expectFixture(expect: ExpectStatic, scene: Scene): Promise<void> {
  const { fixture, kind, on, options = {}, play } = scene;
  const site = await (on === "slow" ? slow : stage).site(options);
  await play(site);
  const name = scene.name ?? (kind === "account" ? site.id : NAMES[kind]);
  const object = await atRest(site, kind, name);
  await expect(fixtureText(site, object)).toMatchFileSnapshot(fixtureFile(kind, fixture));
}

describe.concurrent.each([
  ["account", ACCOUNTS],
  ["address", ADDRESSES],
  ["binding at work", BINDINGS_AT_WORK],
  ["binding at fault", BINDINGS_AT_FAULT],
  ["binding that is held", BINDINGS_HELD],
  ["domain", DOMAINS],
] as const)("fixtures: %s", (_, list) => {
  it.for(list)("$fixture", (scene, { expect }) => expectFixture(expect, scene));
});

// Last: the operator stands still meanwhile.
describe("what nobody has looked at yet", () => {
  it("is stale after a change of a settled object", async ({ expect }) => {
    const site = await stage.site();
    await site.settled(1);
    stage.operator.send("SIGSTOP");
    await site.patch("binding", "desk", { spec: { changePolicy: "Manual" } });
    const stale = fixtureText(site, await site.get("binding", "desk"));
    stage.operator.send("SIGCONT");
    await expect(stale).toMatchFileSnapshot(fixtureFile("binding", "progressing-stale"));
  });

  it("is new", async ({ expect }) => {
    stage.operator.send("SIGSTOP");
    const site = await stage.site({ domains: 1 });
    await site.address();
    await site.binding();
    await site.domain("sip", {}, "desk");
    const kinds = Object.entries({ ...NAMES, account: site.id });
    for (const [kind, name] of kinds as [Kind, string][]) {
      const text = fixtureText(site, await site.get(kind, name));
      await expect(text).toMatchFileSnapshot(fixtureFile(kind, "progressing-new"));
    }
    stage.operator.send("SIGCONT");
  });
});
