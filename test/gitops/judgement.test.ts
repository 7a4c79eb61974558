/** The real Argo CD judges our Lua on objects that the operator really makes, as it judges what is contributed to it. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { toolPath } from "../../scripts/tools/obtain.mjs";
import { KINDS } from "../../src/api/names.ts";
import { ROOT, runTool } from "../deploy/tools.ts";
import type { CommandResult } from "../support/control-plane.ts";

const FOLDER = join(ROOT, "deploy/argocd/resource_customizations/emergency.twilio-operator.io");

interface HealthTest {
  readonly healthStatus: { readonly status: string; readonly message: string };
  readonly inputPath: string;
}
interface ActionTests {
  readonly discoveryTests: readonly {
    readonly inputPath: string;
    readonly result: readonly { readonly name: string; readonly disabled: boolean }[];
  }[];
  readonly actionTests: readonly {
    readonly action: string;
    readonly inputPath: string;
    readonly expectedOutputPath: string;
  }[];
}

const read = <T>(path: string): T => parse(readFileSync(path, "utf8")) as T;

/** `argocd admin settings resource-overrides …` with the ConfigMap that users get. */
function argo(command: string, file: string, ...more: readonly string[]): Promise<CommandResult> {
  return runTool(
    toolPath("argocd"),
    [
      ...["admin", "settings", "resource-overrides", command, file, ...more],
      ...["--argocd-cm-path", join(ROOT, "deploy/argocd/argocd-cm.yaml")],
    ],
    { KUBECONFIG: "/nowhere" },
  );
}

/** The lines that an action took away and put in. */
function changed(output: string): { readonly removed: string[]; readonly added: string[] } {
  const of = (mark: string) =>
    output
      .split("\n")
      .filter((line) => line.startsWith(`${mark} `))
      .map((line) => line.slice(2).trim())
      .toSorted();
  return { removed: of("<"), added: of(">") };
}

function difference(from: string, to: string): { readonly removed: string[]; readonly added: string[] } {
  const lines = (path: string) =>
    stringify(read(path), { lineWidth: 0, sortMapEntries: true })
      .split("\n")
      .map((line) => line.trim());
  const [before, after] = [lines(from), lines(to)];
  return {
    removed: before.filter((line) => !after.includes(line)).toSorted(),
    added: after.filter((line) => !before.includes(line)).toSorted(),
  };
}

describe.each(KINDS)("%s", (kind) => {
  const own = join(FOLDER, kind);
  const { tests } = read<{ readonly tests: readonly HealthTest[] }>(join(own, "health_test.yaml"));
  const { discoveryTests, actionTests } = read<ActionTests>(join(own, "actions/action_test.yaml"));

  it("has a test for each of its objects", () => {
    const files = readdirSync(join(own, "testdata")).map((file) => `testdata/${file}`);
    expect(tests.map(({ inputPath }) => inputPath).toSorted()).toEqual(files.toSorted());
    expect(tests.length).toBeGreaterThanOrEqual(4);
  });

  it.each(tests)("is $healthStatus.status: $inputPath", async ({ healthStatus, inputPath }) => {
    const { code, stdout, stderr } = await argo("health", join(own, inputPath));
    expect(code, stderr).toBe(0);
    expect(stdout.trim()).toBe(`STATUS: ${healthStatus.status}\nMESSAGE: ${healthStatus.message}`);
  });

  it.each(discoveryTests)("offers its actions: $inputPath", async ({ inputPath, result }) => {
    const { stdout, stderr } = await argo("list-actions", join(own, "actions", inputPath));
    const [, ...lines] = stdout.trim().split("\n");
    const offered = lines.map((line) => line.trim().replaceAll(/\s+/g, " "));
    const wanted = result.map(({ name, disabled }) => `${name} ${String(disabled)}`);
    expect(offered.toSorted(), stderr).toEqual(wanted.toSorted());
  });

  it.each(actionTests)("$action changes what it says and nothing else", async (test) => {
    const input = join(own, "actions", test.inputPath);
    const { stdout, stderr } = await argo("run-action", input, test.action);
    const output = join(own, "actions", test.expectedOutputPath);
    expect(changed(stdout), stderr).toEqual(difference(input, output));
  });

  it("reconcile writes the time into the annotation", async () => {
    const input = join(own, tests[0]?.inputPath ?? "");
    const { stdout, stderr } = await argo("run-action", input, "reconcile");
    const { removed, added } = changed(stdout);
    expect(removed, stderr).toEqual([]);
    const times = added.filter((line) =>
      /^emergency\.twilio-operator\.io\/requested-at: "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"$/.test(line),
    );
    expect(times, stdout).toHaveLength(1);
  });
});

describe("approve", () => {
  it("is an error where nothing waits", async () => {
    const input = join(FOLDER, "PhoneNumberBinding/testdata/healthy-registered.yaml");
    const { code, stderr } = await argo("run-action", input, "approve");
    expect(code).not.toBe(0);
    expect(stderr).toContain("nothing of desk waits for approval");
  });
});
