/** `run` without an API server: it waits for one, and whoever looks after it can tell. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { expect, it, onTestFinished } from "vitest";
import { freePort } from "../support/control-plane/ports.ts";
import { start } from "./program.ts";

/** A kubeconfig whose server nobody is. */
async function nobody(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "run-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "kubeconfig");
  const cluster = { server: `http://127.0.0.1:${await freePort()}` };
  const [name, user] = ["nobody", {}];
  const contexts = [{ name, context: { cluster: name, user: name } }];
  writeFileSync(
    file,
    stringify({ contexts, "current-context": name, clusters: [{ name, cluster }], users: [{ name, user }] }),
  );
  return file;
}

it("answers its probes and obeys SIGTERM while it waits for the API server to learn its owner", async () => {
  const health = `127.0.0.1:${await freePort()}`;
  const flags = ["--kubeconfig", await nobody(), "--health-addr", health, "--metrics-addr", "127.0.0.1:0"];
  const child = start(["run", ...flags]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "close");
  let log = "";
  await new Promise<void>((resolve) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      if ((log += chunk.toString()).includes("the owner id cannot be read")) resolve();
    });
  });
  const get = async (path: string): Promise<string> => {
    const response = await fetch(`http://${health}${path}`);
    return `${response.status} ${await response.text()}`;
  };
  expect(await get("/healthz")).toBe("200 ok\n");
  expect(await get("/readyz")).toMatch(/^503 \[-\]owner id: not known yet: /);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
