// @ts-check
/**
 * Programs that tests judge our packaging by, built from the Go modules that the folders beside this file pin, once, into
 * the cache. As a command: `node scripts/tools/obtain.mjs helm argocd` prints their paths.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { goBuild } from "../control-plane/build.mjs";
import { withLock } from "../control-plane/lock.mjs";
import { say, withProgress } from "../progress.mjs";

/** What is built, and how it calls itself. */
const TOOLS = Object.freeze({
  helm: {
    source: "helm.sh/helm/v4/cmd/helm",
    variables: ["helm.sh/helm/v4/internal/version.version=v4.3.1"],
  },
  argocd: {
    source: "github.com/argoproj/argo-cd/v3/cmd",
    variables: ["github.com/argoproj/argo-cd/v3/common.version=3.2.11"],
  },
  actionlint: { source: "github.com/rhysd/actionlint/cmd/actionlint", variables: [] },
  kstatus: { source: ".", variables: [] },
});

/** @typedef {keyof typeof TOOLS} Tool */

/**
 * @param {Tool} name
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string} where the program is, or is to be: the name carries what it is built from
 */
export function toolPath(name, env = process.env) {
  const base = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const hash = createHash("sha256").update(JSON.stringify(TOOLS[name]));
  const folder = sourceFolder(name);
  for (const file of readdirSync(folder).toSorted()) hash.update(readFileSync(join(folder, file)));
  return join(base, "twilio-emergency-operator", "tools", hash.digest("hex").slice(0, 12), name);
}

/**
 * @param {Tool} name
 * @returns {Promise<string>} the path of the program
 */
export async function obtainTool(name) {
  const path = toolPath(name);
  if (existsSync(path)) return path;
  const folder = join(path, "..");
  mkdirSync(folder, { recursive: true });
  await withLock(join(folder, ".lock"), async () => {
    if (!existsSync(path)) await build(name, path);
  });
  return path;
}

/**
 * @param {Tool} name
 * @param {string} path
 */
async function build(name, path) {
  say(`Building ${name} into ${path}, once: up to 8 minutes on two cores`);
  const seen = { compiled: 0, downloaded: 0 };
  const output = `${path}.${process.pid}`;
  const { source, variables } = TOOLS[name];
  const linkerFlags = ["-s -w", ...variables.map((variable) => `-X ${variable}`)].join(" ");
  const detail = () => `${seen.downloaded} modules downloaded, ${seen.compiled} packages compiled`;
  try {
    const work = () => goBuild({ folder: sourceFolder(name), source, output, linkerFlags }, seen);
    await withProgress(`Building ${name}`, work, detail);
    renameSync(output, path);
  } finally {
    rmSync(output, { force: true });
  }
}

/**
 * Downloads a module that a tool is built from, unless it is there.
 *
 * @param {Tool} name
 * @param {string} module such as `github.com/argoproj/argo-cd/v3`
 * @returns {string} the folder with its files
 */
export function moduleFolder(name, module) {
  const env = { ...process.env, GOWORK: "off", GOFLAGS: "-mod=readonly" };
  const json = execFileSync("go", ["mod", "download", "-json", module], {
    cwd: sourceFolder(name),
    env,
    encoding: "utf8",
  });
  return /** @type {{ Dir: string }} */ (JSON.parse(json)).Dir;
}

/** @param {Tool} name */
function sourceFolder(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const name of process.argv.slice(2)) {
    if (!(name in TOOLS)) throw new Error(`${name} is not one of ${Object.keys(TOOLS).join(", ")}`);
    process.stdout.write(`${await obtainTool(/** @type {Tool} */ (name))}\n`);
  }
}
