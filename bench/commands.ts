/** The commands that people and CI run: how long they take and what memory they need, beside an emulator without latency. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EmulatorProcess, startEmulatorProcess } from "../test/support/emulator.ts";
import { median, type Findings } from "./results.ts";
import { ACCOUNT_SID, bundled, numberOf, TOKEN } from "./scene.ts";

const TIMES = 7;
const ADDRESSES = 20;
const PLANNED = 10_000;
const IMPORTED = 50_000;

export async function commands(): Promise<Findings> {
  const program = await bundled();
  const dir = mkdtempSync(join(tmpdir(), "bench-commands-"));
  const emulator = await startEmulatorProcess();
  const run = (...args: readonly string[]): Promise<Ended> => runOnce([program, ...args], emulator.url);
  try {
    const help: Ended[] = [];
    for (let index = 0; index < TIMES; index += 1) help.push(await run("--help"));
    await company(emulator, PLANNED);
    const manifests = join(dir, "planned");
    const snapshot = join(dir, "snapshot.json");
    await run("import", "--output", manifests, "--save-snapshot", snapshot);
    const plan = await run("plan", "-f", manifests, "--snapshot", snapshot);
    await company(emulator, IMPORTED);
    const imported = await run("import", "--output", join(dir, "imported"));
    return {
      "--help": [median(help.map(({ seconds }) => seconds)), "s"],
      "plan of 10,000": [plan.seconds, "s"],
      "plan of 10,000 peak memory": [plan.peakMb, "MB"],
      "import of 50,000": [imported.seconds, "s"],
      "import of 50,000 peak memory": [imported.peakMb, "MB"],
    };
  } finally {
    await emulator.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The account anew: its numbers registered at a few Addresses. */
async function company(emulator: EmulatorProcess, count: number): Promise<void> {
  await emulator.control.set({ latencyMs: 0 });
  const sidOf = (index: number): string => `AD${String(index).padStart(32, "0")}`;
  const addresses = Array.from({ length: ADDRESSES }, (_, index) => ({
    ...{ sid: sidOf(index), customer_name: "Acme Inc", street: `${index + 1} Main St`, city: "Denver" },
    ...{ region: "CO", postal_code: "80202", iso_country: "US", emergency_enabled: true },
  }));
  const numbers = Array.from({ length: count }, (_, index) => ({
    ...numberOf(index),
    emergency_address_sid: sidOf(index % ADDRESSES),
    emergency_address_status: "registered",
    emergency_status: "Active",
  }));
  await emulator.control.addAccount({ sid: ACCOUNT_SID, authToken: TOKEN, addresses, numbers });
}

interface Ended {
  readonly seconds: number;
  readonly peakMb: number;
}

async function runOnce(args: readonly string[], url: string): Promise<Ended> {
  const env = {
    ...{ TWILIO_ACCOUNT_SID: ACCOUNT_SID, TWILIO_AUTH_TOKEN: TOKEN, TWILIO_BASE_URL: url },
    PATH: process.env["PATH"],
  };
  const began = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  let peakMb = 0;
  const watch = setInterval(() => (peakMb = Math.max(peakMb, peakOf(child.pid ?? 0))), 10);
  const [code] = (await once(child, "exit")) as [number | null];
  clearInterval(watch);
  const seconds = (performance.now() - began) / 1000;
  if (code !== 0) throw new Error(`${args.slice(1).join(" ")} ended with ${code}: ${said}`);
  return { seconds, peakMb };
}

/** Largest resident memory so far, in MB. */
function peakOf(pid: number): number {
  try {
    const [, kb = "0"] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Math.round(Number(kb) / 1024);
  } catch {
    return 0;
  }
}
