/** What tells this cluster's Addresses from another's. */
import type { KubeClient } from "../kube/client.ts";
import type { KubeObject } from "../kube/types.ts";
import type { Clock } from "../lib/clock.ts";
import type { Runnable } from "../runtime/manager.ts";
import type { Logger } from "../telemetry/log.ts";

export interface OwnerIdOptions {
  /** By a flag; absent: the UID of the namespace kube-system. */
  readonly given: string | undefined;
  readonly client: Pick<KubeClient, "get">;
  readonly clock: Clock;
  readonly log: Logger;
}

const NAMESPACES = { group: "", version: "v1", plural: "namespaces", kind: "Namespace", namespaced: false };
const RETRY_MS = 5_000;

/** Its start waits for an API server that is not there yet. */
export class OwnerId implements Runnable {
  readonly name = "owner id";
  readonly #options: OwnerIdOptions;
  #value: string | undefined;
  #missing = "not known yet";

  constructor(options: OwnerIdOptions) {
    this.#options = options;
    this.#value = options.given;
  }

  /** @throws {Error} before the start is over */
  get value(): string {
    if (this.#value === undefined) throw new Error(this.check());
    return this.#value;
  }

  /** Why it is not known. */
  check(): string | undefined {
    return this.#value === undefined ? this.#missing : undefined;
  }

  async start(signal: AbortSignal): Promise<void> {
    while (this.#value === undefined) {
      this.#value = await this.#read(signal);
      if (this.#value === undefined) await this.#options.clock.sleep(RETRY_MS, signal);
    }
  }

  stop(): void {}

  async #read(signal: AbortSignal): Promise<string | undefined> {
    const { client, log } = this.#options;
    try {
      const found = await client.get<KubeObject>(NAMESPACES, { name: "kube-system" }, { signal });
      if (found !== undefined) return found.metadata.uid;
      this.#missing = "not known yet: the namespace kube-system does not exist";
      log.error({}, "the namespace kube-system does not exist: give --owner-id");
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      this.#missing = `not known yet: ${reason}`;
      log.error(
        { reason },
        "the owner id cannot be read from the namespace kube-system: allow `get` on it, or give --owner-id",
      );
    }
    return undefined;
  }
}
