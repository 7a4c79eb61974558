// @ts-check
/**
 * Prometheus and promtool, by which tests judge our alerts and the dashboard: those that are installed, else those of the
 * Debian package `prometheus`, unpacked into the cache without installing it. As a command it prints where they are.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { say } from "../progress.mjs";

/** @typedef {{ readonly prometheus: string, readonly promtool: string }} Programs */

const HOW =
  "Install it with `apt-get update && apt-get install -y prometheus`, or put prometheus and promtool into PATH.";

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Programs}
 * @throws {Error} that says how to get them
 */
export function obtainPrometheus(env = process.env) {
  const cache = join(
    env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
    "twilio-emergency-operator",
    "prometheus",
  );
  const unpacked = join(cache, "usr", "bin");
  const found = programsIn([...(env["PATH"] ?? "").split(delimiter), unpacked]);
  if (found !== undefined) return found;
  try {
    unpack(cache, env);
  } catch (error) {
    throw new Error(`The tests of the alerts need Prometheus, which is not there. ${HOW}`, { cause: error });
  }
  const now = programsIn([unpacked]);
  if (now === undefined) throw new Error(`The package prometheus holds no prometheus and promtool. ${HOW}`);
  return now;
}

/**
 * @param {readonly string[]} folders
 * @returns {Programs | undefined}
 */
function programsIn(folders) {
  const find = (/** @type {string} */ name) =>
    folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  const [prometheus, promtool] = [find("prometheus"), find("promtool")];
  return prometheus === undefined || promtool === undefined ? undefined : { prometheus, promtool };
}

/**
 * @param {string} cache
 * @param {NodeJS.ProcessEnv} env
 */
function unpack(cache, env) {
  say("Fetching the Debian package prometheus, once");
  const folder = mkdtempSync(join(tmpdir(), "prometheus-"));
  try {
    download(folder, env);
    const archive = readdirSync(folder).find((name) => name.endsWith(".deb")) ?? "";
    const output = join(folder, "unpacked");
    execFileSync("dpkg-deb", ["-x", join(folder, archive), output], { env });
    mkdirSync(join(cache, ".."), { recursive: true });
    rmSync(cache, { recursive: true, force: true });
    // The cache may be on another file system: copied first, then renamed.
    cpSync(output, `${cache}.new`, { recursive: true });
    renameSync(`${cache}.new`, cache);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
function download(folder, env) {
  const apt = (/** @type {string[]} */ args) =>
    execFileSync("apt-get", args, { cwd: folder, env, stdio: "pipe" });
  try {
    apt(["download", "prometheus"]);
  } catch {
    // A fresh machine has no lists yet.
    apt(["update"]);
    apt(["download", "prometheus"]);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { prometheus, promtool } = obtainPrometheus();
  process.stdout.write(`${prometheus}\n${promtool}\n`);
}
