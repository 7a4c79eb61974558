/**
 * Part of the build: writes the licences of every package in the bundle into one file beside it, and stops the build at a
 * licence that is not on the list.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "rolldown";

export const LICENCES_FILE = "THIRD-PARTY-LICENSES.txt";

/** What may be in the program: licences that ask for their text to be kept and for nothing of ours, or for nothing. */
const ALLOWED = new Set([
  ...["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "ISC", "MIT", "Unlicense"],
]);

export interface Package {
  readonly name: string;
  readonly version: string;
  /** SPDX expression of its package.json. */
  readonly licence: string;
  /** Of its licence file, and of its notice where there is one; empty where it brings none. */
  readonly text: string;
}

/**
 * The packages that these modules are from, by name.
 *
 * @throws {Error} naming every package whose licence is not allowed
 */
export function packagesOf(modules: readonly string[]): readonly Package[] {
  const folders = new Set(modules.flatMap((module) => folderOf(module) ?? []));
  const packages = [...folders].map((folder) => readPackage(folder));
  const refused = packages.filter(({ licence }) => !isAllowed(licence));
  if (refused.length > 0) {
    const list = refused.map(({ name, version, licence }) => `${name}@${version} (${licence})`).join(", ");
    throw new Error(`not on the list of licences in scripts/licences.ts: ${list}`);
  }
  return packages.toSorted((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

export function render(packages: readonly Package[]): string {
  const parts = packages.map(
    ({ name, version, licence, text }) => `${name} ${version}\nLicence: ${licence}\n\n${text}\n`,
  );
  return ["The program contains these packages.\n", ...parts].join(`\n${"-".repeat(80)}\n\n`);
}

/** The nearest folder above a module of node_modules that names a package. */
function folderOf(module: string): string | undefined {
  const at = module.lastIndexOf("/node_modules/");
  if (at < 0) return undefined;
  const from = at + "/node_modules/".length;
  const [scope = "", name = ""] = module.slice(from).split("/");
  return module.slice(0, from) + (scope.startsWith("@") ? `${scope}/${name}` : scope);
}

function readPackage(folder: string): Package {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)(\.|-|$)/i.test(file));
  const text = files.toSorted().map((file) => readFileSync(join(folder, file), "utf8").trim());
  return { name, version, licence: license ?? "none", text: text.join("\n\n") };
}

/** `A OR B`: one of them is enough. `A AND B`: both are needed. */
function isAllowed(expression: string): boolean {
  return expression
    .replaceAll(/[()]/g, "")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((licence) => ALLOWED.has(licence)));
}

/** For rolldown. */
export function licences(): Plugin {
  return {
    name: "licences",
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((output) =>
        output.type === "chunk" ? output.moduleIds : [],
      );
      const real = modules.filter((module) => existsSync(dirname(module)));
      this.emitFile({ type: "asset", fileName: LICENCES_FILE, source: render(packagesOf(real)) });
    },
  };
}
