import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";

it("an emulator ends with the process that started it, be it by SIGKILL, and holds none of its output", async () => {
  const module = JSON.stringify(join(import.meta.dirname, "emulator.ts"));
  const script = `
    const { startEmulatorProcess } = await import(${module});
    console.log((await startEmulatorProcess()).url);
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [url] = (await once(createInterface({ input: owner.stdout }), "line")) as [string];
  expect((await fetch(`${url}/_emulator/settings`)).status).toBe(200);
  const closed = once(owner, "close");
  owner.kill("SIGKILL");
  await closed;
  const ended = async (): Promise<boolean> =>
    fetch(`${url}/_emulator/settings`).then(
      () => false,
      () => true,
    );
  while (!(await ended())) await new Promise((resolve) => setTimeout(resolve, 50));
});
