import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const VERSION = "v1.36.3";

/** Users of the token file: one may do everything, one nothing at all. */
export const ADMIN_TOKEN = "admin-token";
export const STRANGER_TOKEN = "stranger-token";

/**
 * One etcd and one kube-apiserver that a test may kill and start again on the same port. Tests that need no more than an
 * API server that stays up use the control plane of test/support.
 */
export class ApiServer {
  readonly dir: string;
  readonly url: string;
  readonly #etcdPort: number;
  readonly #peerPort: number;
  readonly #port: number;
  #etcd: ChildProcess | undefined;
  #server: ChildProcess | undefined;

  constructor(ports: readonly [number, number, number]) {
    [this.#etcdPort, this.#peerPort, this.#port] = ports;
    this.dir = mkdtempSync(join(tmpdir(), "kube-api-"));
    this.url = `https://127.0.0.1:${this.#port}`;
  }

  /** An API server that is ready. */
  static async start(): Promise<ApiServer> {
    const server = new ApiServer([await freePort(), await freePort(), await freePort()]);
    server.#writeFiles();
    await server.startEtcd();
    await server.startServer();
    return server;
  }

  async startEtcd(): Promise<void> {
    const client = `http://127.0.0.1:${this.#etcdPort}`;
    const peer = `http://127.0.0.1:${this.#peerPort}`;
    this.#etcd = this.#spawn("etcd", [
      `--data-dir=${join(this.dir, "etcd")}`,
      "--unsafe-no-fsync",
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=default=${peer}`,
    ]);
    await until(async () => (await fetch(`${client}/health`)).ok, "etcd");
  }

  async startServer(flags: readonly string[] = []): Promise<void> {
    this.#server = this.#spawn("kube-apiserver", [
      `--etcd-servers=http://127.0.0.1:${this.#etcdPort}`,
      `--cert-dir=${this.dir}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${this.#port}`,
      "--authorization-mode=RBAC",
      `--token-auth-file=${join(this.dir, "tokens.csv")}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${join(this.dir, "sa.key")}`,
      `--service-account-signing-key-file=${join(this.dir, "sa.key")}`,
      "--service-cluster-ip-range=10.0.0.0/24",
      "--disable-admission-plugins=ServiceAccount",
      ...flags,
    ]);
    await until(async () => (await this.#get("/readyz")) === 200, "kube-apiserver");
  }

  /** SIGKILL: connections are cut, nothing is said. */
  async killServer(): Promise<void> {
    await kill(this.#server);
    this.#server = undefined;
  }

  async stop(): Promise<void> {
    await kill(this.#server);
    await kill(this.#etcd);
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Stops the process for a while, as a hung machine would: connections stay open and say nothing. */
  freeze(): void {
    this.#server?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#server?.kill("SIGCONT");
  }

  /** Writes a kubeconfig for this token and returns its path. */
  kubeconfig(token: string = ADMIN_TOKEN, server: string = this.url): string {
    const file = join(this.dir, `kubeconfig-${token.replaceAll(/[^a-z]/g, "")}-${new URL(server).port}.yaml`);
    const ca = readFileSync(join(this.dir, "apiserver.crt")).toString("base64");
    writeFileSync(
      file,
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "test", cluster: { server, "certificate-authority-data": ca } }],
        users: [{ name: "test", user: { token } }],
        contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
        "current-context": "test",
      }),
    );
    return file;
  }

  /** Forgets every resourceVersion before now, as etcd's compaction does every five minutes. */
  async compact(): Promise<void> {
    const base = `http://127.0.0.1:${this.#etcdPort}/v3/kv`;
    const post = (path: string, body: object) =>
      fetch(`${base}/${path}`, { method: "POST", body: JSON.stringify(body) });
    const range = (await (await post("range", { key: Buffer.from("/").toString("base64") })).json()) as {
      header: { revision: string };
    };
    await post("compaction", { revision: range.header.revision, physical: true });
  }

  #writeFiles(): void {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(join(this.dir, "sa.key"), privateKey.export({ type: "pkcs1", format: "pem" }));
    const tokens = [`${ADMIN_TOKEN},admin,1,"system:masters"`, `${STRANGER_TOKEN},stranger,2`];
    writeFileSync(join(this.dir, "tokens.csv"), `${tokens.join("\n")}\n`);
  }

  #spawn(name: string, flags: readonly string[]): ChildProcess {
    const log = openSync(join(this.dir, `${name}.log`), "a");
    return spawn(join(binaries(), name), flags, { stdio: ["ignore", log, log], cwd: this.dir });
  }

  async #get(path: string): Promise<number> {
    const { Agent, request } = await import("undici");
    const agent = new Agent({ connect: { rejectUnauthorized: false } });
    try {
      const reply = await request(`${this.url}${path}`, {
        dispatcher: agent,
        headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      });
      await reply.body.dump();
      return reply.statusCode;
    } finally {
      await agent.destroy();
    }
  }
}

function binaries(): string {
  return (
    process.env["KUBEBUILDER_ASSETS"] ??
    join(homedir(), ".cache/twilio-emergency-operator/control-plane", VERSION)
  );
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

async function until(ready: () => Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await ready().catch(() => false))) {
    if (Date.now() > end) throw new Error(`${what} is not ready after 60 s`);
    await sleep(100);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
