/** Child processes that never outlive their parent, however it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";

/**
 * Each line names what is to be killed, in place of the line before. The pipe closes when the parent has gone, be it by
 * SIGKILL: then the guard does what the parent no longer can.
 */
const GUARD = `
pids=""
while read -r line; do pids="$line"; done
[ -z "$pids" ] || kill -KILL $pids 2>/dev/null
[ -z "$1" ] || rm -rf "$1"
`;

/** Starts processes and takes them along when this process ends, with the folder they write to. */
export class Children {
  readonly #running = new Set<ChildProcess>();
  readonly #guard: ChildProcess;

  /** `temporary` is removed with the last child; undefined leaves every file where it is. */
  constructor(temporary: string | undefined) {
    // In a session of its own: Ctrl-C on the terminal goes to the parent, which stops things in their order.
    this.#guard = spawn("/bin/sh", ["-c", GUARD, "guard", temporary ?? ""], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#guard.unref();
    const pipe = this.#guard.stdin as unknown as {
      unref?: () => void;
      on(event: "error", f: () => void): void;
    };
    pipe.unref?.();
    pipe.on("error", () => {});
  }

  /** Starts a program that writes to `log`. */
  start(program: string, args: readonly string[], log: string): ChildProcess {
    const output = openSync(log, "a");
    const child = spawn(program, args, { detached: true, stdio: ["ignore", output, output] });
    closeSync(output);
    child.unref();
    return this.adopt(child);
  }

  /** Takes a process that was started elsewhere along when this one ends. */
  adopt(child: ChildProcess): ChildProcess {
    this.#running.add(child);
    child.once("error", () => this.#forget(child));
    child.once("exit", () => this.#forget(child));
    this.#tell();
    return child;
  }

  /** Ends one child and waits until it has gone. */
  async end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    if (!isRunning(child)) return;
    const gone = once(child, "exit");
    child.ref();
    child.kill(signal);
    await gone;
  }

  /** Ends every child, then the guard, which removes the temporary folder. */
  async endAll(): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.end(child, "SIGKILL")));
    if (!isRunning(this.#guard)) return;
    const gone = once(this.#guard, "exit");
    this.#guard.ref();
    this.#guard.stdin?.end();
    await gone;
  }

  #forget(child: ChildProcess): void {
    this.#running.delete(child);
    this.#tell();
  }

  #tell(): void {
    const pids = [...this.#running].map((child) => child.pid).filter((pid) => pid !== undefined);
    this.#guard.stdin?.write(`${pids.join(" ")}\n`);
  }
}

export function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** Waits until `ready` says so, and fails with the end of the log as soon as `child` ends or after `timeoutMs`. */
export async function untilReady(
  child: ChildProcess,
  log: string,
  options: { readonly timeoutMs: number; readonly ready: () => Promise<boolean> },
): Promise<void> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    if (await options.ready().catch(() => false)) return;
    if (!isRunning(child)) throw new Error(`${child.spawnfile} ended early:\n${tail(log)}`);
    if (Date.now() > deadline) {
      throw new Error(`${child.spawnfile} is not ready after ${options.timeoutMs / 1000} s:\n${tail(log)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function tail(log: string): string {
  return readFileSync(log, "utf8").trimEnd().split("\n").slice(-15).join("\n");
}
