// @ts-check
/** Whether node_modules is what package-lock.json says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 */

/**
 * Compares the lockfile with the record that npm leaves in node_modules. Times say nothing: a checkout touches the
 * lockfile without a change, and a pull changes it with an old date.
 *
 * @param {string} root
 * @returns {string | undefined} why an installation is needed
 */
export function whyInstall(root) {
  const locked = packagesOf(join(root, "package-lock.json"));
  const present = packagesOf(join(root, "node_modules", ".package-lock.json"));
  if (locked === undefined) return "package-lock.json cannot be read";
  if (present === undefined) return "node_modules is not there";
  return firstDifference(locked, present);
}

/**
 * @param {LockedPackages} locked
 * @param {LockedPackages} present
 * @returns {string | undefined}
 */
export function firstDifference(locked, present) {
  for (const [path, wanted] of Object.entries(locked)) {
    if (path === "") continue;
    const found = present[path];
    // Packages for another operating system are in the lockfile, and not in node_modules.
    if (found === undefined && wanted.optional === true) continue;
    if (found === undefined) return `${path} is missing`;
    if (found.version !== wanted.version || found.integrity !== wanted.integrity)
      return `${path} has changed`;
  }
  const extra = Object.keys(present).find((path) => locked[path] === undefined);
  return extra === undefined ? undefined : `${extra} is no longer in the lockfile`;
}

/**
 * @param {string} file
 * @returns {LockedPackages | undefined}
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}
