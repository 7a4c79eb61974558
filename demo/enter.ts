/** What a terminal needs to work with a playground: the programs in PATH, the cluster, and the emulator in Twilio's place. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

export interface Place {
  /** Folder for the programs and the file to source; it is made. */
  readonly dir: string;
  readonly kubectlPath: string;
  readonly kubeconfigPath: string;
  readonly namespace: string;
  readonly emulatorUrl: string;
}

export interface Entrance {
  /** Shell script to be sourced. */
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Writes `kubectl`, `twilio-emergency` and the script that puts them into a shell. */
export function writeEntrance({ dir, ...place }: Place): Entrance {
  const bin = join(dir, "bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(place.kubectlPath, join(bin, "kubectl"));
  const program = `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "src/cli.ts")}" "$@"\n`;
  for (const name of ["twilio-emergency", "kubectl-twilio_emergency"]) {
    writeFileSync(join(bin, name), program);
    chmodSync(join(bin, name), 0o755);
  }
  const env = {
    KUBECONFIG: place.kubeconfigPath,
    // kubectl keeps what a server offers by host and port: another playground may have had this one.
    KUBECACHEDIR: join(dir, "kubectl-cache"),
    TWILIO_BASE_URL: place.emulatorUrl,
    TWILIO_EMERGENCY_NAMESPACE: place.namespace,
    TWILIO_EMERGENCY_PENDING_POLL_INTERVAL: "300ms",
  };
  const lines = Object.entries(env).map(([name, value]) => `export ${name}="${value}"`);
  const path = join(dir, "playground.sh");
  writeFileSync(path, `${[...lines, `export PATH="${bin}:$PATH"`].join("\n")}\n`);
  return { path, env: { ...env, PATH: `${bin}:${process.env["PATH"] ?? ""}` } };
}
