/** The playground of one page: a namespace, an emulator with the company's account, and an operator of its own. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeEntrance } from "../../demo/enter.ts";
import { OperatorProcess } from "../stories/stage.ts";
import { writeKubeconfig } from "../support/control-plane/access.ts";
import { startEmulatorProcess } from "../support/emulator.ts";
import { operatorAccount } from "../support/operator-account.ts";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import { ROOT } from "./page.ts";

export interface Playground {
  /** Empty, and gone after close(). */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const SECRETS = ["twilio-credentials", "twilio-toronto"];

/** `flags` are further ones of the operator; a later one of the same name wins. */
export async function openPlayground(name: string, flags: readonly string[] = []): Promise<Playground> {
  const plane = sharedControlPlane();
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  const [emulator, operatorKubeconfig] = await Promise.all([
    startEmulatorProcess(["--data", join(ROOT, "examples/emulator-data.yaml")]),
    operatorAccount(plane, name, { secrets: SECRETS, manifests: "base" }),
  ]);
  const admin = { name: `page-${name}`, token: plane.adminToken, namespace: name };
  const entrance = writeEntrance({
    dir: join(folder, ".playground"),
    kubectlPath: plane.kubectlPath,
    kubeconfigPath: writeKubeconfig(plane, admin),
    namespace: name,
    emulatorUrl: emulator.url,
  });
  const started = new OperatorProcess([
    ...["--kubeconfig", operatorKubeconfig, "--namespace", name, "--twilio-base-url", emulator.url],
    ...QUICK,
    ...flags,
  ]);
  const work = join(folder, "work");
  mkdirSync(work);
  return {
    folder: work,
    env: { ...withoutOurs(process.env), ...entrance.env },
    close: async () => {
      await started.end();
      await emulator.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As in the playground, with the waits of minutes made short. */
const QUICK = [
  ...["--sweep-interval", "1s", "--pending-poll-interval", "200ms", "--time-scale", "100"],
  ...["--health-addr", "127.0.0.1:0", "--metrics-addr", "127.0.0.1:0", "--leader-elect", "false"],
];

function withoutOurs(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const kept = Object.entries(env).filter(([name]) => !/^(TWILIO_|KUBE|FORCE_COLOR$)/.test(name));
  return Object.fromEntries(kept) as Readonly<Record<string, string>>;
}
