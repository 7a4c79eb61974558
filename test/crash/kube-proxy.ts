/** A wire between an operator and the API server on which answers can be lost, replaced, held back and cut. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import { once } from "node:events";
import { writeKubeconfig } from "../support/control-plane/access.ts";
import type { ControlPlaneAccess } from "../support/control-plane.ts";

export interface KubeRequest {
  readonly method: string;
  readonly path: string;
  readonly isWatch: boolean;
  /** How many requests of this kind (watch, write, other read) there have been, this one included. */
  readonly nth: number;
}

/** What becomes of one request; undefined: it goes through. */
export type KubeFault =
  /** Answered so without effect. */
  | { readonly status: number; readonly reason: string; readonly retryAfter?: number }
  /** Carried out, and the answer is lost. */
  | "lose the answer"
  | "cut"
  /** A watch that says at once that its resourceVersion is too old. */
  | "gone"
  /** What a watch tells comes so much later, in ms. */
  | { readonly lateMs: number };

export type KubeRule = (request: KubeRequest) => KubeFault | undefined;

export class KubeProxy {
  rule: KubeRule = () => undefined;
  readonly #plane: ControlPlaneAccess;
  readonly #counts = new Map<string, number>();
  readonly #watches = new Set<ServerResponse>();
  readonly #server = createServer((request, response) => this.#serve(request, response));

  constructor(plane: ControlPlaneAccess) {
    this.#plane = plane;
  }

  /** Listens, and returns a kubeconfig that leads through it, with the token of another one. */
  async open(kubeconfig: string, name: string): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const { port } = this.#server.address() as { readonly port: number };
    const { users } = JSON.parse(readFileSync(kubeconfig, "utf8")) as {
      readonly users: readonly { readonly user: { readonly token: string } }[];
    };
    const through = { ...this.#plane, url: `http://127.0.0.1:${port}` };
    return writeKubeconfig(through, { name, token: users[0]?.user.token ?? "" });
  }

  /** Ends every watch without a word. */
  cutWatches(): void {
    for (const watch of this.#watches) watch.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { method = "GET", url: path = "/" } = request;
    const isWatch = /[?&]watch=(true|1)/.test(path);
    const fault = this.rule({ method, path, isWatch, nth: this.#count(isWatch, method) });
    if (fault === "cut") response.destroy();
    else if (fault === "gone") gone(response);
    else if (typeof fault === "object" && "status" in fault) refuse(response, fault);
    else this.#forward(request, response, fault);
    if (isWatch) this.#watches.add(response.on("close", () => this.#watches.delete(response)));
  }

  #count(isWatch: boolean, method: string): number {
    const reads = method === "GET" ? "read" : "write";
    const kind = isWatch ? "watch" : reads;
    const nth = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, nth);
    return nth;
  }

  #forward(request: IncomingMessage, response: ServerResponse, fault: KubeFault | undefined): void {
    const { hostname, port } = new URL(this.#plane.url);
    const { host: _, ...headers } = request.headers;
    const onward = httpsRequest(
      { hostname, port, ca: this.#plane.caData, method: request.method, path: request.url, headers },
      (answer) => {
        if (fault === "lose the answer") {
          answer.resume().on("end", () => response.destroy());
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        const lateMs = typeof fault === "object" && "lateMs" in fault ? fault.lateMs : 0;
        if (lateMs === 0) answer.pipe(response);
        else answer.on("data", (chunk: Buffer) => setTimeout(() => response.write(chunk), lateMs));
        answer.on("error", () => response.destroy());
      },
    );
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  }
}

function refuse(
  response: ServerResponse,
  {
    status,
    reason,
    retryAfter,
  }: { readonly status: number; readonly reason: string; readonly retryAfter?: number },
): void {
  const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(statusOf(status, reason)));
}

function gone(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(`${JSON.stringify({ type: "ERROR", object: statusOf(410, "Expired") })}\n`);
}

function statusOf(code: number, reason: string): object {
  return { apiVersion: "v1", kind: "Status", status: "Failure", message: "On purpose", reason, code };
}
