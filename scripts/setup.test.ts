import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { REQUIRED, cacheFolder, locate, missing, places } from "./control-plane/locate.mjs";
import { withLock } from "./control-plane/lock.mjs";
import { firstDifference, whyInstall } from "./installed.mjs";
import { wrongNode } from "./node-version.mjs";
import { tally } from "./tally.mjs";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "setup-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function program(folder: string, name: string, script = "#!/bin/sh\n"): void {
  mkdirSync(join(dir, folder), { recursive: true });
  writeFileSync(join(dir, folder, name), script);
  chmodSync(join(dir, folder, name), 0o755);
}

describe("the search for a control plane", () => {
  it("asks KUBEBUILDER_ASSETS, kubebuilder's folder and the cache, in this order", () => {
    const env = { KUBEBUILDER_ASSETS: "/assets", XDG_CACHE_HOME: "/cache" };
    expect(places(env).map(({ path }) => path)).toEqual([
      "/assets",
      "/usr/local/kubebuilder/bin",
      "/cache/twilio-emergency-operator/control-plane/v1.36.3",
    ]);
    expect(places({}).length).toBe(2);
  });

  it("takes the first place that has everything", () => {
    for (const name of REQUIRED) program("full", name);
    for (const name of REQUIRED) program("later", name);
    program("half", "etcd");
    const from = ["none", "half", "full", "later"].map((name) => ({ name, path: join(dir, name) }));
    expect(locate(REQUIRED, from)?.name).toBe("full");
    expect(locate([...REQUIRED, "kube-controller-manager"], from)).toBe(undefined);
    expect(missing(join(dir, "half"), REQUIRED)).toEqual(["kube-apiserver", "kubectl"]);
  });

  it("does not take a file that cannot be run for a program", () => {
    for (const name of REQUIRED) program("full", name);
    chmodSync(join(dir, "full", "etcd"), 0o644);
    expect(missing(join(dir, "full"), REQUIRED)).toEqual(["etcd"]);
  });
});

/** A stand-in for Go: tells its version, and "builds" by writing its arguments to the output, slowly. */
const GO = `#!/bin/sh
if [ "$1" = env ]; then echo "\${FAKE_GO_VERSION:-go1.26.8}"; exit 0; fi
echo built >> "$FAKE_GO_LOG"
while [ $# -gt 1 ]; do [ "$1" = -o ] && out="$2"; shift; done
echo "go: downloading k8s.io/x v1" >&2; echo "k8s.io/x/y" >&2
[ -z "$FAKE_GO_ERROR" ] || { echo half > "$out"; echo "$FAKE_GO_ERROR" >&2; exit 1; }
sleep 0.3; echo "$1" > "$out"; chmod +x "$out"
`;

describe("obtaining a control plane", () => {
  const obtain = async (extra: Record<string, string> = {}, path = join(dir, "bin")) => {
    const env = {
      PATH: `${path}:/usr/bin:/bin`,
      XDG_CACHE_HOME: join(dir, "cache"),
      FAKE_GO_LOG: join(dir, "log"),
      ...extra,
    };
    const script = join(import.meta.dirname, "control-plane/obtain.mjs");
    const child = spawn(process.execPath, [script], { env, stdio: ["ignore", "pipe", "pipe"] });
    const ended = once(child, "close") as Promise<[number]>;
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { stdout: stdout.trim(), stderr, code };
  };
  const cache = () => cacheFolder({ XDG_CACHE_HOME: join(dir, "cache") });
  const built = () => readFileSync(join(dir, "log"), "utf8").split("\n").length - 1;

  it("builds what is nowhere, says so, and finds it the next time", async () => {
    program("bin", "go", GO);
    const first = await obtain();
    expect(first).toMatchObject({ code: 0, stdout: cache() });
    expect(first.stderr).toMatch(
      /lacks etcd[^]*Building kube-apiserver …[^]*Building kube-apiserver: done in/,
    );
    expect(readdirSync(cache()).toSorted()).toEqual([...REQUIRED].toSorted());
    expect(readFileSync(join(cache(), "kubectl"), "utf8").trim()).toBe("k8s.io/kubernetes/cmd/kubectl");
    const second = await obtain();
    expect(second.stderr.trim()).toBe(`Control plane: v1.36.3 from ${cache()}`);
    expect(built()).toBe(3);
  });

  it("builds only what the cache lacks", async () => {
    program("bin", "go", GO);
    await obtain();
    rmSync(join(cache(), "kubectl"));
    await obtain();
    expect(built()).toBe(4);
  });

  it("builds once when two processes want it at the same time", async () => {
    program("bin", "go", GO);
    const both = await Promise.all([obtain(), obtain()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(built()).toBe(3);
    expect(both.map(({ stderr }) => stderr).join("\n")).toContain("Another process is building");
  });

  it("leaves no half program when the build fails, and says why and what to do", async () => {
    program("bin", "go", GO);
    const { code, stderr } = await obtain({ FAKE_GO_ERROR: "y.go:1: no such thing" });
    expect(code).toBe(1);
    expect(stderr).toContain("y.go:1: no such thing");
    for (const way of ["1. install Go", "2. set KUBEBUILDER_ASSETS", `3. copy`])
      expect(stderr).toContain(way);
    expect(readdirSync(cache())).toEqual([]);
  });

  it("names the ways out when there is no Go, or one too old", async () => {
    const without = await obtain({}, join(dir, "empty"));
    expect(without.code).toBe(1);
    expect(without.stderr).toMatch(
      /there is no Go[^]*1\. install Go[^]*2\. set KUBEBUILDER_ASSETS[^]*3\. copy/,
    );
    program("bin", "go", GO);
    const old = await obtain({ FAKE_GO_VERSION: "go1.19.2" });
    expect(old.stderr).toContain("go1.19.2 is too old");
  });
});

describe("the lock between builds", () => {
  it("lets one in at a time", async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
    };
    const times = { beatMs: 10, staleMs: 5_000 };
    await Promise.all([1, 2, 3].map(() => withLock(join(dir, "lock"), work, times)));
    expect(most).toBe(1);
    expect(existsSync(join(dir, "lock"))).toBe(false);
  });

  it("is taken over from a process that was killed", async () => {
    mkdirSync(join(dir, "lock"));
    await expect(withLock(join(dir, "lock"), async () => "in", { beatMs: 10, staleMs: 50 })).resolves.toBe(
      "in",
    );
  });

  it("is given back when the work fails", async () => {
    const work = () => Promise.reject(new Error("no"));
    await expect(withLock(join(dir, "lock"), work)).rejects.toThrow("no");
    expect(existsSync(join(dir, "lock"))).toBe(false);
  });
});

describe("the look at node_modules", () => {
  const a = { version: "1.0.0", integrity: "x" };

  it.each([
    ["nothing", { "": {}, "node_modules/a": a }, { "node_modules/a": a }, undefined],
    [
      "a new version",
      { "node_modules/a": { ...a, version: "2.0.0" } },
      { "node_modules/a": a },
      "has changed",
    ],
    [
      "other contents",
      { "node_modules/a": { ...a, integrity: "y" } },
      { "node_modules/a": a },
      "has changed",
    ],
    ["one that is missing", { "node_modules/a": a }, {}, "is missing"],
    ["one for another system", { "node_modules/a": { ...a, optional: true } }, {}, undefined],
    ["one too many", {}, { "node_modules/a": a }, "no longer"],
  ])("tells %s", (_, locked, present, said) => {
    const difference = firstDifference(locked, present);
    expect(said === undefined ? difference : difference?.includes(said)).toBe(
      said === undefined ? undefined : true,
    );
  });

  it("wants an installation where there is none, and none here", () => {
    writeFileSync(join(dir, "package-lock.json"), JSON.stringify({ packages: {} }));
    expect(whyInstall(dir)).toContain("not there");
    expect(whyInstall(join(import.meta.dirname, ".."))).toBe(undefined);
  });
});

describe("small print", () => {
  it("another major version of Node is complained of", () => {
    expect(wrongNode("v26.10.0")).toBe(undefined);
    for (const other of ["v20.20.2", "v25.9.0", "v27.0.0"]) expect(wrongNode(other)).toContain(other);
  });

  it("a test file that cannot be loaded counts as failed", () => {
    const files = [
      { status: "failed", assertionResults: [] },
      { status: "failed", assertionResults: [{}] },
    ];
    expect(tally({ numPassedTests: 3, numFailedTests: 1, testResults: files })).toEqual({
      passed: 3,
      failed: 2,
    });
  });
});
