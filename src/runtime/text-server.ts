/** A small HTTP server for one text. */
import { createServer, type Server } from "node:http";
import { close, listen, portOf, targetOf } from "./listen.ts";
import type { Runnable } from "./manager.ts";

export interface TextServerOptions {
  /** As of HealthServer. */
  readonly addr: string;
  /** The only path that is served. */
  readonly path: string;
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

/** Serves one text, made anew for every request: metrics for a scraper. */
export class TextServer implements Runnable {
  readonly name: string;
  readonly #options: TextServerOptions;
  readonly #server: Server;

  constructor(options: TextServerOptions) {
    this.name = options.path;
    this.#options = options;
    this.#server = createServer((request, response) => {
      if (targetOf(request)?.pathname !== options.path) {
        response.writeHead(404).end("not found\n");
        return;
      }
      options.text().then(
        (text) => response.writeHead(200, { "content-type": options.contentType }).end(text),
        (error: unknown) => response.writeHead(500).end(`${String(error)}\n`),
      );
    });
  }

  /** The port it listens on; 0 before the start. */
  get port(): number {
    return portOf(this.#server);
  }

  start(): Promise<void> {
    return listen(this.#server, this.#options.addr, this.name);
  }

  stop(): Promise<void> {
    return close(this.#server);
  }
}
