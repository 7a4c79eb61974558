/** Ports for servers of tests. */
import { createServer } from "node:net";

/** Below the range from which the kernel takes ports for outgoing connections: those would come and go in between. */
const FIRST = 20_000;
const COUNT = 10_000;

/** A TCP port of 127.0.0.1 that nobody listened on just now. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${FIRST} and ${FIRST + COUNT} on 127.0.0.1`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
