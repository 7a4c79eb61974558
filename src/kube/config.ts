/** Finds the cluster: a kubeconfig, or the service account of a pod. */
import { readFileSync } from "node:fs";
import { KubeConfig } from "@kubernetes/client-node";
import { Credentials } from "./credentials.ts";

export interface ClusterOptions {
  /** Path of a kubeconfig; absent: $KUBECONFIG, ~/.kube/config, the service account of the pod, in this order. */
  readonly kubeconfig?: string;
  /** Name of a context in it; absent: its current one. */
  readonly context?: string;
}

/** A cluster and how we show it who we are. */
export interface Cluster {
  /** Base URL of the API server, without a slash at the end. */
  readonly server: string;
  readonly context: string;
  /** Namespace of the context, or of the pod. */
  readonly namespace: string | undefined;
  /** http(s) or socks5 proxy of the cluster entry. */
  readonly proxyUrl: string | undefined;
  readonly credentials: Credentials;
}

/** The configuration cannot be used; the message is one readable line that names what is missing and the cure. */
export class ClusterConfigError extends Error {
  override readonly name = "ClusterConfigError";
}

/** Finds the cluster to talk to. Throws ClusterConfigError; nothing is sent yet. */
export function loadCluster(options: ClusterOptions): Cluster {
  const config = load(options);
  const context = config.getContextObject(config.getCurrentContext());
  const cluster = config.getCurrentCluster();
  if (context === null || cluster === null) throw new ClusterConfigError(missingPart(config));
  const url = parseServer(cluster.server, context.name);
  return {
    server: url.href.replace(/\/$/, ""),
    context: context.name,
    namespace: context.namespace === undefined || context.namespace === "" ? undefined : context.namespace,
    proxyUrl: cluster.proxyUrl,
    credentials: new Credentials(config, () => load(options)),
  };
}

function load(options: ClusterOptions): KubeConfig {
  const config = new KubeConfig();
  read(config, options.kubeconfig);
  if ((config.getContexts() ?? []).length === 0) {
    throw new ClusterConfigError(
      `${options.kubeconfig ?? "the default kubeconfig"} has no contexts: is it a kubeconfig?`,
    );
  }
  if (options.context !== undefined) selectContext(config, options.context);
  else if (config.getContextObject(config.getCurrentContext()) === null) {
    throw new ClusterConfigError(
      `the kubeconfig has no current context: name one of ${listContexts(config)} with --context`,
    );
  }
  const cluster = config.getCurrentCluster();
  // client-node refuses plain HTTP unless told that nobody verifies a certificate. On loopback there is nobody between.
  if (cluster !== null && isLoopbackHttp(cluster.server)) Object.assign(cluster, { skipTLSVerify: true });
  return config;
}

function read(config: KubeConfig, file: string | undefined): void {
  if (file !== undefined) {
    readKubeconfig(file);
    attempt(`kubeconfig ${file} cannot be used`, () => config.loadFromFile(file));
    return;
  }
  attempt("the default kubeconfig cannot be used", () => config.loadFromDefault());
  // What client-node falls back to when it finds nothing at all.
  if (
    config.getCurrentContext() === "loaded-context" &&
    config.getCurrentCluster()?.server === "http://localhost:8080"
  ) {
    throw new ClusterConfigError(
      "no cluster found: give --kubeconfig, set KUBECONFIG, create ~/.kube/config, or run inside a cluster",
    );
  }
}

function readKubeconfig(file: string): void {
  try {
    readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === "ENOENT" ? "does not exist" : `cannot be read (${code ?? String(error)})`;
    throw new ClusterConfigError(`kubeconfig ${file} ${why}: check --kubeconfig`, { cause: error });
  }
}

function attempt(what: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new ClusterConfigError(`${what}: ${text.split("\n")[0] ?? text}`, { cause: error });
  }
}

function selectContext(config: KubeConfig, context: string): void {
  if (config.getContextObject(context) === null) {
    throw new ClusterConfigError(
      `context "${context}" is not in the kubeconfig: it has ${listContexts(config)}`,
    );
  }
  config.setCurrentContext(context);
}

function listContexts(config: KubeConfig): string {
  const names = (config.getContexts() ?? []).map((context) => `"${context.name}"`);
  return names.join(", ");
}

function missingPart(config: KubeConfig): string {
  const name = config.getCurrentContext();
  const cluster = config.getContextObject(name)?.cluster ?? "";
  return `context "${name}" names the cluster "${cluster}", which is not in the kubeconfig`;
}

function parseServer(server: string, context: string): URL {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url !== undefined && (url.protocol === "https:" || url.protocol === "http:")) return url;
  const hint =
    context === "inClusterContext" ? ": KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set" : "";
  throw new ClusterConfigError(`context "${context}" has no usable server address "${server}"${hint}`);
}

function isLoopbackHttp(server: string): boolean {
  return /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|\/|$)/.test(server);
}
