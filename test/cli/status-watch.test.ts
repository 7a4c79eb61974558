/** `status --watch` before there is anything to show; status.cluster.test.ts has what it shows. */
import { once } from "node:events";
import { expect, it } from "vitest";
import { FakeServer } from "../kube/fake-server.ts";
import { start } from "./program.ts";

it.each(["SIGINT", "SIGTERM"] as const)("ends well at %s before the first list is there", async (signal) => {
  const asked = Promise.withResolvers<void>();
  const server = new FakeServer(() => {
    asked.resolve();
    return "silence";
  });
  await server.listen();
  const child = start(["status", "--watch", "--kubeconfig", server.kubeconfig()]);
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, "close");
  await asked.promise;
  child.kill(signal);
  const [code] = (await ended) as [number | null];
  server.close();
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
});
