/** Everything that the demo runs: control plane, emulator, operator. Each a process of its own, all ended with this one. */
import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startControlPlane, type ControlPlane } from "../test/support/control-plane.ts";
import { writeKubeconfig } from "../test/support/control-plane/access.ts";
import { startEmulatorProcess, type EmulatorProcess } from "../test/support/emulator.ts";
import { type Entrance, writeEntrance } from "./enter.ts";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const NAMESPACE = "larkmoor";
const OPERATOR = "twilio-emergency-operator";

export interface DemoStage {
  readonly plane: ControlPlane;
  readonly emulator: EmulatorProcess;
  /** Where the operator's log goes. */
  readonly logPath: string;
  /** For another terminal. */
  readonly entrance: Entrance;
  /** Throws with the output if kubectl fails. */
  kubectl(...args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

/** How long Twilio takes for a registration in the demo, in ms. */
const DELAY_MS = 200;

export async function openStage(say: (text: string) => void): Promise<DemoStage> {
  say("Starting etcd and kube-apiserver, and the Twilio emulator with a company's eight numbers");
  const plane = await startControlPlane();
  const emulator = await startEmulatorProcess(["--data", join(ROOT, "examples/emulator-data.yaml")]);
  await emulator.control.set({ registrationMs: DELAY_MS, unregistrationMs: DELAY_MS, latencyMs: 5 });
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const result = await plane.kubectl(args);
    if (result.code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${result.stderr.trim()}`);
    return result.stdout;
  };
  say("Installing the operator's resources and permissions: kubectl apply -k deploy/kustomize/base");
  await kubectl("apply", "-k", join(ROOT, "deploy/kustomize/base"));
  await kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all");
  await kubectl("create", "namespace", NAMESPACE);
  const logPath = join(plane.dir, "operator.log");
  const admin = { name: "playground", token: plane.adminToken, namespace: NAMESPACE };
  const entrance = writeEntrance({
    dir: join(plane.dir, "playground"),
    kubectlPath: plane.kubectlPath,
    kubeconfigPath: writeKubeconfig(plane, admin),
    namespace: NAMESPACE,
    emulatorUrl: emulator.url,
  });
  const operator = await startOperator(plane, emulator, logPath);
  return {
    plane,
    emulator,
    logPath,
    entrance,
    kubectl,
    close: async () => {
      await end(operator);
      await emulator.stop();
      await plane.stop();
    },
  };
}

/** Under the service account and roles that deploy/ gives it, as in a cluster. */
async function startOperator(
  plane: ControlPlane,
  emulator: EmulatorProcess,
  logPath: string,
): Promise<ChildProcess> {
  const kubeconfig = await plane.serviceAccountKubeconfig(OPERATOR, OPERATOR);
  const args = [
    "--kubeconfig",
    kubeconfig,
    "--twilio-base-url",
    emulator.url,
    ...["--pending-poll-interval", "300ms", "--sweep-interval", "5s"],
  ];
  const quiet = ["--health-addr", "127.0.0.1:0", "--metrics-addr", "127.0.0.1:0"];
  const operator = spawn(process.execPath, [join(ROOT, "src/cli.ts"), "run", ...args, ...quiet], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = createWriteStream(logPath);
  operator.stdout.pipe(log);
  operator.stderr.pipe(log);
  process.once("exit", () => operator.kill("SIGKILL"));
  return operator;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}
