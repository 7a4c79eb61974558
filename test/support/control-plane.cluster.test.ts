import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { sharedControlPlane } from "./shared-control-plane.ts";

const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("it did not come to pass within 5 s");
};

describe("a control plane", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane();
  });
  afterAll(() => plane.stop());

  it("is the Kubernetes that is promised", async () => {
    const { stdout } = await plane.kubectl(["version", "--output=json"]);
    const { clientVersion, serverVersion } = JSON.parse(stdout) as Record<string, { gitVersion: string }>;
    // scripts/control-plane/oldest.mjs promises another.
    const promised = process.env["TEST_KUBERNETES"] ?? "v1.36.3";
    expect([clientVersion?.gitVersion, serverVersion?.gitVersion]).toEqual([promised, promised]);
  });

  it("says what kubectl complained of", async () => {
    const result = await plane.kubectl(["get", "nonsense"]);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("nonsense");
  });

  it("lets a service account do what RBAC gives it and no more", async () => {
    await plane.kubectl(["create", "serviceaccount", "reader"]);
    await plane.kubectl(["create", "role", "reader", "--verb=get,list", "--resource=configmaps"]);
    await plane.kubectl([
      "create",
      "rolebinding",
      "reader",
      "--role=reader",
      "--serviceaccount=default:reader",
    ]);
    const path = await plane.serviceAccountKubeconfig("default", "reader");
    const asReader = async (resource: string) =>
      (await plane.kubectl(["--kubeconfig", path, "get", resource])).code;
    await until(async () => (await asReader("configmaps")) === 0);
    expect(await asReader("secrets")).toBe(1);
  });

  it("has no token for a service account that is not there", async () => {
    await expect(plane.serviceAccountKubeconfig("default", "nobody")).rejects.toThrow("default/nobody");
  });

  it("comes back on the same port with the same objects when its API server was killed", async () => {
    await plane.kubectl(["create", "configmap", "kept", "--from-literal=a=b"]);
    await plane.stopApiServer();
    await expect(plane.send("GET", "/readyz")).rejects.toThrow("ECONNREFUSED");
    await plane.startApiServer();
    expect((await plane.send("GET", "/api/v1/namespaces/default/configmaps/kept")).status).toBe(200);
  });

  it("says why it did not start", async () => {
    await expect(startControlPlane({ apiServerFlags: ["--no-such-flag"] })).rejects.toThrow("no-such-flag");
  });
});

describe("a control plane whose process is killed", () => {
  const start = async (): Promise<{ owner: ChildProcess; dir: string; url: string; etcdUrl: string }> => {
    const script = `
      const { startControlPlane } = await import(${JSON.stringify(join(import.meta.dirname, "control-plane.ts"))});
      const { dir, url, etcdUrl } = await startControlPlane();
      console.log(JSON.stringify({ dir, url, etcdUrl }));
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(createInterface({ input: owner.stdout }), "line")) as [string];
    return { owner, ...(JSON.parse(line) as { dir: string; url: string; etcdUrl: string }) };
  };

  it.each(["SIGKILL", "SIGTERM"] as const)("leaves neither a process nor a file: %s", async (signal) => {
    const { owner, dir, url, etcdUrl } = await start();
    expect(existsSync(dir)).toBe(true);
    owner.kill(signal);
    await until(() => !existsSync(dir));
    for (const gone of [url, etcdUrl]) await until(async () => !(await listens(gone)));
  });
});

async function listens(url: string): Promise<boolean> {
  const { connect } = await import("node:net");
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  return new Promise((resolve) => {
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

describe("the control plane that suites share", () => {
  it("is ready", async () => {
    expect((await sharedControlPlane().send("GET", "/readyz")).status).toBe(200);
  });
});
