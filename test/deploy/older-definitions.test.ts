/**
 * An operator that is newer than the definitions, against the rule: the API server would drop the fields that it does not
 * know, the record of what has been begun among them. Nothing may be written to Twilio that could not be recorded.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { eventually } from "../stories/eventually.ts";
import { Stage } from "../stories/stage.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import type { Crd, Schema } from "./narrowings.ts";
import { ROOT } from "./tools.ts";

let plane: ControlPlane;
let stage: Stage;

/** The definitions as if `status.operation` were not invented yet. */
function withoutOperation(): string {
  const crds = readdirSync(join(ROOT, "crds")).map((file) => {
    const crd = parse(readFileSync(join(ROOT, "crds", file), "utf8")) as Crd;
    const { properties } = crd.spec.versions[0]?.schema.openAPIV3Schema ?? {};
    const status = properties?.["status"] as { readonly properties: Record<string, Schema> };
    delete status.properties["operation"];
    return stringify(crd);
  });
  return crds.join("---\n");
}

beforeAll(async () => {
  plane = await startControlPlane();
  const applied = await plane.kubectl(["apply", "--server-side", "-f", "-"], withoutOperation());
  if (applied.code !== 0) throw new Error(applied.stderr);
  await plane.kubectl(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"]);
  stage = await new Stage("older", { plane, crds: false }).open();
});
afterAll(async () => {
  await stage?.close();
  await plane?.stop();
});

it("writes nothing to Twilio, says which field is missing, and goes on once the definitions are there", async () => {
  const site = await stage.site();
  await site.address();
  await site.binding();
  const said = await eventually(
    async () => stage.operator.log.find((line) => line.includes('unknown field \\"status.operation\\"')),
    30_000,
  );
  expect(said).toContain("cannot patch emergencyaddresses");
  expect(await site.writes()).toEqual([]);
  await stage.installCrds();
  await site.reason("binding", "desk", "Registered", 60_000);
  expect(await site.slot()).toMatch(/^AD\w{32} registered$/);
}, 150_000);
