/** The package as people get it: packed, installed in an empty folder without the network, run by npx and by kubectl. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { locate } from "../../scripts/control-plane/locate.mjs";
import { VERSION } from "../../src/version.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;
let home: string;

/** With a PATH that begins so. */
function run(
  command: string,
  args: readonly string[],
  { cwd = home, path = "" } = {},
): { status: number | null; stdout: string; stderr: string } {
  const PATH = [path, process.env["PATH"]].filter(Boolean).join(delimiter);
  const { error, ...ended } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, PATH },
  });
  if (error !== undefined) throw error;
  return ended;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "twilio-emergency-package-"));
  home = join(folder, "empty");
  mkdirSync(home);
  const packed = run("npm", ["run", "--silent", "package"], { cwd: ROOT });
  if (packed.status !== 0) throw new Error(`npm run package: ${packed.stderr}`);
  const flags = ["--offline", "--no-audit", "--no-fund"];
  const tarball = join(ROOT, `dist/twilio-emergency-operator-${VERSION}.tgz`);
  const installed = run("npm", ["install", ...flags, tarball]);
  if (installed.status !== 0) throw new Error(`npm install: ${installed.stderr}`);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the packed tarball", { timeout: 60_000 }, () => {
  it("holds the one file, the CRDs and nothing else of ours, and needs no other package", () => {
    expect(readdirSync(join(home, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
      "twilio-emergency-operator",
    ]);
    const own = readdirSync(join(home, "node_modules/twilio-emergency-operator"), { recursive: true });
    expect(own.map(String).toSorted()).toEqual([
      ...["LICENSE", "README.md", "crds"],
      ...readdirSync(join(ROOT, "crds"))
        .map((name) => join("crds", name))
        .toSorted(),
      ...["dist", "dist/THIRD-PARTY-LICENSES.txt", "dist/twilio-emergency.mjs", "package.json"],
    ]);
  });

  it("runs by npx", () => {
    const { status, stdout } = run("npx", ["--no-install", "twilio-emergency", "--version"]);
    expect(stdout.trim()).toBe(VERSION);
    expect(status).toBe(0);
  });

  it("runs as the bundled single file, with manifests judged by the CRDs' schema", () => {
    const file = join(home, "node_modules/twilio-emergency-operator/dist/twilio-emergency.mjs");
    const checked = run(process.execPath, [file, "from-csv", join(ROOT, "examples/sites.csv"), "--check"]);
    expect(checked).toMatchObject({ status: 0 });
    expect(readFileSync(file, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it("is a plugin of kubectl", () => {
    const { path } = locate(["kubectl"]) ?? { path: "" };
    const places = [join(home, "node_modules/.bin"), path].join(delimiter);
    const plugin = run("kubectl", ["twilio-emergency", "plan", "--help"], { path: places });
    expect(plugin.stderr).toBe("");
    expect(plugin.stdout).toContain("Usage: twilio-emergency plan");
    const listed = run("kubectl", ["plugin", "list", "--name-only"], { path: places });
    expect(listed.stdout).toContain("kubectl-twilio_emergency");
    expect(
      run("kubectl", ["twilio-emergency", "plan", "-f", "nothing.yaml"], { path: places }),
    ).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^twilio-emergency: .*nothing\.yaml.*\n$/) as string,
    });
  });

  it.each([
    ["commands", ["pl"], /^plan\tShow .*\n:4\n$/],
    ["flags", ["plan", "--sn"], /^--snapshot\t.*\n:4\n$/],
    ["values", ["coverage", "--output", "h"], /^html\n:4\n$/],
    ["files", ["plan", "-f", ""], /^:0\n$/],
    ["arguments", ["completion", "z"], /^zsh\n:4\n$/],
  ])("completes %s below kubectl", (_, words, offered) => {
    const { path } = locate(["kubectl"]) ?? { path: "" };
    const places = [join(home, "node_modules/.bin"), path].join(delimiter);
    // What the completion scripts of kubectl call.
    const asked = run("kubectl", ["__complete", "twilio-emergency", ...words], { path: places });
    expect(asked.stdout).toMatch(offered);
  });
});
