/** Every command's help has an example; each is carried out here as a person would type it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programOf } from "../../src/cli/commands.ts";
import { systemClock } from "../../src/runtime/system-clock.ts";
import { eventually } from "../stories/eventually.ts";
import type { Site } from "../stories/site.ts";
import { Stage } from "../stories/stage.ts";
import { startEmulatorProcess, type EmulatorProcess } from "../support/emulator.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TIMEOUT = 180_000;

/** The namespace that the examples name. */
const stage = new Stage("shop");
let site: Site;
let company: EmulatorProcess;
/** Where the person is: with the examples, and a home of her own. */
let folder: string;

beforeAll(async () => {
  company = await startEmulatorProcess(["--data", join(ROOT, "examples/emulator-data.yaml")]);
  await company.control.set({
    registrationMs: 200,
    unregistrationMs: 200,
    registrationMsByCountry: {},
    latencyMs: 0,
  });
  await stage.open();
  site = await stage.site();
  await site.settled(1, { changePolicy: "Manual" });
  await site.patch("address", "hq", { spec: { street: "2 Side St" } });
  await site.reason("binding", "desk", "AwaitingApproval");
  folder = mkdtempSync(join(tmpdir(), "twilio-emergency-examples-"));
  cpSync(join(ROOT, "examples"), join(folder, "examples"), { recursive: true });
  mkdirSync(join(folder, ".kube"));
  copyFileSync(stage.plane.kubeconfigPath, join(folder, ".kube/config"));
  mkdirSync(join(folder, "bin"));
  const script = `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "src/cli.ts")}" "$@"\n`;
  writeFileSync(join(folder, "bin/twilio-emergency"), script, { mode: 0o755 });
}, TIMEOUT);
afterAll(async () => {
  await company?.stop();
  await stage.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

function exampleOf(name: string): string {
  const command = programOf(systemClock(), () => Promise.resolve(0)).commands.find(
    (one) => one.name() === name,
  );
  let help = "";
  command?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  const [, example = ""] = /\nExample:\n {2}(.+)\n*$/.exec(help) ?? [];
  expect(example).toContain("twilio-emergency");
  return example;
}

interface Person {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly ended: Promise<number | null>;
}

function type(line: string, more: Readonly<Record<string, string>> = {}): Person {
  const env = {
    PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
    HOME: folder,
    KUBECONFIG: join(folder, ".kube/config"),
    TWILIO_ACCOUNT_SID: "AC00000000000000000000000000000001",
    TWILIO_AUTH_TOKEN: "demo-token-not-a-secret",
    TWILIO_BASE_URL: company.url,
    TWILIO_EMERGENCY_PENDING_POLL_INTERVAL: "100ms",
    ...more,
  };
  // As in a terminal, an interrupt goes to the whole line.
  const child = spawn("bash", ["--norc", "-c", line], { cwd: folder, env, detached: true });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { child, said: () => text, ended: once(child, "close").then(([code]) => code as number | null) };
}

/** Until it has said this; then it is interrupted, and must end well. */
async function untilSaid(person: Person, what: string): Promise<void> {
  await eventually(() => Promise.resolve(person.said().includes(what) ? true : undefined));
  process.kill(-(person.child.pid ?? 0), "SIGINT");
  expect({ code: await person.ended, said: person.said() }).toMatchObject({ code: 0 });
}

async function answered(person: Person, answer: string): Promise<{ code: number | null; said: string }> {
  person.child.stdin?.end(answer);
  const code = await person.ended;
  return { code, said: person.said() };
}

/** What stands for the name in the example, or for what the machine may not have free. */
const fitted = (line: string): string =>
  line
    .replace("PhoneNumberBinding/reception", `PhoneNumberBinding/${site.id}-desk`)
    .replace("--port 4010", "--port 0");

const ENDS: readonly (readonly [name: string, code: number, says: string, answer: string])[] = [
  ["plan", 2, "### Emergency addresses: ", ""],
  // One of its addresses is misspelt, to show what is said then.
  ["apply", 1, "take Twilio's form", ""],
  ["import", 0, "6 of 8 numbers at 3 addresses", ""],
  ["coverage", 0, "", ""],
  ["orphans", 0, "", ""],
  ["approve", 0, "approved: ", "yes\n"],
  ["from-csv", 0, "", ""],
  ["doctor", 0, "✓ the cluster at ", ""],
  ["completion", 0, "", ""],
];
/** It asks with the credentials of the account in the cluster. */
const ofStage = (name: string): Readonly<Record<string, string>> =>
  name === "doctor" ? { TWILIO_BASE_URL: stage.control.url } : {};

const STAYS = [
  ["status", "Authenticated"],
  ["run", "twilio-emergency-operator"],
  ["emulate", `{"listening":"http://127.0.0.1:`],
] as const;

describe("the example in the help of", () => {
  it.each(ENDS)("%s", { timeout: TIMEOUT }, async (name, code, says, answer) => {
    const { code: ended, said } = await answered(type(fitted(exampleOf(name)), ofStage(name)), answer);
    expect({ ended, said }).toEqual({ ended: code, said: expect.stringContaining(says) as string });
  });

  it.each(STAYS)("%s", { timeout: TIMEOUT }, async (name, says) => {
    const person = type(fitted(exampleOf(name)), {
      TWILIO_EMERGENCY_METRICS_ADDR: "127.0.0.1:0",
      TWILIO_EMERGENCY_HEALTH_ADDR: "127.0.0.1:0",
      ...(name === "run" ? { TWILIO_EMERGENCY_NAMESPACE: "nobody" } : {}),
    });
    await untilSaid(person, says);
  });

  it("every command is tried here, and what they were to write is there", () => {
    const tried = [...ENDS, ...STAYS].map(([name]) => name).toSorted();
    const all = programOf(systemClock(), () => Promise.resolve(0)).commands.map((one) => one.name());
    expect(tried).toEqual(all.toSorted());
    expect(existsSync(join(folder, "coverage.html"))).toBe(true);
    expect(existsSync(join(folder, "company"))).toBe(true);
  });
});
