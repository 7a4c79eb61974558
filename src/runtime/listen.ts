/** Servers that listen where a flag says. */
import type { IncomingMessage, Server } from "node:http";

/** The port it listens on; 0 before the start. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** @throws {Error} that begins with `name` and says why not */
export function listen(server: Server, addr: string, name: string): Promise<void> {
  const { host, port } = parseAddr(addr);
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      reject(new Error(`${name}: cannot listen on ${addr}: ${error.message}`, { cause: error }));
    });
    server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve);
  });
}

/** Connections that are kept open would hold the stop up, so they are cut. */
export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** What is asked for; null for what is no URL, such as `//`: whoever reaches the port may send it. */
export function targetOf(request: IncomingMessage): URL | null {
  return URL.parse(request.url ?? "/", "http://here");
}

/** Splits `host:port`, `[v6]:port` or `:port`. Throws an Error that names the value. */
export function parseAddr(addr: string): { readonly host: string | undefined; readonly port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(addr);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535)
    throw new Error(`"${addr}" is no listen address: use :8081 or 127.0.0.1:8081`);
  const host = match[1] ?? match[2];
  return { host: host === "" ? undefined : host, port };
}
