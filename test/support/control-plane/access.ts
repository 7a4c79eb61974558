/** How a test or the demo speaks to a control plane that runs, in whichever process it was started. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** What of a control plane can be handed from one process to another. */
export interface ControlPlaneAddress {
  /** Folder for kubeconfigs and logs; gone after stop(). */
  readonly dir: string;
  /** https://127.0.0.1:PORT */
  readonly url: string;
  /** Certificate authority, PEM. */
  readonly caData: string;
  /** Bearer token of a member of system:masters. */
  readonly adminToken: string;
  /** Kubeconfig with adminToken. */
  readonly kubeconfigPath: string;
  /** Path of a kubectl of the same version. */
  readonly kubectlPath: string;
}

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; 1 when a signal ended it. */
  readonly code: number;
}

export interface ControlPlaneAccess extends ControlPlaneAddress {
  /** Runs kubectl as the administrator, with `input` as its standard input. Never rejects because kubectl failed. */
  kubectl(args: readonly string[], input?: string): Promise<CommandResult>;
  /** Path of a kubeconfig with a token, good for a day, of a service account that exists. */
  serviceAccountKubeconfig(namespace: string, name: string): Promise<string>;
  /** One HTTP request as the administrator. */
  send(method: string, path: string, body?: unknown): Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Makes an address usable. */
export function accessTo(address: ControlPlaneAddress): ControlPlaneAccess {
  return {
    ...address,
    kubectl: (args, input) => kubectl(address, args, input),
    serviceAccountKubeconfig: (namespace, name) => serviceAccountKubeconfig(address, namespace, name),
    send: (method, path, body) => send(address, { method, path, body }),
  };
}

/** Writes a kubeconfig for one user and returns its path. */
export function writeKubeconfig(
  address: Pick<ControlPlaneAddress, "dir" | "url" | "caData">,
  user: { readonly name: string; readonly token: string; readonly namespace?: string },
): string {
  const path = join(address.dir, `kubeconfig-${user.name}.json`);
  const cluster = {
    server: address.url,
    "certificate-authority-data": Buffer.from(address.caData).toString("base64"),
  };
  const context = { cluster: "local", user: user.name, namespace: user.namespace ?? "default" };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "local", cluster }],
    users: [{ name: user.name, user: { token: user.token } }],
    contexts: [{ name: "local", context }],
    "current-context": "local",
  };
  writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return path;
}

async function kubectl(
  address: ControlPlaneAddress,
  args: readonly string[],
  input = "",
): Promise<CommandResult> {
  const child = spawn(address.kubectlPath, ["--kubeconfig", address.kubeconfigPath, ...args], {
    // Its discovery cache goes by host and port: in the home folder a later cluster would find this one's.
    env: { ...process.env, KUBECACHEDIR: join(address.dir, "kubectl-cache") },
    stdio: "pipe",
  });
  // A command that needs no input may end before it has read it.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, stderr, code };
}

async function serviceAccountKubeconfig(
  address: ControlPlaneAddress,
  namespace: string,
  name: string,
): Promise<string> {
  const reply = await send(address, {
    method: "POST",
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    body: {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: 24 * 60 * 60 },
    },
  });
  if (reply.status !== 201) {
    throw new Error(`no token for service account ${namespace}/${name}: ${reply.status} ${reply.body}`);
  }
  const { token } = (JSON.parse(reply.body) as { status: { token: string } }).status;
  return writeKubeconfig(address, { name: `${namespace}-${name}`, token, namespace });
}

/** One HTTPS request to the API server; rejects only when no answer came. */
export function send(
  to: Pick<ControlPlaneAddress, "url" | "caData" | "adminToken">,
  what: { readonly method: string; readonly path: string; readonly body?: unknown },
): Promise<Reply> {
  const headers = {
    authorization: `Bearer ${to.adminToken}`,
    "content-type": what.method === "PATCH" ? "application/merge-patch+json" : "application/json",
  };
  return new Promise((resolve, reject) => {
    // No kept-alive connection: the next request may meet a restarted server.
    const options = { method: what.method, headers, ca: to.caData, agent: false as const, timeout: 10_000 };
    const sent = request(new URL(what.path, to.url), options, (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
    });
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(new Error(`no answer to ${what.method} ${what.path} for 10 s`)));
    sent.end(what.body === undefined ? undefined : JSON.stringify(what.body));
  });
}
