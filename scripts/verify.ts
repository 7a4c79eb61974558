/**
 * Says whether every generated file is what its generator writes today and is committed so. A generated file is one
 * that names `npm run generate` in its first two lines, or that has a part which begins so.
 */
import "./node-version.mjs";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const MARK = "do not edit, run `npm run generate`";
/** Begins a part that is made in a page that somebody has written. */
const PART = new RegExp(`^<!-- Made from .*${MARK}`, "m");

function git(...args: string[]): string[] {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" })
    .split("\n")
    .filter((line) => line !== "");
}

function generatedFiles(): string[] {
  const mentions = spawnSync("git", ["grep", "-lF", "--untracked", MARK], { cwd: root, encoding: "utf8" });
  return mentions.stdout.split("\n").filter((path) => path !== "" && isMarked(path));
}

function isMarked(path: string): boolean {
  if (!existsSync(join(root, path))) return false;
  const text = readFileSync(join(root, path), "utf8");
  return text.split("\n", 2).join("\n").includes(MARK) || PART.test(text);
}

const before = generatedFiles();
const begun = Date.now();
const { status } = spawnSync(process.execPath, [join(root, "scripts/generate.ts")], { stdio: "inherit" });
if (status !== 0) process.exit(1);
const files = [...new Set([...before, ...generatedFiles()])];

const changed =
  files.length === 0 ? [] : git("status", "--porcelain", "--untracked-files=all", "--", ...files);
// Every generator writes all its files: one not written just now has lost its generator or its source. The margin is for
// file systems whose clock ticks coarsely.
const orphaned = files.filter(
  (path) => existsSync(join(root, path)) && statSync(join(root, path)).mtimeMs < begun - 100,
);

for (const line of changed) process.stderr.write(`differs from what is committed: ${line}\n`);
for (const path of orphaned) process.stderr.write(`no generator writes it any more: ${path}\n`);
if (changed.length + orphaned.length > 0) {
  process.stderr.write("Run `npm run generate`, look at the difference and commit it.\n");
  process.exit(1);
}
process.stderr.write(`${files.length} generated files are up to date\n`);
