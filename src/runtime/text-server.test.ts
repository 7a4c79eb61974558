import { expect, it } from "vitest";
import { TextServer } from "./text-server.ts";

it("serves the text of the moment under its path alone, whatever is asked for", async () => {
  let count = 0;
  const server = new TextServer({
    addr: "127.0.0.1:0",
    path: "/metrics",
    contentType: "text/plain; version=0.0.4",
    text: () => Promise.resolve(`count ${++count}\n`),
  });
  await server.start();
  const get = async (path: string): Promise<[number, string]> => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return [response.status, await response.text()];
  };
  expect(await get("/metrics")).toEqual([200, "count 1\n"]);
  expect(await get("/metrics")).toEqual([200, "count 2\n"]);
  expect((await get("/other"))[0]).toBe(404);
  // No URL: `new URL` throws for it.
  expect((await get("//"))[0]).toBe(404);
  await server.stop();
});

it("names itself and the address when it cannot listen", async () => {
  const options = { path: "/metrics", contentType: "text/plain", text: () => Promise.resolve("") };
  const first = new TextServer({ ...options, addr: "127.0.0.1:0" });
  await first.start();
  const second = new TextServer({ ...options, addr: `127.0.0.1:${first.port}` });
  await expect(second.start()).rejects.toThrow(`/metrics: cannot listen on 127.0.0.1:${first.port}`);
  await first.stop();
});
