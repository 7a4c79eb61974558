/** The programs that render and judge what is in deploy/. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { toolPath } from "../../scripts/tools/obtain.mjs";
import type { CommandResult } from "../support/control-plane.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const NAME = "twilio-emergency-operator";

/** An object of a manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // oxlint-disable-next-line typescript/no-explicit-any -- any kind of object
  readonly [field: string]: any;
}

export async function runTool(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const child = spawn(path, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, stderr, code };
}

export function helm(args: readonly string[], kubeconfig?: string): Promise<CommandResult> {
  return runTool(toolPath("helm"), args, kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig });
}

/** `helm template` of the chart under the names that the kustomize base uses. */
export async function render(args: readonly string[] = []): Promise<string> {
  const done = await helm(["template", NAME, "deploy/chart", "--namespace", NAME, ...args]);
  if (done.code !== 0) throw new Error(done.stderr);
  return done.stdout;
}

export function manifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null);
}

/** Kind, namespace and name. */
export function idOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.namespace ?? ""}/${metadata.name}`;
}
