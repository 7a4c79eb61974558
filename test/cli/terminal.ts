/** The program on a terminal that is none: `script` (util-linux) gives it one and hands on what it writes. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Terminal {
  readonly columns: number;
  readonly env: Readonly<Record<string, string>>;
}

/** `node src/cli.ts ARGS` on a terminal so wide; both streams come out of stdout. */
export function startOnTerminal(args: readonly string[], { columns, env }: Terminal): ChildProcess {
  const command = [process.execPath, "src/cli.ts", ...args].map((word) => `'${word}'`).join(" ");
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(TWILIO_|KUBECONFIG$|FORCE_COLOR$|NO_COLOR$|CI$)/.test(name),
  );
  return spawn("script", ["-qefc", `stty cols ${columns} rows 24; exec ${command}`, "/dev/null"], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), TERM: "xterm-256color", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Resolves with all that is written until `isEnough` of it, or the end of the program. */
export async function readUntil(
  child: ChildProcess,
  isEnough: (text: string) => boolean = () => false,
): Promise<string> {
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (isEnough(text)) break;
  }
  return text;
}
