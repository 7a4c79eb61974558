/** The container image is built and looked into with the real buildah. */
import { execFileSync, spawnSync } from "node:child_process";

/** Runs buildah with storage that needs no special file system; the output. */
export function buildah(...args: readonly string[]): string {
  return execFileSync("buildah", ["--storage-driver", "vfs", ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** @throws {Error} saying what to install, or as whom to run */
export function checkBuildah(): void {
  if (spawnSync("buildah", ["--version"]).error !== undefined)
    throw new Error("the image is built with buildah, which is not there: apt-get install buildah");
  if (process.getuid?.() !== 0)
    throw new Error("the image is mounted and run in a chroot, which needs root: sudo npm run test:image");
}
