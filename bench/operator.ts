/** The bundled program as a process of its own, with what it costs: CPU and memory from /proc, passes from /metrics. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { freePort } from "../test/support/control-plane/ports.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Ticks a second of the times in /proc; 100 on every Linux that Node runs on. */
const TICKS = 100;

export interface OperatorOptions {
  /** The bundle, or src/cli.ts. */
  readonly program: string;
  readonly args: readonly string[];
  /** Folder for CPU profiles. */
  readonly profile?: string | undefined;
}

export class Operator {
  readonly startedAt = Date.now();
  readonly #child: ChildProcess;
  readonly #metricsPort: number;
  #log = "";

  private constructor(child: ChildProcess, metricsPort: number) {
    this.#child = child;
    this.#metricsPort = metricsPort;
    const keep = (chunk: Buffer): void => {
      this.#log = `${this.#log}${chunk.toString()}`.slice(-20_000);
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
  }

  static async start({ program, args, profile }: OperatorOptions): Promise<Operator> {
    const port = await freePort();
    const extra = process.env["BENCH_NODE_FLAGS"]?.split(" ") ?? [];
    const flags = profile === undefined ? extra : ["--cpu-prof", `--cpu-prof-dir=${profile}`];
    const all = [...flags, program, "run", ...args, "--metrics-addr", `127.0.0.1:${port}`];
    const child = spawn(process.execPath, all, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    const kill = (): void => void child.kill("SIGKILL");
    process.once("exit", kill);
    child.once("exit", () => process.removeListener("exit", kill));
    return new Operator(child, port);
  }

  /** The end of its output. */
  get log(): string {
    return this.#log;
  }

  /** Seconds of CPU so far. */
  cpuSeconds(): number {
    // The name of the program may hold blanks: the fields are counted from the bracket after it.
    const fields = this.#proc("stat").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  }

  /** Largest resident memory so far, in MB. */
  peakMb(): number {
    return Math.round(this.#status("VmHWM") / 1024);
  }

  residentMb(): number {
    return Math.round(this.#status("VmRSS") / 1024);
  }

  /** Open files and sockets. */
  handles(): number {
    return readdirSync(`/proc/${String(this.#child.pid)}/fd`).length;
  }

  #status(field: string): number {
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(this.#proc("status"))?.[1] ?? 0);
  }

  #proc(file: string): string {
    return readFileSync(`/proc/${String(this.#child.pid)}/${file}`, "utf8");
  }

  /** Sum of the samples of a metric whose labels hold the text; 0 while it cannot be read. */
  async metric(name: string, labels = ""): Promise<number> {
    let text: string;
    try {
      text = await (await fetch(`http://127.0.0.1:${this.#metricsPort}/metrics`)).text();
    } catch {
      return 0;
    }
    return text
      .split("\n")
      .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(labels))
      .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  }

  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill(signal);
    await gone;
  }
}
