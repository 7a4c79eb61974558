/** An API server of a few answers. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { KubeClient } from "../../src/kube/client.ts";
import { loadCluster } from "../../src/kube/config.ts";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/lib/clock.ts";

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is if it is a text. */
  readonly body?: unknown;
  /** Cuts the connection after the body instead of ending it. */
  readonly cut?: boolean;
  /** Says nothing more after the body and leaves the connection open. */
  readonly open?: boolean;
}

/**
 * A server that speaks only as far as a test tells it, for what a real API server cannot be made to say. It keeps what
 * it was asked.
 */
export class FakeServer {
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly authorization: string | undefined;
  }[] = [];
  readonly dir = mkdtempSync(join(tmpdir(), "kube-fake-"));
  readonly #server: Server;
  readonly #answer: (request: IncomingMessage, count: number) => Answer | "silence";

  /** `answer` decides by the request and by how many came before it. */
  constructor(answer: (request: IncomingMessage, count: number) => Answer | "silence") {
    this.#answer = answer;
    this.#server = createServer((request, response) => this.#respond(request, response));
  }

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  /** The path of a kubeconfig for this server; `user` is its user entry. */
  kubeconfig(user: object = { token: "t" }): string {
    const file = join(this.dir, "kubeconfig");
    const cluster = { server: this.url };
    writeFileSync(
      file,
      JSON.stringify({
        clusters: [{ name: "fake", cluster }],
        users: [{ name: "fake", user }],
        contexts: [{ name: "fake", context: { cluster: "fake", user: "fake" } }],
        "current-context": "fake",
      }),
    );
    return file;
  }

  /** A client of this server; `user` as of `kubeconfig`. */
  client(clock: Clock, user?: object): KubeClient {
    const options = {
      cluster: loadCluster({ kubeconfig: this.kubeconfig(user) }),
      clock,
      userAgent: "test/1",
      fieldManager: "test",
    };
    return new KubeClient({ ...options, timeoutMs: 1_000 });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    rmSync(this.dir, { recursive: true, force: true });
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "", headers } = request;
    const answer = this.#answer(request, this.requests.length);
    this.requests.push({ method, path: url, authorization: headers.authorization });
    if (answer === "silence") return;
    const body = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    if (answer.cut === true) response.write(body, () => response.destroy());
    else if (answer.open === true) response.write(body);
    else response.end(body);
  }
}
