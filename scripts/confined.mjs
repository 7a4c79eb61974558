// @ts-check
/**
 * `node scripts/confined.mjs COMMAND…` runs a command in a network of its own that has a loopback and nothing else. Argo
 * CD's controller listens on all addresses for whoever asks for metrics; here nobody can, and nothing can phone home.
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { say } from "./progress.mjs";

const [command, ...args] = process.argv.slice(2);
const flags = ["--net", ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"])];
const script = 'ip link set lo up && exec "$0" "$@"';
const done = spawnSync("unshare", [...flags, "sh", "-c", script, command ?? "true", ...args], {
  stdio: "inherit",
});
if (done.error !== undefined)
  say(`unshare cannot be run (${done.error.message}): this needs Linux with util-linux and iproute2`);
process.exit(done.status ?? 1);
