/** A plain client of the API server: kept-alive connections, no cache, no retries. The yardstick of the bare run. */
import { Pool } from "undici";
import type { ControlPlaneAddress } from "../test/support/control-plane/access.ts";

export const GROUP_PATH = "/apis/emergency.twilio-operator.io/v1alpha1";

export class PlainApi {
  readonly #pool: Pool;
  readonly #headers: Readonly<Record<string, string>>;
  readonly connections: number;

  constructor({ url, caData, adminToken }: ControlPlaneAddress, connections: number) {
    this.#pool = new Pool(url, {
      connections,
      connect: { ca: caData },
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#headers = { authorization: `Bearer ${adminToken}`, accept: "application/json" };
    this.connections = connections;
  }

  /** Throws for any answer that is not 2xx. */
  async send(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: object): Promise<string> {
    const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const response = await this.#pool.request({
      path,
      method,
      headers: body === undefined ? this.#headers : { ...this.#headers, "content-type": contentType },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300)
      throw new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 300)}`);
    return text;
  }

  /** The lines of a watch, until the signal is aborted. */
  async *watch(path: string, signal: AbortSignal): AsyncGenerator<string> {
    const response = await this.#pool.request({ path, method: "GET", headers: this.#headers, signal });
    let rest = "";
    for await (const chunk of response.body.setEncoding("utf8") as AsyncIterable<string>) {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  }

  /** Does `work` for each index below `count`, on all connections. */
  async each(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let index = next++; index < count; index = next++) await work(index);
    };
    await Promise.all(Array.from({ length: this.connections }, worker));
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
