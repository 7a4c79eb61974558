/** The commands of the README, as a newcomer types them. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { ROOT } from "./page.ts";

interface Running {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  text(): string;
}

function start(...args: readonly string[]): Running {
  const child = spawn(process.execPath, ["demo/main.ts", ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  let printed = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  return { child, text: () => printed };
}

it("npm start -- --once plays three acts and ends by itself", async () => {
  const demo = start("--once");
  const [code] = await once(demo.child, "close");
  expect(demo.text()).toContain("All settled after");
  expect(demo.text()).toContain("at most 1 at a time");
  expect(code, demo.text()).toBe(0);
});

it("npm start -- --playground opens a place to try things in, and goes with Ctrl-C", async () => {
  const playground = start("--playground");
  const entrance = await expect
    .poll(() => /^ {2}(\. \S+playground\.sh)$/m.exec(playground.text())?.[1], { timeout: 300_000 })
    .toBeDefined()
    .then(() => /^ {2}(\. \S+playground\.sh)$/m.exec(playground.text())?.[1] ?? "");
  const script = `${entrance} && kubectl apply -f examples/company/10-account.yaml &&
    kubectl wait --for=condition=Ready --timeout=300s twilioaccount/default && twilio-emergency status`;
  const shell = spawn("bash", ["-c", script], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  let shown = "";
  shell.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()));
  const [code] = await once(shell, "close");
  expect(code, shown).toBe(0);
  expect(shown).toContain("✓ account larkmoor/default Authenticated");
  const gone = once(playground.child, "close");
  playground.child.kill("SIGINT");
  expect((await gone)[0]).toBe(0);
});
