/** What the real kstatus reads from the objects that the operator really makes: what Flux and kpt wait for. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { toolPath } from "../../scripts/tools/obtain.mjs";
import { ROOT, runTool } from "./tools.ts";

const FOLDER = join(ROOT, "deploy/argocd/resource_customizations/emergency.twilio-operator.io");

/** By the first word of the file, which is the health in Argo CD. kstatus knows no suspension: these two are not settled. */
const READ_AS: Readonly<Record<string, string>> = {
  healthy: "Current",
  progressing: "InProgress",
  degraded: "Failed",
  suspended: "InProgress",
};
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "PhoneNumberBinding/suspended": "Current",
  "EmergencyAddress/progressing-deletion-blocked": "Terminating",
  "PhoneNumberBinding/progressing-deletion-blocked": "Terminating",
};

const FIXTURES = readdirSync(FOLDER).flatMap((kind) =>
  readdirSync(join(FOLDER, kind, "testdata")).map((file) => `${kind}/${file.replace(".yaml", "")}`),
);

it("kstatus reads every fixture as it is meant", async () => {
  const files = FIXTURES.map((name) => join(FOLDER, name.replace("/", "/testdata/").concat(".yaml")));
  const { stdout, stderr } = await runTool(toolPath("kstatus"), files);
  expect(stderr).toBe("");
  const read = stdout
    .trim()
    .split("\n")
    .map((line, index) => `${FIXTURES[index]} ${line.split("\t")[1]}`);
  const meant = FIXTURES.map((name) => {
    const word = /\/([a-z]+)/.exec(name)?.[1] ?? "";
    return `${name} ${EXCEPTIONS[name] ?? READ_AS[word]}`;
  });
  expect(read).toEqual(meant);
});
