/** The Secrets that accounts name, and only these: one watch for each, by name. */
import type { Clock } from "../lib/clock.ts";
import type { FeedSource } from "../kube/feed.ts";
import { Reflector } from "../kube/reflector.ts";
import type { KubeObject, ResourceType } from "../kube/types.ts";
import type { Logger } from "../telemetry/log.ts";
import { decodedData, type SecretSource, type SecretState } from "./credentials.ts";

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

export interface ClusterSecretsOptions {
  readonly source: FeedSource;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Told of every value that is read, in plain text: it is to appear nowhere. */
  readonly onValue?: (value: string) => void;
}

/** How soon the first, perhaps empty, list of a Secret is noticed; and how often one that cannot be read is told of. */
const FIRST_LIST_MS = 50;
const UNREADABLE_MS = 5_000;

interface Watched {
  readonly reflector: Reflector<Secret>;
  readonly listeners: Set<() => void>;
  /** Ends the wait for the first list. */
  cancel: () => void;
}

export class ClusterSecrets implements SecretSource {
  readonly #options: ClusterSecretsOptions;
  readonly #watched = new Map<string, Watched>();

  constructor(options: ClusterSecretsOptions) {
    this.#options = options;
  }

  watch(namespace: string, name: string, onChange: () => void): () => void {
    const key = `${namespace}/${name}`;
    const watched = this.#watched.get(key) ?? this.#begin(namespace, name);
    // One of its own for each call: two accounts may name one Secret, and one may be told twice.
    const listener = (): void => onChange();
    watched.listeners.add(listener);
    this.#watched.set(key, watched);
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size > 0 || this.#watched.get(key) !== watched) return;
      this.#watched.delete(key);
      void this.#end(watched);
    };
  }

  state(namespace: string, name: string): SecretState {
    const reflector = this.#watched.get(`${namespace}/${name}`)?.reflector;
    if (reflector === undefined) return { kind: "unknown" };
    const secret = reflector.store.get({ namespace, name });
    if (secret !== undefined) return { kind: "data", data: decodedData(secret.data) };
    if (reflector.hasSynced) return { kind: "absent" };
    const { failure } = reflector;
    return failure === undefined ? { kind: "unknown" } : { kind: "unreadable", message: failure.message };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#watched.values()].map((watched) => this.#end(watched)));
  }

  #begin(namespace: string, name: string): Watched {
    const reflector = new Reflector<Secret>({
      ...this.#options,
      type: SECRET,
      namespaces: [namespace],
      fieldSelector: `metadata.name=${name}`,
      transform: (secret) => {
        for (const value of Object.values(decodedData(secret.data))) this.#options.onValue?.(value);
        return onlyData(secret, namespace);
      },
    });
    const watched: Watched = { reflector, listeners: new Set(), cancel: () => {} };
    reflector.onChange(() => tell(watched));
    reflector.start();
    this.#awaitFirst(watched, FIRST_LIST_MS);
    return watched;
  }

  /** An empty first list changes nothing in the cache, and a forbidden one never comes: both are news. */
  #awaitFirst(watched: Watched, ms: number): void {
    watched.cancel = this.#options.clock.after(ms, () => {
      const { hasSynced, failure } = watched.reflector;
      if (!hasSynced) this.#awaitFirst(watched, failure === undefined ? FIRST_LIST_MS : UNREADABLE_MS);
      if (hasSynced || failure !== undefined) tell(watched);
    });
  }

  #end({ cancel, reflector }: Watched): Promise<void> {
    cancel();
    return reflector.stop();
  }
}

function tell({ listeners }: Watched): void {
  for (const listener of [...listeners]) listener();
}

function onlyData({ apiVersion, kind, metadata, data }: Secret, namespace: string): Secret {
  const { name, uid, resourceVersion } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, resourceVersion },
    ...(data === undefined ? {} : { data }),
  };
}
