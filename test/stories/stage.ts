/**
 * What a story plays on: the real API server, an emulator and an operator process of the file's own, and for each story a
 * site: a Twilio account with numbers and domains, a TwilioAccount object, and objects whose names begin with the site's.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ControlPlaneAccess } from "../support/control-plane/access.ts";
import { Children } from "../support/control-plane/children.ts";
import { type EmulatorControl, type EmulatorProcess, startEmulatorProcess } from "../support/emulator.ts";
import { operatorAccount } from "../support/operator-account.ts";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import { Site, type SiteOptions } from "./site.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const operators = new Children(undefined);

export const GROUP = "emergency.twilio-operator.io";

/** How the process is started, for tests that look into it or end it at a chosen moment. */
export interface Launch {
  /** Arguments of node before the program. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What the process sends to its parent; without it there is no channel between them. */
  readonly onMessage?: (message: unknown) => void;
}

/** `twilio-emergency run` as a process of its own. */
export class OperatorProcess {
  readonly #child: ChildProcess;
  #log = "";
  readonly ended: Promise<number | null>;

  constructor(args: readonly string[], { node = [], env = {}, onMessage }: Launch = {}) {
    this.#child = spawn(process.execPath, [...node, "src/cli.ts", "run", ...args], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe", ...(onMessage === undefined ? [] : (["ipc"] as const))],
      env: { ...process.env, ...env },
    });
    if (onMessage !== undefined) this.#child.on("message", onMessage);
    const keep = (chunk: Buffer): void => {
      this.#log += chunk.toString();
    };
    this.#child.stdout?.on("data", keep);
    this.#child.stderr?.on("data", keep);
    operators.adopt(this.#child);
    this.ended = once(this.#child, "exit").then(([code]) => code as number | null);
  }

  /** All lines so far. */
  get log(): readonly string[] {
    return this.#log.split("\n").filter((line) => line !== "");
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends something to the process over the channel that `onMessage` opens; nothing if it has ended. */
  tell(message: object): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    this.send(signal);
    await this.ended;
  }

  /** Has it written a line with this message? */
  hasSaid(message: string): boolean {
    return this.log.some((line) => line.includes(`"msg":"${message}"`));
  }
}

export interface StageOptions {
  readonly plane?: ControlPlaneAccess;
  /** Further flags of `run`; a later one of the same name wins. */
  readonly flags?: readonly string[];
  /** Default: a service account with the permissions of the manifests in deploy/, and no more. */
  readonly kubeconfig?: string;
  /** Further namespaces to serve; made if they are not there. */
  readonly namespaces?: readonly string[];
  /** false: the resource types are not installed; `installCrds()` does it later. */
  readonly crds?: boolean;
  /** Instead of the emulator. */
  readonly twilioUrl?: string;
  /** An emulator that several stages share; it stays when the stage closes. */
  readonly emulator?: EmulatorControl;
  /** Numbers the sites of this stage, where several stages share an emulator. */
  readonly sitesAfter?: number;
  readonly launch?: Launch;
  /** false: the test starts the operators itself. */
  readonly started?: false;
}

const MAX_SITES = 400;

export class Stage {
  readonly plane: ControlPlaneAccess;
  readonly namespace: string;
  readonly #options: StageOptions;
  #emulator: EmulatorProcess | undefined;
  #operator: OperatorProcess | undefined;
  readonly #all: OperatorProcess[] = [];
  #kubeconfig = "";
  #sites: number;

  constructor(namespace: string, options: StageOptions = {}) {
    this.plane = options.plane ?? sharedControlPlane();
    this.#sites = options.sitesAfter ?? 0;
    this.namespace = namespace;
    this.#options = options;
  }

  /** Everything up and the operator running; call in beforeAll. */
  async open(): Promise<this> {
    if (this.#options.crds !== false) await this.installCrds();
    if (this.#options.emulator === undefined) this.#emulator = await startEmulatorProcess();
    for (const namespace of [this.namespace, ...(this.#options.namespaces ?? [])])
      await this.plane.send("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
    // Each site's Secret has the name of the site.
    const secrets = Array.from({ length: MAX_SITES }, (_, index) => `s${index + 1}`);
    const manifests = this.#options.flags?.includes("--sharding") === true ? "overlays/sharding" : "base";
    this.#kubeconfig =
      this.#options.kubeconfig ?? (await operatorAccount(this.plane, this.namespace, { secrets, manifests }));
    if (this.#options.started !== false) this.start();
    return this;
  }

  /** Starts the operator, which must not be running. */
  start(launch = this.#options.launch): OperatorProcess {
    this.#operator = this.replica([], launch);
    return this.#operator;
  }

  /** Starts one more operator process. */
  replica(more: readonly string[] = [], launch = this.#options.launch): OperatorProcess {
    const { flags = [], namespaces = [], twilioUrl } = this.#options;
    const args = [
      ...["--kubeconfig", this.#kubeconfig, "--twilio-base-url", twilioUrl ?? this.control.url],
      ...[this.namespace, ...namespaces].flatMap((namespace) => ["--namespace", namespace]),
      ...["--sweep-interval", "1s", "--pending-poll-interval", "100ms", "--time-scale", "100"],
      ...["--health-addr", "127.0.0.1:0", "--metrics-addr", "127.0.0.1:0", "--log-level", "debug"],
      ...["--leader-elect", "false"],
      ...flags,
      ...more,
    ];
    const started = new OperatorProcess(args, launch);
    this.#all.push(started);
    this.#operator ??= started;
    return started;
  }

  get operator(): OperatorProcess {
    if (this.#operator === undefined) throw new Error("the operator was never started");
    return this.#operator;
  }

  get control(): EmulatorControl {
    const control = this.#options.emulator ?? this.#emulator?.control;
    if (control === undefined) throw new Error("the stage is not open");
    return control;
  }

  /** A Twilio account of its own with its TwilioAccount object and Secret. */
  async site(options: SiteOptions = {}): Promise<Site> {
    this.#sites += 1;
    const site = new Site(this, this.#sites, options);
    await site.open();
    return site;
  }

  async installCrds(): Promise<void> {
    const applied = await this.plane.kubectl(["apply", "--server-side", "-f", `${ROOT}/crds`]);
    if (applied.code !== 0) throw new Error(applied.stderr);
    await this.plane.kubectl(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"]);
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((operator) => operator.end("SIGKILL")));
    await this.#emulator?.stop();
  }
}
