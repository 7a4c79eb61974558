/**
 * A real etcd and kube-apiserver on 127.0.0.1, ready in about three seconds. There are no controllers: nothing collects
 * garbage, a deleted namespace stays Terminating, no pod ever runs. Tests therefore keep apart by namespace.
 */
import type { ChildProcess } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REQUIRED, cures, locate } from "../../scripts/control-plane/locate.mjs";
import { type ControlPlaneAccess, accessTo, send, writeKubeconfig } from "./control-plane/access.ts";
import { Children, isRunning, untilReady } from "./control-plane/children.ts";
import { freePort } from "./control-plane/ports.ts";

export type { CommandResult, ControlPlaneAccess, ControlPlaneAddress } from "./control-plane/access.ts";

export interface ControlPlaneOptions {
  /** Where keys, data and logs go. Kept at stop(), and a later start there finds the same objects. Default: a temporary folder. */
  readonly dir?: string;
  /** Port of the API server. Default: a free one. */
  readonly port?: number;
  /** Further flags of kube-apiserver, e.g. `--audit-log-path=…`. */
  readonly apiServerFlags?: readonly string[];
}

export interface ControlPlane extends ControlPlaneAccess {
  /** http://127.0.0.1:PORT of etcd, e.g. to compact it. */
  readonly etcdUrl: string;
  /** Ends the API server; SIGKILL unless told otherwise, so that its connections are cut without a word. */
  stopApiServer(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again, same port, same data, and waits until it is ready. */
  startApiServer(): Promise<void>;
  /** Sends a signal and does not wait: SIGSTOP and SIGCONT make a server that hangs and comes back. */
  signalApiServer(signal: NodeJS.Signals): void;
  /** Ends both processes and removes the temporary folder. */
  stop(): Promise<void>;
}

interface Layout {
  readonly dir: string;
  readonly temporary: boolean;
  readonly assets: string;
  readonly etcdPort: number;
  readonly peerPort: number;
  readonly port: number;
  readonly flags: readonly string[];
}

const READY_MS = 60_000;
const START_ATTEMPTS = 3;

/**
 * Starts a control plane. It ends with this process at the latest, even when that is killed.
 *
 * @throws {Error} with the ways to mend it when the programs are not there; with the end of the log when one does not start
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const assets = locate()?.path;
  if (assets === undefined) throw new Error(cures("run `node scripts/prepare.mjs` first.", REQUIRED));
  for (let attempt = 1; ; attempt += 1) {
    const layout = await layOut(assets, options);
    const children = new Children(layout.temporary ? layout.dir : undefined);
    try {
      return await run(layout, children);
    } catch (error) {
      await children.endAll();
      // Somebody may have taken the port between our look and the start.
      if (attempt === START_ATTEMPTS || !String(error).includes("address already in use")) throw error;
    }
  }
}

async function layOut(assets: string, options: ControlPlaneOptions): Promise<Layout> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), "control-plane-"));
  mkdirSync(dir, { recursive: true });
  return {
    dir,
    temporary: options.dir === undefined,
    assets,
    etcdPort: await freePort(),
    peerPort: await freePort(),
    port: options.port ?? (await freePort()),
    flags: options.apiServerFlags ?? [],
  };
}

async function run(layout: Layout, children: Children): Promise<ControlPlane> {
  const adminToken = writeKeys(layout.dir);
  await startEtcd(layout, children);
  let server = await startServer(layout, children, adminToken);
  const url = `https://127.0.0.1:${layout.port}`;
  const { dir } = layout;
  const caData = readFileSync(join(dir, "apiserver.crt"), "utf8");
  const kubeconfigPath = writeKubeconfig({ dir, url, caData }, { name: "admin", token: adminToken });
  const kubectlPath = join(layout.assets, "kubectl");
  return {
    ...accessTo({ dir, url, caData, adminToken, kubeconfigPath, kubectlPath }),
    etcdUrl: `http://127.0.0.1:${layout.etcdPort}`,
    stopApiServer: (signal = "SIGKILL") => children.end(server, signal),
    async startApiServer() {
      if (!isRunning(server)) server = await startServer(layout, children, adminToken);
    },
    signalApiServer: (signal) => void server.kill(signal),
    stop: () => children.endAll(),
  };
}

/** Writes the key of service account tokens and the administrator's token unless they are there; returns the token. */
function writeKeys(dir: string): string {
  const key = join(dir, "service-account.key");
  if (!existsSync(key)) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(key, privateKey.export({ type: "sec1", format: "pem" }), { mode: 0o600 });
  }
  const tokens = join(dir, "tokens.csv");
  if (!existsSync(tokens)) {
    const token = randomBytes(16).toString("hex");
    writeFileSync(tokens, `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  }
  return readFileSync(tokens, "utf8").split(",")[0] ?? "";
}

async function startEtcd(layout: Layout, children: Children): Promise<void> {
  const client = `http://127.0.0.1:${layout.etcdPort}`;
  const peer = `http://127.0.0.1:${layout.peerPort}`;
  const log = join(layout.dir, "etcd.log");
  const flags = [
    `--data-dir=${join(layout.dir, "etcd")}`,
    "--unsafe-no-fsync",
    "--log-level=warn",
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ];
  const etcd = children.start(join(layout.assets, "etcd"), flags, log);
  const ready = async () => (await fetch(`${client}/health`)).ok;
  await untilReady(etcd, log, { timeoutMs: READY_MS, ready });
}

async function startServer(layout: Layout, children: Children, adminToken: string): Promise<ChildProcess> {
  const log = join(layout.dir, "kube-apiserver.log");
  const server = children.start(join(layout.assets, "kube-apiserver"), serverFlags(layout), log);
  const url = `https://127.0.0.1:${layout.port}`;
  const ready = async () => {
    const caData = readFileSync(join(layout.dir, "apiserver.crt"), "utf8");
    const get = async (path: string) =>
      (await send({ url, caData, adminToken }, { method: "GET", path })).status === 200;
    // kube-system is made a moment after the server calls itself ready, and its uid is an identity to many programs.
    return (
      (await get("/readyz")) &&
      (await get("/api/v1/namespaces/kube-system")) &&
      (await get("/api/v1/namespaces/default"))
    );
  };
  await untilReady(server, log, { timeoutMs: READY_MS, ready });
  return server;
}

function serverFlags(layout: Layout): readonly string[] {
  const key = join(layout.dir, "service-account.key");
  return [
    `--etcd-servers=http://127.0.0.1:${layout.etcdPort}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    // An endpoint may not be a loopback address: the reconciler would complain for ever.
    "--endpoint-reconciler-type=none",
    `--secure-port=${layout.port}`,
    // A certificate authority of its own making, in apiserver.crt behind the certificate.
    `--cert-dir=${layout.dir}`,
    `--token-auth-file=${join(layout.dir, "tokens.csv")}`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    // It wants a default service account in every namespace, and no controller makes one here.
    "--disable-admission-plugins=ServiceAccount",
    ...layout.flags,
  ];
}
