/** The program as a process of its own, as people run it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  /** What stands on standard input; absent: nothing. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** `node src/cli.ts ARGS`, without the variables of ours that the test's own process may have. */
export function start(args: readonly string[], { env = {} }: ProgramOptions = {}): ChildProcess {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TWILIO_|KUBECONFIG$|FORCE_COLOR$)/.test(name),
  );
  return spawn(process.execPath, ["src/cli.ts", ...args], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

export async function program(args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  const child = start(args, options);
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin?.end(options.input ?? "");
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}
