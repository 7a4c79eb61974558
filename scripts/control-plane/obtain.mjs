// @ts-check
/**
 * Makes sure that there is a Kubernetes control plane: looks for its programs and, if need be, builds them.
 * As a command: `node scripts/control-plane/obtain.mjs [--with kube-controller-manager]` prints the folder.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { say } from "../progress.mjs";
import { build } from "./build.mjs";
import { KUBERNETES_VERSION, REQUIRED, cacheFolder, cures, locate, missing, places } from "./locate.mjs";

/** The oldest Go that fetches by itself the newer one that go.mod asks for. */
const OLDEST_GO = 21;

/**
 * @param {readonly string[]} [wanted]
 * @returns {Promise<string>} the folder with every wanted program
 * @throws {Error} with the ways to mend it
 */
export async function obtain(wanted = REQUIRED) {
  const found = locate(wanted);
  if (found !== undefined) {
    // Our own cache carries the version in its name; asking a program for it takes a tenth of a second.
    const version = found.path === cacheFolder() ? KUBERNETES_VERSION : versionIn(found.path);
    say(`Control plane: ${version} from ${found.path}`);
    if (!version.startsWith("v1.36.")) say(`Warning: it is tested with 1.36, ${found.name} has ${version}`);
    return found.path;
  }
  for (const place of places()) {
    say(`Control plane: ${place.path} lacks ${missing(place.path, wanted).join(", ")}`);
  }
  const obstacle = whyNotBuild();
  if (obstacle !== undefined) throw new Error(cures(obstacle, wanted));
  try {
    return await build(wanted);
  } catch (error) {
    throw new Error(cures(error instanceof Error ? error.message : String(error), wanted));
  }
}

/** @param {string} folder */
function versionIn(folder) {
  const text = execFileSync(join(folder, "kube-apiserver"), ["--version"], { encoding: "utf8" });
  return text.replace("Kubernetes", "").trim();
}

/** @returns {string | undefined} */
function whyNotBuild() {
  const { error, stdout } = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  if (error !== undefined) return "its programs were found nowhere, and there is no Go to build them with.";
  const minor = Number(/^go1\.(\d+)/.exec(stdout)?.[1] ?? 0);
  if (minor < OLDEST_GO)
    return `its programs were found nowhere, and ${stdout.trim()} is too old to build them.`;
  return undefined;
}

/** @param {readonly string[]} args */
function wantedBy(args) {
  return [...REQUIRED, ...args.flatMap((arg, at) => (args[at - 1] === "--with" ? arg.split(",") : []))];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    process.stdout.write(`${await obtain(wantedBy(process.argv.slice(2)))}\n`);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
