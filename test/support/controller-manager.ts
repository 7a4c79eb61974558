/** The real namespace controller and garbage collector beside a control plane. */
import { join } from "node:path";
import { locate } from "../../scripts/control-plane/locate.mjs";
import type { ControlPlane } from "./control-plane.ts";
import { Children, untilReady } from "./control-plane/children.ts";
import { freePort } from "./control-plane/ports.ts";

export interface ControllerManager {
  stop(): Promise<void>;
}

/**
 * Starts kube-controller-manager as administrator: a deleted namespace is emptied and goes, and what an owner leaves is
 * collected.
 */
export async function startControllerManager(plane: ControlPlane): Promise<ControllerManager> {
  const assets = locate(["kube-controller-manager"])?.path;
  if (assets === undefined)
    throw new Error("run scripts/control-plane/obtain.mjs --with kube-controller-manager");
  const port = await freePort();
  const children = new Children(undefined);
  const log = join(plane.dir, "kube-controller-manager.log");
  const manager = children.start(
    join(assets, "kube-controller-manager"),
    [
      `--kubeconfig=${plane.kubeconfigPath}`,
      `--authentication-kubeconfig=${plane.kubeconfigPath}`,
      `--authorization-kubeconfig=${plane.kubeconfigPath}`,
      "--controllers=namespace-controller,garbage-collector-controller",
      "--leader-elect=false",
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      `--cert-dir=${plane.dir}/controller-manager`,
    ],
    log,
  );
  // Its certificate is of its own making; whether it answers is all that matters.
  const ready = async (): Promise<boolean> => {
    const reply = await plane.kubectl([
      "--server",
      `https://127.0.0.1:${port}`,
      "--insecure-skip-tls-verify",
      "get",
      "--raw",
      "/healthz",
    ]);
    return (
      reply.stdout.trim() === "ok" ||
      reply.stderr.includes("Forbidden") ||
      reply.stderr.includes("Unauthorized")
    );
  };
  await untilReady(manager, log, { timeoutMs: 60_000, ready });
  return { stop: () => children.endAll() };
}
