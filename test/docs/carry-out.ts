/** Carries out a page: one shell from its first command to its last, as somebody at a terminal would. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { missingLine, type Page, ROOT, type Task, tasksOf } from "./page.ts";

export interface Surroundings {
  /** Empty folder: the page is carried out in it, with the folders of the repository that pages name. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Folders of the repository that the page finds in its own; default: those that pages name. */
  readonly linked?: readonly string[];
}

const LINKED = ["examples", "deploy", "crds"];

/** @throws {Error} naming the line of the page whose command failed or printed something else */
export async function carryOut(
  page: Page,
  { folder, env, timeoutMs = 400_000, linked = LINKED }: Surroundings,
): Promise<void> {
  const tasks = tasksOf(page);
  const outputs = join(folder, ".outputs");
  mkdirSync(outputs, { recursive: true });
  for (const name of linked) symlinkSync(join(ROOT, name), join(folder, name));
  const script = join(outputs, "page.sh");
  writeFileSync(script, scriptOf(tasks, outputs));
  // A session of its own: what the page starts in the background ends with it.
  const shell = spawn("bash", [script], { cwd: folder, env, detached: true, stdio: "ignore" });
  const end = (): void => {
    try {
      process.kill(-(shell.pid ?? 0), "SIGKILL");
    } catch {
      // All of them have ended.
    }
  };
  process.once("exit", end);
  const timer = setTimeout(end, timeoutMs);
  await once(shell, "exit");
  clearTimeout(timer);
  process.removeListener("exit", end);
  end();
  for (const [index, task] of tasks.entries()) check(page, task, join(outputs, String(index)));
}

/** Each task in the same shell; a marker says that it ended as it should. */
function scriptOf(tasks: readonly Task[], outputs: string): string {
  const steps = tasks.map(({ block, kind }, index) => {
    const at = join(outputs, String(index));
    if (kind === "write") {
      const name = block.attributes["file"] ?? "";
      writeFileSync(`${at}.sh`, `mkdir -p "$(dirname "${name}")"; cp "${at}.content" "${name}"\n`);
      writeFileSync(`${at}.content`, `${block.text}\n`);
    } else writeFileSync(`${at}.sh`, `${patient(block.text)}\n`);
    return [...sourced(at, Number(block.attributes["exits"] ?? 0)), `touch "${at}.done"`].join("\n");
  });
  return `set -euo pipefail\n${steps.join("\n")}\n`;
}

/** A machine that is busy with other tests may be slower than the reader's. */
function patient(text: string): string {
  return text.replaceAll(/--timeout=(\d+)s/g, (_, seconds) => `--timeout=${Number(seconds) * 5}s`);
}

/** Any command that fails ends the script; where the page announces an exit code, only the last one counts. */
function sourced(at: string, code: number): readonly string[] {
  const source = `source "${at}.sh" >"${at}.out" 2>&1 </dev/null`;
  return code === 0 ? [source] : ["set +e", source, `[ $? = ${code} ] || exit 1`, "set -e"];
}

function check({ path }: Page, { block, output }: Task, at: string): void {
  const printed = existsSync(`${at}.out`) ? readFileSync(`${at}.out`, "utf8") : "";
  if (!existsSync(`${at}.done`))
    throw new Error(`${path}:${block.line} failed or was not reached:\n${block.text}\n---\n${printed}`);
  if (output === undefined) return;
  const missing = missingLine(output.text, printed);
  if (missing !== undefined)
    throw new Error(`${path}:${output.line} is not printed: ${missing}\n---\n${printed}`);
}
