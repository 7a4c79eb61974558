/** Just enough of a client to show the API server manifests and read its answers. */
import { Agent, request } from "undici";
import { GROUP, PLURALS, VERSION, type Kind } from "../../src/api/names.ts";
import type { Fields, Manifest } from "./manifests.ts";

export interface Reply {
  readonly status: number;
  readonly body: Body;
}

interface Body {
  readonly message?: string;
  readonly metadata?: { readonly name: string; readonly resourceVersion: string };
  readonly spec?: Fields;
  readonly status?: Fields;
}

export interface Column {
  readonly name: string;
  readonly priority: number;
}

export interface Access {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** Certificate authority of the API server, PEM. */
  readonly ca: string;
  /** Bearer token of an administrator. */
  readonly token: string;
  /** Where manifests go. */
  readonly namespace: string;
}

export class ApiServer {
  readonly #access: Access;
  readonly #agent: Agent;

  constructor(access: Access) {
    this.#access = access;
    this.#agent = new Agent({ connect: { ca: access.ca } });
  }

  /** A PATCH is a server-side apply. */
  async send(method: "GET" | "POST" | "PUT" | "PATCH", path: string, body?: unknown): Promise<Reply> {
    const contentType = method === "PATCH" ? "application/apply-patch+yaml" : "application/json";
    const answer = await request(this.#access.url + path, {
      method,
      dispatcher: this.#agent,
      headers: { authorization: `Bearer ${this.#access.token}`, "content-type": contentType },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, body: bodyOf(await answer.body.text()) };
  }

  /** Path of the objects of a kind in our namespace. */
  pathOf(kind: Kind): string {
    return `/apis/${GROUP}/${VERSION}/namespaces/${this.#access.namespace}/${PLURALS[kind]}`;
  }

  create(manifest: Manifest, query = ""): Promise<Reply> {
    return this.send("POST", this.pathOf(manifest.kind) + query, manifest);
  }

  read(manifest: Manifest): Promise<Reply> {
    return this.send("GET", `${this.pathOf(manifest.kind)}/${manifest.metadata.name}`);
  }

  /** Replaces what stands there, as a client that has read it and changed it. `tail` such as `/status` or a query. */
  async replace(manifest: Manifest & { readonly status?: unknown }, tail = ""): Promise<Reply> {
    const path = `${this.pathOf(manifest.kind)}/${manifest.metadata.name}`;
    for (;;) {
      const { resourceVersion } = (await this.send("GET", path)).body.metadata ?? {};
      const metadata = { ...manifest.metadata, resourceVersion };
      const reply = await this.send("PUT", path + tail, { ...manifest, metadata });
      // Somebody else wrote in between.
      if (reply.status !== 409) return reply;
    }
  }

  /** The columns of `kubectl get`; priority 1 is for `-o wide`. */
  async columns(kind: Kind): Promise<readonly Column[]> {
    const answer = await request(this.#access.url + this.pathOf(kind), {
      dispatcher: this.#agent,
      headers: {
        authorization: `Bearer ${this.#access.token}`,
        accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
      },
    });
    return ((await answer.body.json()) as { columnDefinitions: Column[] }).columnDefinitions;
  }

  async close(): Promise<void> {
    await this.#agent.close();
  }
}

/** A path that is not served yet is answered in plain text. */
function bodyOf(text: string): Body {
  return text.startsWith("{") ? (JSON.parse(text) as Body) : { message: text };
}
