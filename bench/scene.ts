/** Where the operator is measured: a real API server, the emulator as a process of its own, one account of N numbers. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import config from "../rolldown.config.ts";
import { type ControlPlane, startControlPlane } from "../test/support/control-plane.ts";
import { type EmulatorProcess, type RequestRecord, startEmulatorProcess } from "../test/support/emulator.ts";
import { operatorAccount } from "../test/support/operator-account.ts";
import { GROUP_PATH, PlainApi } from "./api.ts";
import { Observer } from "./observer.ts";
import { Operator } from "./operator.ts";
import type { Settings } from "./settings.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const ACCOUNT_SID = `AC${"1".padStart(32, "0")}`;
export const NAMESPACE = "bench";
export const TOKEN = "token";

/** The program as users get it, built once a process. */
let bundle: Promise<string> | undefined;

export function bundled(): Promise<string> {
  bundle ??= (async () => {
    const dir = mkdtempSync(join(tmpdir(), "bench-bundle-"));
    process.once("exit", () => rmSync(dir, { recursive: true, force: true }));
    const file = join(dir, "twilio-emergency.mjs");
    await build({ ...config, cwd: ROOT, logLevel: "silent", output: { ...config.output, file } });
    return file;
  })();
  return bundle;
}

export function numberSid(index: number): string {
  return `PN${String(index).padStart(32, "0")}`;
}

export function numberOf(index: number): object {
  return { sid: numberSid(index), phone_number: `+1303${2_000_000 + index}` };
}

export class Scene {
  readonly settings: Settings;
  readonly plane: ControlPlane;
  readonly emulator: EmulatorProcess;
  readonly api: PlainApi;
  readonly #kubeconfig: string;
  readonly #operators: Operator[] = [];
  readonly #observers: Observer[] = [];

  private constructor(
    settings: Settings,
    parts: { readonly plane: ControlPlane; readonly emulator: EmulatorProcess; readonly kubeconfig: string },
  ) {
    this.settings = settings;
    this.plane = parts.plane;
    this.emulator = parts.emulator;
    this.#kubeconfig = parts.kubeconfig;
    this.api = new PlainApi(parts.plane, settings.connections);
  }

  static async open(settings: Settings): Promise<Scene> {
    const plane = await startControlPlane();
    const applied = await plane.kubectl(["apply", "--server-side", "-f", join(ROOT, "crds")]);
    if (applied.code !== 0) throw new Error(applied.stderr);
    await plane.kubectl(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"]);
    const emulator = await startEmulatorProcess();
    const { latencyMs, registrationMs, ceiling } = settings;
    await emulator.control.set({
      ...{ latencyMs, registrationMs, unregistrationMs: registrationMs, concurrencyLimit: ceiling },
    });
    const grants = { secrets: ["twilio"], manifests: "base" };
    const kubeconfig = await operatorAccount(plane, NAMESPACE, grants);
    const scene = new Scene(settings, { plane, emulator, kubeconfig });
    await scene.#account();
    return scene;
  }

  async #account(): Promise<void> {
    const { n, ceiling } = this.settings;
    const numbers = Array.from({ length: n }, (_, index) => numberOf(index));
    await this.emulator.control.addAccount({ sid: ACCOUNT_SID, authToken: TOKEN, numbers });
    await this.api.send("POST", `/api/v1/namespaces/${NAMESPACE}/secrets`, {
      metadata: { name: "twilio" },
      stringData: { authToken: TOKEN },
    });
    await this.create("TwilioAccount", "default", {
      accountSid: ACCOUNT_SID,
      credentialsSecretRef: { name: "twilio" },
      maxConcurrentRequests: ceiling,
    });
  }

  /** More numbers in the account, from this index on. */
  async addNumbers(from: number, count: number): Promise<void> {
    for (let index = from; index < from + count; index += 1)
      await this.emulator.control.edit(ACCOUNT_SID, "new-number", numberOf(index));
  }

  async create(kind: keyof typeof PLURAL, name: string, spec: object, namespace = NAMESPACE): Promise<void> {
    await this.api.send("POST", pathOf(kind, namespace), objectOf(kind, name, spec));
  }

  async edit(kind: keyof typeof PLURAL, name: string, patch: object): Promise<void> {
    await this.api.send("PATCH", `${pathOf(kind, NAMESPACE)}/${name}`, patch);
  }

  address(name: string, street: string): Promise<void> {
    return this.create("EmergencyAddress", name, {
      customerName: "Acme Inc",
      street,
      city: "Denver",
      region: "CO",
      postalCode: "80202",
      isoCountry: "US",
    });
  }

  binding(index: number, address: string): Promise<void> {
    return this.create("PhoneNumberBinding", `b${index}`, {
      phoneNumberSid: numberSid(index),
      addressRef: { name: address },
    });
  }

  /** Starts the operator, from its bundle unless it is profiled. */
  async operator(flags: readonly string[] = []): Promise<Operator> {
    const { profile, pollMs, workers } = this.settings;
    const program = profile === undefined ? await bundled() : join(ROOT, "src/cli.ts");
    const args = [
      ...["--kubeconfig", this.#kubeconfig, "--namespace", NAMESPACE],
      ...["--twilio-base-url", this.emulator.url, "--health-addr", "127.0.0.1:0"],
      ...["--pending-poll-interval", `${pollMs}ms`, "--workers", String(workers)],
      ...["--log-level", "warn", "--leader-elect", "false", ...flags],
    ];
    const operator = await Operator.start({ program, args, profile });
    this.#operators.push(operator);
    return operator;
  }

  /** Sees the bindings from now on. */
  async observe(): Promise<Observer> {
    const observer = await Observer.start(this.plane, NAMESPACE);
    this.#observers.push(observer);
    return observer;
  }

  /** Requests to Twilio after this id. */
  requests(since: number): Promise<readonly RequestRecord[]> {
    return this.emulator.control.requests(since);
  }

  async lastRequest(): Promise<number> {
    return (await this.requests(0)).at(-1)?.id ?? 0;
  }

  async close(): Promise<void> {
    for (const observer of this.#observers) await observer.stop();
    for (const operator of this.#operators) await operator.end("SIGTERM");
    await this.emulator.stop();
    await this.api.close();
    await this.plane.stop();
  }
}

const PLURAL = {
  TwilioAccount: "twilioaccounts",
  EmergencyAddress: "emergencyaddresses",
  PhoneNumberBinding: "phonenumberbindings",
} as const;

export function pathOf(kind: keyof typeof PLURAL, namespace: string): string {
  return `${GROUP_PATH}/namespaces/${namespace}/${PLURAL[kind]}`;
}

export function objectOf(kind: string, name: string, spec: object): object {
  return { apiVersion: "emergency.twilio-operator.io/v1alpha1", kind, metadata: { name }, spec };
}
