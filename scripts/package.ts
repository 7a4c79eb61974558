/**
 * `npm run package`: dist/twilio-emergency-operator-VERSION.tgz, for `npm install` and npx. What npm must know of the
 * program is not what it must know of this repository: all packages are in the bundle, so the package names none.
 */
import "./node-version.mjs";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");
const FOLDER = join(DIST, "package");

const { name, version, description, homepage, license, type, engines, bin } = JSON.parse(
  readFileSync(join(ROOT, "package.json"), "utf8"),
) as Readonly<Record<string, unknown>>;

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(join(FOLDER, "dist"), { recursive: true });
for (const file of readdirSync(DIST, { withFileTypes: true }))
  if (file.isFile() && !file.name.endsWith(".tgz"))
    cpSync(join(DIST, file.name), join(FOLDER, "dist", file.name));
for (const path of ["crds", "LICENSE", "README.md"])
  cpSync(join(ROOT, path), join(FOLDER, path), { recursive: true });
const manifest = { name, version, description, homepage, license, type, engines, bin };
writeFileSync(join(FOLDER, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
execFileSync("npm", ["pack", "--silent", "--pack-destination", DIST], { cwd: FOLDER, stdio: "inherit" });
