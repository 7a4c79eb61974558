/** From the start of the bundled program to its first list call, with an API server that only notes when it comes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { median, type Findings } from "./results.ts";
import { bundled } from "./scene.ts";

const TIMES = 7;

export async function start(): Promise<Findings> {
  const program = await bundled();
  const dir = mkdtempSync(join(tmpdir(), "bench-start-"));
  const seconds: number[] = [];
  try {
    for (let index = 0; index < TIMES; index += 1) seconds.push(await oneStart(program, dir));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return { "start to first list call": [median(seconds), "s"] };
}

async function oneStart(program: string, dir: string): Promise<number> {
  const { promise: listed, resolve } = Promise.withResolvers<number>();
  const server = createServer((request, response) => {
    if (request.url?.includes("/twilioaccounts") === true) resolve(performance.now());
    const body = { metadata: { name: "kube-system", uid: "1", resourceVersion: "1" }, items: [] };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(dir, "kubeconfig.json");
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(`http://127.0.0.1:${port}`)));
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...[program, "run", "--kubeconfig", kubeconfig, "--health-addr", "127.0.0.1:0"],
      ...["--metrics-addr", "127.0.0.1:0", "--log-level", "error"],
    ],
    { stdio: "ignore" },
  );
  const at = await listed;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
  server.closeAllConnections();
  server.close();
  return (at - began) / 1000;
}

function kubeconfigOf(server: string): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "bench", cluster: { server } }],
    users: [{ name: "bench", user: { token: "token" } }],
    contexts: [{ name: "bench", context: { cluster: "bench", user: "bench", namespace: "default" } }],
    "current-context": "bench",
  };
}
