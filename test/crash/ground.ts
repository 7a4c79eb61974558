/** What all cases of a file share: the API server, one account for the operators, and an emulator of each mode. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmulatorProcess, type EmulatorControl, type EmulatorProcess } from "../support/emulator.ts";
import type { ControlPlaneAccess } from "../support/control-plane.ts";
import { operatorAccount } from "../support/operator-account.ts";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import { Stage } from "../stories/stage.ts";
import { Case, type CaseOptions } from "./case.ts";

export type Mode = "current" | "legacy";

/** Twilio fails to register any number at this street. */
export const FAILING = "66 Failure Ave";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** So many cases run at a time. */
const AT_A_TIME = 4;

export class Ground {
  readonly #name: string;
  #plane: ControlPlaneAccess | undefined;
  readonly #emulators = new Map<Mode, EmulatorProcess>();
  #kubeconfig = "";
  #cases = 0;
  #free = AT_A_TIME;
  readonly #waiting: (() => void)[] = [];

  /** `name` begins the names of the namespaces; without a control plane of its own it is the one all suites share. */
  constructor(name: string, plane?: ControlPlaneAccess) {
    this.#name = name;
    this.#plane = plane;
  }

  get plane(): ControlPlaneAccess {
    this.#plane ??= sharedControlPlane();
    return this.#plane;
  }

  get kubeconfig(): string {
    return this.#kubeconfig;
  }

  async open(): Promise<void> {
    const { plane } = this;
    await new Stage(`${this.#name}-types`, { plane }).installCrds();
    this.#kubeconfig = await operatorAccount(plane, this.#name, { manifests: "base" });
    for (const mode of ["current", "legacy"] as const) {
      const emulator = await startEmulatorProcess();
      this.#emulators.set(mode, emulator);
      await emulator.control.set({
        mode,
        failures: [{ action: "register", street: FAILING.toUpperCase() }],
      });
    }
  }

  emulator(mode: Mode): EmulatorControl {
    const emulator = this.#emulators.get(mode);
    if (emulator === undefined) throw new Error("the ground is not open");
    return emulator.control;
  }

  /** Runs one case in a namespace and with an operator of its own, as soon as there is room. */
  async play<T>(options: CaseOptions, use: (one: Case) => Promise<T>): Promise<T> {
    await this.#room();
    this.#cases += 1;
    const one = new Case(options, {
      namespace: `${this.#name}-${this.#cases}`,
      number: this.#cases,
      plane: this.plane,
      kubeconfig: options.kubeconfig ?? this.#kubeconfig,
      emulator: this.emulator(options.mode ?? "current"),
      env: { NODE_COMPILE_CACHE: join(ROOT, "node_modules/.cache/compiled") },
    });
    try {
      await one.open();
      return await use(one);
    } finally {
      await one.close();
      this.#free += 1;
      this.#waiting.shift()?.();
    }
  }

  async #room(): Promise<void> {
    while (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#free -= 1;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#emulators.values()].map((emulator) => emulator.stop()));
  }
}
