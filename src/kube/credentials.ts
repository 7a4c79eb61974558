/** Credentials of the API server, kept fresh. */
import type { RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";

/** TLS settings as node:tls takes them. */
export interface TlsMaterial {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly pfx?: string | Buffer;
  readonly passphrase?: string;
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}

export interface Credential {
  /** Authorization and impersonation. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
  /** The same text for the same TLS settings: connections may be shared as long as it does not change. */
  readonly tlsKey: string;
}

const TLS_FIELDS = ["ca", "cert", "key", "pfx", "passphrase", "rejectUnauthorized", "servername"] as const;

/** So long a credential is used without asking client-node, which reads files each time and has its own expiry. */
const FRESH_MS = 10_000;

/**
 * What client-node makes of a kubeconfig or service account (certificates, tokens, token files that are rotated, exec
 * plugins, OIDC), asked for again every 10 seconds, and built anew from the files when the server refuses it.
 */
export class Credentials {
  #config: KubeConfig;
  readonly #reload: () => KubeConfig;
  #current: { readonly credential: Promise<Credential>; readonly at: number } | undefined;

  constructor(config: KubeConfig, reload: () => KubeConfig) {
    this.#config = config;
    this.#reload = reload;
  }

  /** The credential to use at `now` (ms). Rejects with the plugin's or file's error; the next call tries again. */
  get(now: number): Promise<Credential> {
    if (this.#current !== undefined && Math.abs(now - this.#current.at) < FRESH_MS)
      return this.#current.credential;
    const credential = this.#build();
    const entry = { credential, at: now };
    this.#current = entry;
    credential.catch(() => {
      if (this.#current === entry) this.#current = undefined;
    });
    return credential;
  }

  /**
   * The server refused `used`: forget it, and read the configuration anew, because a plugin's token is kept until it
   * expires even if it has been revoked. Does nothing when another call has replaced it already.
   */
  async refused(used: Credential): Promise<void> {
    if ((await this.#current?.credential) !== used) return;
    this.#config = this.#reload();
    this.#current = undefined;
  }

  async #build(): Promise<Credential> {
    const options: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(options.headers ?? {}))
      headers[name.toLowerCase()] = String(value).trim();
    if (typeof options.auth === "string") {
      headers["authorization"] = `Basic ${Buffer.from(options.auth).toString("base64")}`;
    }
    const tls: Record<string, unknown> = {};
    for (const field of TLS_FIELDS) {
      if (options[field] !== undefined) tls[field] = options[field];
    }
    return { headers, tls: tls as TlsMaterial, tlsKey: JSON.stringify(tls, asText) };
  }
}

/** Buffers as base64; JSON would write each byte as a number. */
function asText(this: Record<string, unknown>, name: string, value: unknown): unknown {
  const raw = this[name];
  return Buffer.isBuffer(raw) ? raw.toString("base64") : value;
}
