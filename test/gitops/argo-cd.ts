/** The real Argo CD beside a control plane: application-controller and repo-server with a redis, and a git repository. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { moduleFolder, toolPath } from "../../scripts/tools/obtain.mjs";
import { ROOT } from "../deploy/tools.ts";
import { eventually } from "../stories/eventually.ts";
import type { ControlPlane } from "../support/control-plane.ts";
import { Children, untilReady } from "../support/control-plane/children.ts";
import { freePort } from "../support/control-plane/ports.ts";

export const ARGO_NAMESPACE = "argocd";

/** The folder of the release that the tests run, with its CRDs. */
export function argoRelease(): string {
  return moduleFolder("argocd", "github.com/argoproj/argo-cd/v3");
}

export interface ArgoCD {
  /** A new one for each name: every commit is a new revision for all who read the repository. */
  repository(name: string): Repository;
  stop(): Promise<void>;
}

/** A git repository that Argo CD reads. */
export class Repository {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#git("init", "--quiet", "--initial-branch", "main");
  }

  get url(): string {
    return `file://${this.#folder}`;
  }

  /** Commits a folder as it is. */
  add({ from, to }: { readonly from: string; readonly to: string }): void {
    cpSync(from, join(this.#folder, to), { recursive: true });
    this.commit({});
  }

  /** Writes these files, removes those whose text is undefined, and commits; returns the revision. */
  commit(files: Readonly<Record<string, string | undefined>>): string {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.#folder, path);
      mkdirSync(dirname(file), { recursive: true });
      if (text === undefined) rmSync(file);
      else writeFileSync(file, text);
    }
    this.#git("add", "--all");
    this.#git(
      "-c",
      "user.name=test",
      "-c",
      "user.email=test@example.org",
      "commit",
      "--quiet",
      "-m",
      "change",
    );
    return this.#git("rev-parse", "HEAD").trim();
  }

  #git(...args: readonly string[]): string {
    return execFileSync("git", ["-C", this.#folder, ...args], { encoding: "utf8" });
  }
}

/** Installs Argo CD's CRDs and settings, with ours merged in as the guide says unless told otherwise, and starts it. */
export async function startArgoCD(plane: ControlPlane, { customized = true } = {}): Promise<ArgoCD> {
  await install(plane, customized);
  const dir = mkdtempSync(join(tmpdir(), "argo-cd-"));
  const children = new Children(dir);
  const env = environment(plane, dir);
  for (const name of [
    "argocd-repo-server",
    "argocd-application-controller",
    "argocd-applicationset-controller",
  ])
    symlinkSync(toolPath("argocd"), join(dir, name));
  const redis = await freePort();
  const repoServer = await freePort();
  const start = async (what: Start): Promise<void> => {
    const log = join(plane.dir, `${what.program.split("/").at(-1)}.log`);
    const command = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const child = children.start("env", [...command, what.program, ...what.args], log);
    await untilReady(child, log, { timeoutMs: 60_000, ready: () => isOpen(what.port) });
  };
  await start({
    program: "redis-server",
    args: ["--port", `${redis}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", dir],
    port: redis,
  });
  const metrics = await freePort();
  await start({
    program: join(dir, "argocd-repo-server"),
    args: [
      ...["--address", "127.0.0.1", "--port", `${repoServer}`, "--redis", `127.0.0.1:${redis}`],
      ...["--metrics-address", "127.0.0.1", "--metrics-port", `${metrics}`, "--disable-tls"],
    ],
    port: repoServer,
  });
  const controller = await freePort();
  await start({
    program: join(dir, "argocd-application-controller"),
    args: [
      ...["--repo-server", `127.0.0.1:${repoServer}`, "--repo-server-plaintext"],
      ...["--redis", `127.0.0.1:${redis}`, "--metrics-port", `${controller}`, "--namespace", ARGO_NAMESPACE],
      ...["--persist-resource-health", "--app-resync", "3600"],
    ],
    port: controller,
  });
  const probes = await freePort();
  await start({
    program: join(dir, "argocd-applicationset-controller"),
    args: [
      ...["--argocd-repo-server", `127.0.0.1:${repoServer}`, "--repo-server-plaintext"],
      ...["--namespace", ARGO_NAMESPACE, "--metrics-addr", `127.0.0.1:${await freePort()}`],
      ...["--probe-addr", `127.0.0.1:${probes}`, "--webhook-addr", `127.0.0.1:${await freePort()}`],
    ],
    port: probes,
  });
  return {
    repository: (name) => new Repository(join(dir, "repositories", name)),
    stop: () => children.endAll(),
  };
}

interface Start {
  readonly program: string;
  readonly args: readonly string[];
  /** Ready when something listens there. */
  readonly port: number;
}

function environment(plane: ControlPlane, dir: string): Readonly<Record<string, string>> {
  return {
    // For charts: Argo CD takes the helm that it finds.
    PATH: `${dirname(toolPath("helm"))}:${process.env["PATH"] ?? ""}`,
    HOME: dir,
    TMPDIR: dir,
    KUBECONFIG: plane.kubeconfigPath,
    ARGOCD_FAKE_IN_CLUSTER: "true",
    ARGOCD_GPG_ENABLED: "false",
    ARGOCD_CLUSTER_CACHE_RETRY_LIMIT: "3",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
  };
}

async function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

async function install(plane: ControlPlane, customized: boolean): Promise<void> {
  const must = async (args: readonly string[], input?: string): Promise<void> => {
    const done = await plane.kubectl(args, input);
    if (done.code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${done.stderr}`);
  };
  await must(["create", "namespace", ARGO_NAMESPACE]);
  await must(["apply", "--server-side", "-k", join(argoRelease(), "manifests/crds")]);
  const established = await eventually(async () => {
    // Without any condition yet it is an error to wait for one.
    const done = await plane.kubectl([
      "wait",
      "--for=condition=Established",
      "--timeout=30s",
      "crd",
      "--all",
    ]);
    return done.code === 0 ? true : undefined;
  }, 60_000);
  if (established === undefined) throw new Error("the CRDs of Argo CD are not established");
  const labels = { "app.kubernetes.io/part-of": "argocd" };
  const metadata = (name: string): object => ({ name, namespace: ARGO_NAMESPACE, labels });
  const anything = [{ group: "*", kind: "*" }];
  const settings = [
    { apiVersion: "v1", kind: "ConfigMap", metadata: metadata("argocd-cm") },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: metadata("argocd-secret"),
      stringData: { "server.secretkey": "not-a-secret" },
    },
    {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "AppProject",
      metadata: metadata("default"),
      spec: {
        sourceRepos: ["*"],
        destinations: [{ server: "*", namespace: "*" }],
        clusterResourceWhitelist: anything,
      },
    },
  ];
  await must(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: settings }));
  if (!customized) return;
  // The command of docs/guide/argo-cd.md.
  const patch = ["--type", "merge", "--patch-file", join(ROOT, "deploy/argocd/argocd-cm.yaml")];
  await must(["-n", ARGO_NAMESPACE, "patch", "configmap", "argocd-cm", ...patch]);
}
