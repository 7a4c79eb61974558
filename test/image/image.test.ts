/** The image as a node of a cluster would run it: not as root, the file system read-only, no shell. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { once } from "node:events";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../deploy/tools.ts";
import { eventually } from "../stories/eventually.ts";
import { Stage } from "../stories/stage.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { operatorAccount } from "../support/operator-account.ts";
import { NODE_IMAGE, RUNTIME_IMAGE, makeBaseImages } from "./base-images.ts";
import { buildah, checkBuildah } from "./buildah.ts";

const IMAGE = "localhost/twilio-emergency-test/operator:local";
const MEGABYTE = 1_000_000;

interface Config {
  readonly User: string;
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
}

let plane: ControlPlane;
let container = "";
let root = "";

beforeAll(async () => {
  checkBuildah();
  makeBaseImages();
  const npmrc = join(homedir(), ".npmrc");
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  buildah(
    ...["build", "--isolation", "chroot", "--pull-never", "--quiet", "--tag", IMAGE],
    ...["--build-arg", `NODE_IMAGE=${NODE_IMAGE}`, "--build-arg", `RUNTIME_IMAGE=${RUNTIME_IMAGE}`],
    ...["--build-arg", `VERSION=${version}`, "--build-arg", "REVISION=0123abc"],
    ...(existsSync(npmrc) ? ["--volume", `${npmrc}:/usr/local/etc/npmrc:ro`] : []),
    ROOT,
  );
  container = buildah("from", "--pull-never", IMAGE).trim();
  root = buildah("mount", container).trim();
  plane = await startControlPlane();
}, 300_000);
afterAll(async () => {
  await plane?.stop();
  if (container !== "") buildah("rm", container);
});

const config = (): Config =>
  (JSON.parse(buildah("inspect", "--type", "image", IMAGE)) as { OCIv1: { config: Config } }).OCIv1.config;

/** The image's own command line in its own root, which nobody can write to, as its own user. */
function run(args: readonly string[], folders: Readonly<Record<string, string>> = {}): ChildProcess {
  const { User, Entrypoint } = config();
  const binds = Object.entries(folders).map(
    ([from, to]) => `mkdir -p "$root${to}" 2>/dev/null; mount --bind -o ro "${from}" "$root${to}"`,
  );
  const script = [
    `root="$1"; shift`,
    `mount --bind "$root" "$root"`,
    ...binds,
    `mount -o remount,ro,bind "$root"`,
    `exec chroot --userspec=${User} "$root" "$@"`,
  ].join("\n");
  const command = ["--mount", "--propagation", "private", "sh", "-euc", script, "sh", root];
  return spawn("unshare", [...command, ...Entrypoint, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

async function output(child: ChildProcess): Promise<{ readonly code: number | null; readonly text: string }> {
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, text };
}

describe("the image", () => {
  it("runs the program as a user who is nobody, and says what it is", () => {
    const { User, Entrypoint, Cmd, Labels } = config();
    expect(User).toBe("65532:65532");
    expect(Entrypoint).toEqual(["/usr/local/bin/node", "/app/twilio-emergency.mjs"]);
    expect(Cmd).toEqual(["run"]);
    expect(Labels["org.opencontainers.image.title"]).toBe("twilio-emergency-operator");
    expect(Labels["org.opencontainers.image.licenses"]).toBe("Apache-2.0");
    expect(Labels["org.opencontainers.image.version"]).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Labels["org.opencontainers.image.revision"]).toBe("0123abc");
  });

  it("has Node, one file and its licences on top of its base, and is under 200 MB", () => {
    const files = globSync("**/*", { cwd: root }).filter((file) => statSync(join(root, file)).isFile());
    const app = files.filter((file) => file.startsWith("app/")).toSorted();
    expect(app).toEqual(["app/LICENSE", "app/THIRD-PARTY-LICENSES.txt", "app/twilio-emergency.mjs"]);
    const forbidden = /(^|\/)(sh|bash|dash|busybox|npm|npx|node_modules|apt|dpkg)(\/|$)/;
    expect(files.filter((file) => forbidden.test(file))).toEqual([]);
    const size = files.reduce((sum, file) => sum + statSync(join(root, file)).size, 0);
    process.stderr.write(`the image is ${Math.round(size / MEGABYTE)} MB\n`);
    expect(size).toBeLessThan(200 * MEGABYTE);
  });

  it("holds the same program as a build outside of it", () => {
    const folder = mkdtempSync(join(tmpdir(), "bundle-"));
    try {
      const file = join(folder, "twilio-emergency.mjs");
      execFileSync("npx", ["rolldown", "-c", "--file", file, "--logLevel", "silent"], { cwd: ROOT });
      const ours = readFileSync(join(root, "app/twilio-emergency.mjs"));
      expect(readFileSync(file).equals(ours)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says its version and its errors without a file system to write to", async () => {
    expect(await output(run(["--version"]))).toEqual({ code: 0, text: "0.1.0\n" });
    const failed = await output(run(["run", "--kubeconfig", "/nothing"]));
    expect(failed.code).toBe(1);
    expect(failed.text).toContain("does not exist");
  });

  it("registers a number, and ends cleanly when it is told to", async () => {
    const namespace = "image";
    // The stage's own operator gets a namespace without objects.
    const stage = await new Stage(namespace, { plane, flags: ["--namespace", "elsewhere"] }).open();
    await stage.operator.end("SIGKILL");
    const secrets = ["s1"];
    const kubeconfig = await operatorAccount(plane, namespace, { secrets, manifests: "base" });
    const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
    mkdirSync(join(root, "kube"), { recursive: true });
    execFileSync("install", ["-m", "0444", kubeconfig, join(folder, "config")]);
    execFileSync("chmod", ["0755", folder]);
    const child = run(
      [
        ...["run", "--kubeconfig", "/kube/config", "--namespace", namespace, "--leader-elect", "false"],
        ...["--twilio-base-url", stage.control.url, "--sweep-interval", "1s"],
        ...["--pending-poll-interval", "100ms"],
        ...["--health-addr", "127.0.0.1:0", "--metrics-addr", "127.0.0.1:0"],
      ],
      { [folder]: "/kube" },
    );
    const ended = output(child);
    try {
      const site = await stage.site();
      await site.address();
      await site.binding();
      await site.reason("binding", "desk", "Registered", 30_000);
      const user = await eventually(
        async () => /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1],
      );
      expect(user).toBe("65532");
      await site.check();
    } finally {
      child.kill("SIGTERM");
      const { code, text } = await ended;
      await stage.close();
      rmSync(folder, { recursive: true });
      expect(code, text).toBe(0);
    }
  });
});
