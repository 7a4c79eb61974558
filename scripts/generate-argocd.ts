/**
 * Lays out deploy/argocd/*.lua twice: for each kind as Argo CD keeps what is contributed to it, with its tests
 * (resource_customizations/GROUP/KIND), and in one ConfigMap to be merged into argocd-cm. The objects in testdata/ are
 * written by test/stories/fixtures.test.ts.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { ANNOTATION, GROUP, KINDS, type Kind } from "../src/api/names.ts";

const MARK = "Made by scripts/generate-argocd.ts: do not edit, run `npm run generate`.";
const ACTIONS = ["reconcile", "suspend", "resume", "approve"];

interface Fixture {
  readonly metadata: object;
  readonly spec: { readonly suspend?: boolean };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
    readonly pendingPlan?: { readonly hash: string };
    readonly observedGeneration: number;
  };
}

const folder = join(import.meta.dirname, "../deploy/argocd");
const lua = (name: string): string => readFileSync(join(folder, `${name}.lua`), "utf8");
const actionsOf = (kind: Kind): readonly string[] =>
  kind === "TwilioAccount" ? ACTIONS.slice(0, 1) : ACTIONS;
const yaml = (value: unknown): string => stringify(value, { lineWidth: 0 });

function write(path: string, text: string, comment = "#"): void {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, `${comment} ${MARK}\n${text}`);
}

function fixtures(own: string): readonly (readonly [string, Fixture])[] {
  const testdata = join(folder, own, "testdata");
  if (!existsSync(testdata)) return [];
  return readdirSync(testdata)
    .toSorted()
    .map((file) => [file, parse(readFileSync(join(testdata, file), "utf8")) as Fixture] as const);
}

/** The health that the first word of the file's name says, and the message that comes with it. */
function healthTest([file, { metadata, status }]: readonly [string, Fixture]): object {
  const word = /^[a-z]+/.exec(file)?.[0] ?? "";
  const ready = status.conditions?.find(({ type }) => type === "Ready");
  const isNew = (metadata as { generation: number }).generation !== status.observedGeneration;
  const looks = isNew ? "Waiting for the operator to look at this generation" : (ready?.message ?? "");
  const message = "deletionTimestamp" in metadata ? "Pending deletion" : looks;
  const health = { status: word.charAt(0).toUpperCase() + word.slice(1), message };
  return { healthStatus: health, inputPath: `testdata/${file}` };
}

function discoveryTest(kind: Kind, [file, fixture]: readonly [string, Fixture]): object {
  const isSuspended = fixture.spec.suspend === true;
  const disabled: Readonly<Record<string, boolean>> = {
    reconcile: false,
    suspend: isSuspended,
    resume: !isSuspended,
    approve: fixture.status.pendingPlan === undefined,
  };
  const result = actionsOf(kind).map((name) => ({ name, disabled: disabled[name] }));
  return { inputPath: `../testdata/${file}`, result };
}

/** What the object is after the action; undefined where the action makes no sense. */
function after(action: string, { metadata, spec, status, ...rest }: Fixture): object | undefined {
  if (action === "suspend" && spec.suspend !== true)
    return { ...rest, metadata, spec: { ...spec, suspend: true }, status };
  if (action === "resume" && spec.suspend === true) {
    const { suspend: _, ...others } = spec;
    return { ...rest, metadata, spec: others, status };
  }
  if (action !== "approve" || status.pendingPlan === undefined) return undefined;
  const annotations = { [ANNOTATION.approve]: status.pendingPlan.hash };
  return { ...rest, metadata: { ...metadata, annotations }, spec, status };
}

/** One for each action: on the first object in whose state it makes sense. */
function actionTests(own: string, kind: Kind): readonly object[] {
  return actionsOf(kind).flatMap((action) => {
    const found = fixtures(own)
      .map(([file, fixture]) => [file, after(action, fixture)] as const)
      .find(([file, result]) => result !== undefined && !file.includes("deletion"));
    if (found === undefined) return [];
    const expected = `testdata/${action}.yaml`;
    write(`${own}/actions/${expected}`, yaml(found[1]));
    return [{ action, inputPath: `../testdata/${found[0]}`, expectedOutputPath: expected }];
  });
}

for (const kind of KINDS) {
  const own = `resource_customizations/${GROUP}/${kind}`;
  write(`${own}/health.lua`, lua("health"), "--");
  write(`${own}/actions/discovery.lua`, lua("actions/discovery"), "--");
  for (const action of actionsOf(kind))
    write(`${own}/actions/${action}/action.lua`, lua(`actions/${action}`), "--");
  write(`${own}/health_test.yaml`, yaml({ tests: fixtures(own).map(healthTest) }));
  const discoveryTests = fixtures(own).map((fixture) => discoveryTest(kind, fixture));
  write(`${own}/actions/action_test.yaml`, yaml({ discoveryTests, actionTests: actionTests(own, kind) }));
}

const actions = (kind: Kind): string =>
  yaml({
    "discovery.lua": lua("actions/discovery"),
    definitions: actionsOf(kind).map((name) => ({ name, "action.lua": lua(`actions/${name}`) })),
  });
const data = KINDS.flatMap((kind) => [
  [`resource.customizations.health.${GROUP}_${kind}`, lua("health")],
  [`resource.customizations.actions.${GROUP}_${kind}`, actions(kind)],
]);
const HOW = `#
# Merge it into the argocd-cm of your Argo CD:
#   kubectl -n argocd patch configmap argocd-cm --type merge --patch-file deploy/argocd/argocd-cm.yaml
# or, where Argo CD comes from its Helm chart, put the keys of data under configs.cm.
`;
const map = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "argocd-cm", labels: { "app.kubernetes.io/part-of": "argocd" } },
  data: Object.fromEntries(data),
};
write("argocd-cm.yaml", HOW + yaml(map));
