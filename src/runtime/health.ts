/** The probes of Kubernetes: is this process alive, and is it ready? */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { close, listen, portOf, targetOf } from "./listen.ts";
import type { Runnable } from "./manager.ts";

/** What is wrong, in words, or undefined if nothing is. An exception counts as wrong. */
export type Check = () => string | undefined | Promise<string | undefined>;

export interface HealthOptions {
  /** `:8081` = every interface; `127.0.0.1:8081` or `[::1]:8081` = that one. Port 0 = any free port. */
  readonly addr: string;
  /** A check that takes longer than this fails; 2 s if absent. */
  readonly checkTimeoutMs?: number;
}

const DEFAULT_CHECK_TIMEOUT_MS = 2_000;

/**
 * `/healthz` (does this process still work? else restart it) and `/readyz` (has it what it needs?): 200 `ok`, or 503 with
 * one line for each check, `[+]name ok` or `[-]name: reason`. `?verbose` shows the lines with 200 too.
 */
export class HealthServer implements Runnable {
  readonly name = "health";
  readonly #options: HealthOptions;
  readonly #checks = { "/healthz": new Map<string, Check>(), "/readyz": new Map<string, Check>() };
  readonly #server: Server;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Adds a check to `/healthz`. */
  addLiveness(name: string, check: Check): void {
    this.#checks["/healthz"].set(name, check);
  }

  /** Adds a check to `/readyz`. */
  addReadiness(name: string, check: Check): void {
    this.#checks["/readyz"].set(name, check);
  }

  /** The port it listens on; 0 before the start. */
  get port(): number {
    return portOf(this.#server);
  }

  start(): Promise<void> {
    return listen(this.#server, this.#options.addr, "health");
  }

  stop(): Promise<void> {
    return close(this.#server);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = targetOf(request);
    const checks =
      url?.pathname === "/healthz" || url?.pathname === "/readyz" ? this.#checks[url.pathname] : undefined;
    if (url === null || checks === undefined) {
      response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("not found\n");
      return;
    }
    const lines = await Promise.all([...checks].map(([name, check]) => this.#run(name, check)));
    const failed = lines.some((line) => line.startsWith("[-]"));
    const body = failed || url.searchParams.has("verbose") ? `${lines.join("\n")}\n` : "ok\n";
    response.writeHead(failed ? 503 : 200, { "content-type": "text/plain; charset=utf-8" }).end(body);
  }

  async #run(name: string, check: Check): Promise<string> {
    const reason = await withTimeout(check, this.#options.checkTimeoutMs ?? DEFAULT_CHECK_TIMEOUT_MS);
    return reason === undefined ? `[+]${name} ok` : `[-]${name}: ${reason}`;
  }
}

async function withTimeout(check: Check, ms: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${ms} ms`), ms);
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return `check failed: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    clearTimeout(timer);
  }
}
