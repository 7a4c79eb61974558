/** What machines do with a change: the workflows are sound, and a change is tried by the very command that we run. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { toolPath } from "../../scripts/tools/obtain.mjs";
import { ROOT, runTool } from "./tools.ts";

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<
    Record<string, { readonly "timeout-minutes"?: number; readonly steps: readonly Step[] }>
  >;
}

const FOLDER = join(ROOT, ".github/workflows");
const FILES = readdirSync(FOLDER);
const read = (file: string): Workflow => parse(readFileSync(join(FOLDER, file), "utf8")) as Workflow;
const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

it("actionlint finds nothing", async () => {
  const done = await runTool(toolPath("actionlint"), [
    "-no-color",
    ...FILES.map((file) => join(FOLDER, file)),
  ]);
  expect(done.stdout).toBe("");
  expect(done.code, done.stderr).toBe(0);
});

describe.each(FILES)("%s", (file) => {
  const { permissions, jobs } = read(file);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it("may read and nothing more, but where a job says why", () => {
    expect(permissions).toEqual({ contents: "read" });
  });

  it("runs .ci/run, and only scripts that there are", () => {
    const runs = steps.flatMap(({ run }) => run ?? []);
    expect(runs).toContain(".ci/run");
    const named = runs.flatMap((run) =>
      [...run.matchAll(/npm run ([\w:]+)/g)].map((match) => match[1] ?? ""),
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it("names every action by its commit, with the version it stands for", () => {
    const lines = readFileSync(join(FOLDER, file), "utf8").match(/\buses: .*/g) ?? [];
    expect(lines.length).toBeGreaterThan(3);
    expect(
      lines.filter((line) => !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
    ).toEqual([]);
  });

  it("ends by itself, and leaves no token in its checkout", () => {
    for (const job of Object.values(jobs)) expect(job["timeout-minutes"]).toBeLessThanOrEqual(45);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.map((step) => step.with?.["persist-credentials"])).toEqual(checkouts.map(() => false));
  });
});

describe("release.yaml", () => {
  const steps = read("release.yaml").jobs["publish"]?.steps ?? [];
  const step = (id: string): Step | undefined => steps.find((each) => each.id === id);

  it("gives the image the tag that the chart and kustomize ask for", async () => {
    const yaml = (file: string): unknown => parse(readFileSync(join(ROOT, "deploy", file), "utf8"));
    const { appVersion } = yaml("chart/Chart.yaml") as { readonly appVersion: string };
    const base = yaml("kustomize/base/kustomization.yaml") as {
      readonly images: readonly { readonly newTag: string }[];
    };
    const script = `GITHUB_OUTPUT="$(mktemp)"\n${step("version")?.run}\ncat "$GITHUB_OUTPUT"; rm "$GITHUB_OUTPUT"`;
    const { stdout } = await runTool("bash", ["-c", script], { TAG: `v${appVersion}` });
    const version = stdout.trim().replace("version=", "");
    const tags = String(step("image")?.with?.["tags"]).replace(
      "${{ steps.version.outputs.version }}",
      version,
    );
    expect(tags).toMatch(new RegExp(`/twilio-emergency-operator:${appVersion}$`));
    expect(base.images.map(({ newTag }) => newTag)).toEqual([appVersion]);
  });
});
