// @ts-check
/** Where the programs of a Kubernetes control plane are looked for, and what is said when they are nowhere. */
import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export const KUBERNETES_VERSION = "v1.36.3";

/** What `npm start` and `npm test` need. */
export const REQUIRED = Object.freeze(["etcd", "kube-apiserver", "kubectl"]);

/**
 * @typedef {object} Place
 * @property {string} name how a message calls it
 * @property {string} path
 */

/**
 * The folder that builds go to and that later runs find.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string}
 */
export function cacheFolder(env = process.env) {
  const base = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(base, "twilio-emergency-operator", "control-plane", KUBERNETES_VERSION);
}

/**
 * The places in the order in which they are asked.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Place[]}
 */
export function places(env = process.env) {
  const assets = env["KUBEBUILDER_ASSETS"];
  return [
    ...(assets ? [{ name: "KUBEBUILDER_ASSETS", path: assets }] : []),
    { name: "kubebuilder's folder", path: "/usr/local/kubebuilder/bin" },
    { name: "the cache", path: cacheFolder(env) },
  ];
}

/**
 * The first place that holds every wanted program.
 *
 * @param {readonly string[]} [wanted]
 * @param {readonly Place[]} [from]
 * @returns {Place | undefined}
 */
export function locate(wanted = REQUIRED, from = places()) {
  return from.find((place) => missing(place.path, wanted).length === 0);
}

/**
 * @param {string} folder
 * @param {readonly string[]} wanted
 * @returns {string[]}
 */
export function missing(folder, wanted) {
  return wanted.filter((name) => !executable(join(folder, name)));
}

/** @param {string} file */
function executable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} because
 * @param {readonly string[]} wanted
 * @returns {string}
 */
export function cures(because, wanted) {
  const list = wanted.join(", ");
  return [
    `No Kubernetes control plane: ${because}`,
    "Any one of these mends it:",
    `  1. install Go 1.26 or newer and run this again: ${list} are then built from source, once, in 3 to 8 minutes;`,
    `  2. set KUBEBUILDER_ASSETS to a folder that holds ${list} of Kubernetes 1.36`,
    "     (setup-envtest use 1.36 -p path prints one);",
    `  3. copy these programs from a machine that has them to ${cacheFolder()}`,
  ].join("\n");
}
