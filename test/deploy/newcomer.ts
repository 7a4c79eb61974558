/**
 * A newcomer with a cluster, following a guide: a control plane, Twilio's emulator in Twilio's place, the programs that
 * the guide names, and somebody who runs what a Deployment says, since no kubelet is here.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolPath } from "../../scripts/tools/obtain.mjs";
import { writeEntrance } from "../../demo/enter.ts";
import { eventually } from "../stories/eventually.ts";
import { OperatorProcess } from "../stories/stage.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { type EmulatorProcess, startEmulatorProcess } from "../support/emulator.ts";
import { NAME, ROOT } from "./tools.ts";

const ACCOUNT = `AC${"1".padStart(32, "0")}`;
/** As examples/emulator-data.yaml has it. */
const API_KEY = {
  TWILIO_API_KEY: `SK${"1".padStart(32, "0")}`,
  TWILIO_API_SECRET: "demo-secret-not-a-secret",
};
const QUICK = [
  ...["--sweep-interval", "1s", "--pending-poll-interval", "100ms"],
  ...["--health-addr", "127.0.0.1:0", "--metrics-addr", "127.0.0.1:0"],
];

export class Newcomer {
  readonly plane: ControlPlane;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly #emulator: EmulatorProcess;
  #operator: OperatorProcess | undefined;
  #isOver = false;

  private constructor(plane: ControlPlane, emulator: EmulatorProcess, folder: string) {
    this.plane = plane;
    this.#emulator = emulator;
    this.folder = join(folder, "work");
    mkdirSync(this.folder);
    const entrance = writeEntrance({
      dir: join(folder, "entrance"),
      kubectlPath: plane.kubectlPath,
      kubeconfigPath: plane.kubeconfigPath,
      namespace: "default",
      emulatorUrl: emulator.url,
    });
    symlinkSync(toolPath("helm"), join(folder, "entrance/bin/helm"));
    this.env = { ...(process.env as Record<string, string>), ...entrance.env, ...API_KEY, HOME: folder };
  }

  static async arrive(): Promise<Newcomer> {
    const plane = await startControlPlane();
    const emulator = await startEmulatorProcess(["--data", join(ROOT, "examples/emulator-data.yaml")]);
    return new Newcomer(plane, emulator, mkdtempSync(join(tmpdir(), "newcomer-")));
  }

  /** Runs the operator as soon as there is a Deployment of it: its arguments, its service account. */
  async runDeployment(): Promise<void> {
    const args = await eventually(async () => {
      if (this.#isOver) return [];
      const reply = await this.plane.send("GET", `/apis/apps/v1/namespaces/${NAME}/deployments/${NAME}`);
      return reply.status === 200 ? argumentsOf(reply.body) : undefined;
    }, 120_000);
    if (args === undefined || this.#isOver) return;
    const kubeconfig = await this.plane.serviceAccountKubeconfig(NAME, NAME);
    this.#operator = new OperatorProcess([
      ...args.filter((arg) => !/^--(sweep|pending-poll)-interval=/.test(arg)),
      ...["--kubeconfig", kubeconfig, "--twilio-base-url", this.#emulator.url, ...QUICK],
    ]);
  }

  /** The number at Twilio, as `AD… registered`. */
  async slot(phoneNumber: string): Promise<string> {
    const { numbers } = await this.#emulator.control.account(ACCOUNT);
    const number = numbers.find((each) => each["phone_number"] === phoneNumber);
    return `${String(number?.["emergency_address_sid"])} ${String(number?.["emergency_address_status"])}`;
  }

  get log(): readonly string[] {
    return this.#operator?.log ?? [];
  }

  async leave(): Promise<void> {
    this.#isOver = true;
    await this.#operator?.end("SIGKILL");
    await this.#emulator.stop();
    await this.plane.stop();
    rmSync(join(this.folder, ".."), { recursive: true, force: true });
  }
}

/** Without `run`, and with the namespace where the manifest has a variable. */
function argumentsOf(deployment: string): readonly string[] {
  const { spec } = JSON.parse(deployment) as {
    readonly spec: {
      readonly template: { readonly spec: { readonly containers: readonly [{ readonly args: string[] }] } };
    };
  };
  const [, ...args] = spec.template.spec.containers[0].args;
  return args.map((arg) => arg.replace("$(POD_NAMESPACE)", NAME));
}
