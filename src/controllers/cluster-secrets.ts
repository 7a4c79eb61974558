/** The Secrets that accounts name, and only these: one watch for each, by name. */
import type { Clock } from "../lib/clock.ts";
import type { KubeClient } from "../kube/client.ts";
import { Reflector } from "../kube/reflector.ts";
import type { KubeObject, ResourceType } from "../kube/types.ts";
import type { Logger } from "../telemetry/log.ts";
import type { SecretState } from "./credentials.ts";
import type { SecretSource } from "./credentials.ts";

const SECRET: ResourceType = {
  group: "",
  version: "v1",
  plural: "secrets",
  kind: "Secret",
  namespaced: true,
};

interface Secret extends KubeObject {
  /** Base64. */
  readonly data?: Readonly<Record<string, string>>;
}

/** How soon the first, perhaps empty, list of a Secret is noticed; and how often one that cannot be read is told of. */
const FIRST_LIST_MS = 50;
const UNREADABLE_MS = 5_000;

export class ClusterSecrets implements SecretSource {
  readonly #options: {
    readonly client: KubeClient;
    readonly clock: Clock;
    readonly random: () => number;
    readonly log: Logger;
  };
  readonly #watched = new Map<string, Reflector<Secret>>();

  constructor(options: {
    readonly client: KubeClient;
    readonly clock: Clock;
    readonly random: () => number;
    readonly log: Logger;
  }) {
    this.#options = options;
  }

  watch(namespace: string, name: string, onChange: () => void): void {
    const key = `${namespace}/${name}`;
    const known = this.#watched.get(key);
    if (known !== undefined) return;
    const { client, clock, random, log } = this.#options;
    const reflector = new Reflector<Secret>({
      source: client,
      type: SECRET,
      namespaces: [namespace],
      fieldSelector: `metadata.name=${name}`,
      clock,
      random,
      log,
      transform: ({ apiVersion, kind, metadata, data }) => ({
        apiVersion,
        kind,
        metadata: {
          name: metadata.name,
          namespace,
          uid: metadata.uid,
          resourceVersion: metadata.resourceVersion,
        },
        ...(data === undefined ? {} : { data }),
      }),
    });
    this.#watched.set(key, reflector);
    reflector.onChange(onChange);
    reflector.start();
    this.#awaitFirst(reflector, onChange);
  }

  state(namespace: string, name: string): SecretState {
    const reflector = this.#watched.get(`${namespace}/${name}`);
    if (reflector === undefined) return { kind: "unknown" };
    const secret = reflector.store.get({ namespace, name });
    if (secret !== undefined) return { kind: "data", data: decoded(secret.data ?? {}) };
    if (reflector.hasSynced) return { kind: "absent" };
    const { failure } = reflector;
    return failure === undefined ? { kind: "unknown" } : { kind: "unreadable", message: failure.message };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#watched.values()].map((reflector) => reflector.stop()));
  }

  /** An empty first list changes nothing in the cache, and a forbidden one never comes: both are news. */
  #awaitFirst(reflector: Reflector<Secret>, tell: () => void): void {
    const check = (): void => {
      const isFailing = reflector.failure !== undefined;
      if (reflector.hasSynced || isFailing) tell();
      if (!reflector.hasSynced) this.#options.clock.after(isFailing ? UNREADABLE_MS : FIRST_LIST_MS, check);
    };
    this.#options.clock.after(FIRST_LIST_MS, check);
  }
}

function decoded(data: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]),
  );
}
