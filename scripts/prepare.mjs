// @ts-check
/**
 * What every npm script runs first, on whichever Node (20 or newer) the machine has: installs the packages, Node 26
 * among them, and obtains the control plane unless told `--no-control-plane`. Does nothing when all is there.
 *
 * npm puts node_modules/.bin first in PATH, so what follows in the same line finds Node 26 there. But a shell remembers
 * where it found `node` for this script: hence the `hash -r` before a second `node` in package.json.
 */
import { spawn, spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { obtain } from "./control-plane/obtain.mjs";
import { whyInstall } from "./installed.mjs";
import { say, withProgress } from "./progress.mjs";

const OLDEST_NODE = 20;
const NODE_MAJOR = 26;
const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function prepare() {
  if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
    throw new Error(`Node ${OLDEST_NODE} or newer is needed to begin with; this is ${process.version}.`);
  }
  const reason = whyInstall(root);
  if (reason !== undefined) await withProgress(`Installing packages (${reason})`, install);
  checkNode();
  if (!process.argv.includes("--no-control-plane")) await obtain();
}

/** @returns {Promise<void>} */
function install() {
  // The warnings are about the Node that npm itself runs on; the packages are for the one that comes with them.
  const npm = spawn("npm", ["ci", "--loglevel=error"], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  /** @type {Buffer[]} */
  const output = [];
  npm.stdout.on("data", (chunk) => output.push(chunk));
  npm.stderr.on("data", (chunk) => output.push(chunk));
  return new Promise((resolve, reject) => {
    npm.on("error", (error) => reject(new Error(`npm cannot be run: ${error.message}`)));
    npm.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ci failed:\n${Buffer.concat(output).toString().trim()}`));
    });
  });
}

/** The commands that follow must find Node 26; on a system we have no package for, the machine's own will do. */
function checkNode() {
  const path = [join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
  const { stdout } = spawnSync("node", ["--version"], {
    encoding: "utf8",
    env: { ...process.env, PATH: path },
  });
  if (stdout?.startsWith(`v${NODE_MAJOR}.`)) return;
  throw new Error(
    `Node ${NODE_MAJOR} is needed and ${stdout?.trim() || "none"} was found: there is no npm package of it for ` +
      `${process.platform}-${process.arch}, or optional packages were left out (npm config omit=optional). ` +
      `Install Node ${NODE_MAJOR} by other means and run this again.`,
  );
}

try {
  await prepare();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
