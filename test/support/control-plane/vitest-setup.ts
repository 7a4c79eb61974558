/**
 * One control plane per `vitest run` for every project that names this file as its globalSetup: the first to come starts
 * it, the last to go stops it.
 */
import type { TestProject } from "vitest/node";
import { type ControlPlane, startControlPlane } from "../control-plane.ts";
import type { ControlPlaneAddress } from "./access.ts";

declare module "vitest" {
  interface ProvidedContext {
    controlPlane: ControlPlaneAddress;
  }
}

interface Shared {
  users: number;
  running: Promise<ControlPlane>;
}

/** Each project loads its own copy of this module; only the global object is common to them. */
const common = globalThis as typeof globalThis & { sharedControlPlane?: Shared | undefined };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = (common.sharedControlPlane ??= { users: 0, running: startControlPlane() });
  shared.users += 1;
  const { dir, url, caData, adminToken, kubeconfigPath, kubectlPath } = await shared.running;
  project.provide("controlPlane", { dir, url, caData, adminToken, kubeconfigPath, kubectlPath });
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    common.sharedControlPlane = undefined;
    await (await shared.running).stop();
  };
}
