/** A new user with a cluster goes from nothing to a registered number by the page about Helm, command by command. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carryOut } from "../docs/carry-out.ts";
import { readPage } from "../docs/page.ts";
import { Newcomer } from "./newcomer.ts";
import { NAME, manifests, render } from "./tools.ts";

let newcomer: Newcomer;
beforeAll(async () => {
  newcomer = await Newcomer.arrive();
});
afterAll(() => newcomer?.leave());

it("docs/guide/helm.md leads to a registered number", async () => {
  const { folder, env } = newcomer;
  const running = newcomer.runDeployment();
  await carryOut(readPage("docs/guide/helm.md"), { folder, env, timeoutMs: 120_000 });
  await running;
  expect(await newcomer.slot("+14155550100")).toMatch(/^AD\w{32} registered$/);
  expect(newcomer.log.filter((line) => /forbidden/i.test(line))).toEqual([]);
}, 150_000);

/** What the table of variations sets, by what the reader wants. */
const VARIATIONS = [...readPage("docs/guide/helm.md").text.matchAll(/^\| (.*?) \| (`.*) \|$/gm)].map(
  ([, wanted = "", cells = ""]): readonly [string, readonly string[]] => [
    wanted,
    [...cells.matchAll(/`([\w.]+=[^`]+)`/g)].flatMap(([, value = ""]) => [
      "--set",
      value.replace("ownerId=…", "ownerId=berlin"),
    ]),
  ],
);

describe("the variations of docs/guide/helm.md", () => {
  it("are all found, each with a value at least", () => {
    expect(VARIATIONS.length).toBeGreaterThanOrEqual(6);
    expect(VARIATIONS.filter(([, values]) => values.length < 2)).toEqual([]);
  });

  it.each(VARIATIONS)("%s: the chart takes it, and it makes a difference", async (_, values) => {
    expect(await render(values)).not.toBe(await render());
  });

  it("leave nothing outside the namespaces of who has no rights there", async () => {
    const [, values = []] = VARIATIONS.find(([wanted]) => wanted.startsWith("no rights outside")) ?? [];
    const places = manifests(await render(values)).map(
      ({ kind, metadata }) => metadata.namespace ?? `cluster: ${kind}`,
    );
    expect(new Set(places)).toEqual(new Set([NAME, "emergency"]));
  });
});
