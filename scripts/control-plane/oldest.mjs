// @ts-check
/**
 * `node scripts/control-plane/oldest.mjs COMMAND…` runs a command with the control plane of the oldest Kubernetes that we
 * support instead of the usual one. It is built like that, from oldest/go.mod, once, beside it in the cache; etcd is the same.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { say, withProgress } from "../progress.mjs";
import { goBuild } from "./build.mjs";
import { cacheFolder } from "./locate.mjs";
import { withLock } from "./lock.mjs";
import { obtain } from "./obtain.mjs";

const source = fileURLToPath(new URL("oldest", import.meta.url));
const version = /k8s\.io\/kubernetes (v\S+)/.exec(readFileSync(join(source, "go.mod"), "utf8"))?.[1] ?? "";
const folder = join(dirname(cacheFolder()), version);

function linkerFlags() {
  const [major, minor] = version.slice(1).split(".");
  const variables = [`gitVersion=${version}`, `gitMajor=${major}`, `gitMinor=${minor}`, "gitTreeState=clean"];
  return ["-s -w", ...variables.map((variable) => `-X k8s.io/component-base/version.${variable}`)].join(" ");
}

/** @param {string} name */
async function build(name) {
  const output = join(folder, name);
  if (existsSync(output)) return;
  say(`Building ${name} ${version} into ${folder}, once: up to 5 minutes on two cores`);
  const seen = { compiled: 0, downloaded: 0 };
  const what = {
    folder: source,
    source: `k8s.io/kubernetes/cmd/${name}`,
    output: `${output}.new`,
    linkerFlags: linkerFlags(),
  };
  const detail = () => `${seen.compiled} packages compiled`;
  await withProgress(`Building ${name}`, () => goBuild(what, seen), detail);
  renameSync(`${output}.new`, output);
}

async function prepare() {
  mkdirSync(folder, { recursive: true });
  await withLock(join(folder, ".lock"), async () => {
    for (const name of ["kube-apiserver", "kube-controller-manager", "kubectl"]) await build(name);
    const etcd = join(await obtain(["etcd"]), "etcd");
    if (!existsSync(join(folder, "etcd"))) copyFileSync(etcd, join(folder, "etcd"));
  });
  const found = execFileSync(join(folder, "kube-apiserver"), ["--version"], { encoding: "utf8" });
  if (!found.includes(version)) throw new Error(`${folder} has ${found.trim()} instead of ${version}`);
}

await prepare();
say(`Control plane: ${version} from ${folder}, the oldest that is supported`);
const [command = "true", ...args] = process.argv.slice(2);
const env = { ...process.env, KUBEBUILDER_ASSETS: folder, TEST_KUBERNETES: version };
const done = spawnSync(command, args, { stdio: "inherit", env });
if (done.error !== undefined) say(`${command} cannot be run: ${done.error.message}`);
process.exit(done.status ?? 1);
