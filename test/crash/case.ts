/** One case: a site in a namespace of its own, and an operator process that is started again whenever it ends. */
import type { ControlPlaneAccess } from "../support/control-plane.ts";
import type { EmulatorControl } from "../support/emulator.ts";
import { eventually } from "../stories/eventually.ts";
import type { Site, SiteOptions } from "../stories/site.ts";
import { Stage, type Launch, type OperatorProcess } from "../stories/stage.ts";
import { nameOf, type Failpoint, type Message } from "./calls.ts";
import type { Mode } from "./ground.ts";
import { Trace } from "./trace.ts";

export interface CaseOptions {
  readonly mode?: Mode;
  readonly site?: SiteOptions;
  readonly failpoint?: Failpoint;
  /** Another one than all cases use, such as one that leads through a proxy. */
  readonly kubeconfig?: string;
  /** Further flags of `run`. */
  readonly flags?: readonly string[];
}

export interface Place {
  readonly namespace: string;
  readonly number: number;
  readonly plane: ControlPlaneAccess;
  readonly kubeconfig: string;
  readonly emulator: EmulatorControl;
  readonly env: Readonly<Record<string, string>>;
}

/** A process may take long to begin on a busy machine. */
const START_MS = 60_000;
const PRELOAD = ["--import", "./test/crash/failpoint.ts"];

export class Case {
  readonly stage: Stage;
  readonly trace = new Trace();
  /** How often the operator has ended by itself or by its failpoint. */
  deaths = 0;
  /** Names of the writes since arm(), in their order. */
  readonly points: string[] = [];
  readonly #options: CaseOptions;
  readonly #place: Place;
  #site: Site | undefined;
  #isOpen = true;
  #isArmed = false;

  constructor(options: CaseOptions, place: Place) {
    this.#options = options;
    this.#place = place;
    const { namespace, plane, kubeconfig, emulator, number } = place;
    this.stage = new Stage(namespace, {
      ...{ plane, kubeconfig, emulator, crds: false, sitesAfter: number - 1 },
      flags: options.flags ?? [],
      launch: this.#launch(options.failpoint),
    });
  }

  #launch(failpoint: Failpoint | undefined): Launch {
    const { env } = this.#place;
    return {
      node: PRELOAD,
      env: failpoint === undefined ? env : { ...env, FAILPOINT: JSON.stringify(failpoint) },
      onMessage: (message) => this.#heard(message as Message),
    };
  }

  async open(): Promise<void> {
    await this.stage.open();
    this.#keepAlive(this.stage.operator);
    this.#site = await this.stage.site(this.#options.site);
  }

  get site(): Site {
    if (this.#site === undefined) throw new Error("the case is not open");
    return this.#site;
  }

  /** From here on, writes are points, and the failpoint counts them. */
  async arm(): Promise<void> {
    this.stage.operator.tell({});
    const armed = await eventually(async () => this.#isArmed || undefined, START_MS);
    if (armed === undefined) throw new Error(this.stage.operator.log.slice(-5).join("\n"));
  }

  #heard(message: Message): void {
    if (message.type === "armed") {
      this.#isArmed = true;
      return;
    }
    this.trace.add(message);
    if (message.type === "sent" && this.#isArmed) this.points.push(nameOf(message.call));
  }

  #keepAlive(operator: OperatorProcess): void {
    void operator.ended.then(() => {
      if (!this.#isOpen) return;
      this.deaths += 1;
      this.trace.died();
      this.#keepAlive(this.stage.start(this.#launch(undefined)));
    });
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await this.stage.close();
  }
}
