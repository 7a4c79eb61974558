// @ts-check
/** Builds the programs of a control plane from the Go modules that go.mod and go.sum beside this file pin. */
import { spawn } from "node:child_process";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { say, withProgress } from "../progress.mjs";
import { withLock } from "./lock.mjs";
import { KUBERNETES_VERSION, cacheFolder, missing } from "./locate.mjs";

const PACKAGES = Object.freeze({
  etcd: "go.etcd.io/etcd/server/v3",
  "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
  "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
  kubectl: "k8s.io/kubernetes/cmd/kubectl",
});

/** Without these the programs call themselves v0.0.0 and kubectl warns of the difference. */
function linkerFlags() {
  const [major, minor] = KUBERNETES_VERSION.slice(1).split(".");
  const version = "k8s.io/component-base/version";
  return [
    "-s -w",
    `-X ${version}.gitVersion=${KUBERNETES_VERSION}`,
    `-X ${version}.gitMajor=${major}`,
    `-X ${version}.gitMinor=${minor}`,
    `-X ${version}.gitTreeState=clean`,
  ].join(" ");
}

/**
 * Builds what the cache lacks of `wanted`. Two processes that want it at once do not build twice: the second waits.
 *
 * @param {readonly string[]} wanted
 * @returns {Promise<string>} the folder
 */
export async function build(wanted) {
  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true });
  await withLock(join(folder, ".lock"), async () => {
    const lacking = missing(folder, wanted);
    if (lacking.length > 0)
      say(`Building ${lacking.join(", ")} into ${folder}, once: 3 to 8 minutes on two cores`);
    for (const name of lacking) await buildOne(folder, name);
  });
  return folder;
}

/**
 * @param {string} folder
 * @param {string} name
 */
async function buildOne(folder, name) {
  const temporary = join(folder, `.${name}.${process.pid}`);
  const seen = { compiled: 0, downloaded: 0 };
  const detail = () => {
    if (seen.compiled > 0) return `${seen.compiled} packages compiled`;
    return seen.downloaded > 0 ? `${seen.downloaded} modules downloaded` : "";
  };
  try {
    await withProgress(`Building ${name}`, () => compile(name, temporary, seen), detail);
    // A build that is cut short must not leave half a program under the name that others look for.
    renameSync(temporary, join(folder, name));
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * @param {string} name
 * @param {string} output
 * @param {{ compiled: number, downloaded: number }} seen counted up as Go tells of it
 * @returns {Promise<void>}
 */
function compile(name, output, seen) {
  const source = PACKAGES[/** @type {keyof typeof PACKAGES} */ (name)];
  if (source === undefined) throw new Error(`it is not known how ${name} is built`);
  const folder = fileURLToPath(new URL(".", import.meta.url));
  return goBuild({ folder, source, output, linkerFlags: linkerFlags() }, seen);
}

/**
 * `go build` of one program of the module in a folder.
 *
 * @param {{ folder: string, source: string, output: string, linkerFlags: string }} what
 * @param {{ compiled: number, downloaded: number }} seen counted up as Go tells of it
 * @returns {Promise<void>}
 */
export function goBuild({ folder, source, output, linkerFlags: flags }, seen) {
  const go = spawn("go", ["build", "-v", "-trimpath", "-ldflags", flags, "-o", output, source], {
    cwd: folder,
    env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "-mod=readonly -buildvcs=false" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  /** @type {string[]} */
  const complaints = [];
  createInterface({ input: go.stderr }).on("line", (line) => {
    if (line.startsWith("go: downloading ")) seen.downloaded += 1;
    else if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(line)) seen.compiled += 1;
    else complaints.push(line);
  });
  return new Promise((resolve, reject) => {
    go.on("error", reject);
    go.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`go build ${source} failed:\n${complaints.slice(-15).join("\n")}`));
    });
  });
}
