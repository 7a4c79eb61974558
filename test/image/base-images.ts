/**
 * Stand-ins for the base images, made of what this machine has, where no registry can be reached: one with a shell, Node
 * and npm to build in, one with the libraries that distroless/cc brings to run in.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../deploy/tools.ts";
import { buildah } from "./buildah.ts";

export const NODE_IMAGE = "localhost/twilio-emergency-test/node:local";
export const RUNTIME_IMAGE = "localhost/twilio-emergency-test/cc:local";

const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
const TOOLS = ["sh", "env", "mkdir", "cp", "grep", "ldd", "cat", "dirname", "uname", "bash"];
const NONROOT =
  "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n";

export function makeBaseImages(): void {
  make(NODE_IMAGE, (root) => {
    for (const tool of TOOLS) addProgram(root, which(tool), `/bin/${tool}`);
    symlinkSync("/bin", join(root, "usr/bin"));
    addProgram(root, realpathSync(process.execPath), "/usr/local/bin/node");
    const npm = dirname(dirname(realpathSync(which("npm"))));
    cpSync(npm, join(root, "usr/local/lib/npm"), { recursive: true });
    symlinkSync("../lib/npm/bin/npm-cli.js", join(root, "usr/local/bin/npm"));
    // What the bundler's native part is linked with, which any Debian has.
    for (const binding of globSync(join(ROOT, "node_modules/@rolldown/*/*.node")))
      addLibraries(root, binding, () => true);
  });
  make(RUNTIME_IMAGE, (root) => {
    // Not libatomic, which distroless/cc does not have either.
    addLibraries(root, realpathSync(process.execPath), (library) => !library.includes("libatomic"));
  });
}

function make(image: string, fill: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), "base-image-"));
  try {
    for (const folder of [
      "bin",
      "etc/ssl/certs",
      "tmp",
      "usr/local/bin",
      "usr/local/etc",
      "usr/local/lib",
      "root",
      "proc",
      "dev",
      "sys",
    ])
      mkdirSync(join(root, folder), { recursive: true });
    fill(root);
    writeFileSync(join(root, "etc/passwd"), NONROOT);
    addCertificates(root);
    const container = buildah("from", "scratch").trim();
    buildah("copy", "--quiet", container, root, "/");
    buildah("config", "--env", "PATH=/usr/local/bin:/bin", container);
    // Behind a proxy that has certificates of its own.
    buildah("config", "--env", `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`, container);
    buildah("commit", "--quiet", "--rm", container, image);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function which(program: string): string {
  return execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
}

function addProgram(root: string, from: string, to: string): void {
  const real = realpathSync(from);
  cpSync(real, join(root, to));
  if (!readFileSync(real).subarray(0, 2).equals(Buffer.from("#!"))) addLibraries(root, real, () => true);
}

function addLibraries(root: string, program: string, isWanted: (library: string) => boolean): void {
  const listed = execFileSync("ldd", [program], { encoding: "utf8" });
  for (const [library] of listed.matchAll(/\/\S+\.so\S*/g)) {
    if (!isWanted(library)) continue;
    mkdirSync(join(root, dirname(library)), { recursive: true });
    cpSync(realpathSync(library), join(root, library));
  }
}

function addCertificates(root: string): void {
  const bundle = process.env["NODE_EXTRA_CA_CERTS"] ?? CERTIFICATES;
  cpSync(realpathSync(bundle), join(root, CERTIFICATES));
}
