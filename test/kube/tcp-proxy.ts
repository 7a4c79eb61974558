/** A proxy between the client and a real API server. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A wire between client and server that a test can count, cut and silence. */
export class TcpProxy {
  /** Connections that were ever opened through it. */
  opened = 0;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();

  constructor(target: number) {
    this.#server = createServer((inside) => {
      this.opened += 1;
      const outside = connect(target, "127.0.0.1");
      const pair = [inside, outside] as const;
      this.#pairs.add(pair);
      const end = (): void => {
        inside.destroy();
        outside.destroy();
        this.#pairs.delete(pair);
      };
      for (const socket of pair) socket.on("error", end).on("close", end);
      if (this.mute) return;
      inside.pipe(outside);
      outside.pipe(inside);
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this.port;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  get open(): number {
    return this.#pairs.size;
  }

  /** Cuts every connection with a reset. */
  cut(): void {
    for (const [inside, outside] of this.#pairs) {
      inside.resetAndDestroy();
      outside.destroy();
    }
  }

  /** New connections are accepted and carry nothing. */
  mute = false;

  /** Open connections carry nothing any more, as after a change of routes: no end, no reset. New ones work. */
  silence(): void {
    for (const [inside, outside] of this.#pairs) {
      outside.unpipe(inside);
      inside.unpipe(outside);
      outside.pause();
    }
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, "close");
  }
}
