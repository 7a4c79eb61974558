/** A new user with a cluster goes from nothing to a registered number by the page about Helm, command by command. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { carryOut } from "../docs/carry-out.ts";
import { readPage } from "../docs/page.ts";
import { Newcomer } from "./newcomer.ts";

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
