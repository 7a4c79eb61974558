/** Leases of coordination.k8s.io in one namespace. */
import type { Clock } from "../lib/clock.ts";
import type { LeaseRecord, Leases, StoredLease } from "../lib/lease.ts";
import type { KubeClient } from "./client.ts";
import { isKind } from "./errors.ts";
import { microTime } from "./micro-time.ts";
import type { KubeObject, ResourceType } from "./types.ts";

const LEASE: ResourceType = {
  group: "coordination.k8s.io",
  version: "v1",
  plural: "leases",
  kind: "Lease",
  namespaced: true,
};

interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number | null;
    readonly acquireTime?: string | null;
    readonly renewTime?: string | null;
    readonly leaseTransitions?: number | null;
  };
}

export interface LeaseClientOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly namespace: string;
  /** Key of the label that names a lease's group, and prefix of the annotations that hold its notes. */
  readonly groupLabel: string;
}

export class LeaseClient implements Leases {
  readonly #options: LeaseClientOptions;

  constructor(options: LeaseClientOptions) {
    this.#options = options;
  }

  async get(name: string, signal?: AbortSignal): Promise<StoredLease | undefined> {
    const { client, namespace } = this.#options;
    const lease = await client.get<Lease>(LEASE, { namespace, name }, withSignal(signal));
    return lease === undefined ? undefined : this.#stored(lease);
  }

  async list(group: string, signal?: AbortSignal): Promise<readonly StoredLease[]> {
    const { client, namespace, groupLabel } = this.#options;
    const labelSelector = `${groupLabel}=${group}`;
    const { items } = await client.list<Lease>(LEASE, { namespace, labelSelector, ...withSignal(signal) });
    return items.map((lease) => this.#stored(lease));
  }

  async write(
    lease: LeaseRecord,
    {
      version,
      group,
      signal,
    }: { readonly version: string | undefined; readonly group?: string; readonly signal?: AbortSignal },
  ): Promise<StoredLease | undefined> {
    const { client, namespace } = this.#options;
    const body = this.#body(lease, group);
    try {
      const written =
        version === undefined
          ? await client.create<Lease>(LEASE, body, withSignal(signal))
          : await client.patch<Lease>(
              LEASE,
              { namespace, name: lease.name },
              { metadata: { annotations: body.metadata.annotations }, spec: body.spec },
              { resourceVersion: version, ...withSignal(signal) },
            );
      return this.#stored(written);
    } catch (error) {
      // Not found: somebody has deleted it. Neither case is a fault of the one who tried.
      if (isKind(error, "conflict") || (version !== undefined && isKind(error, "notFound"))) return undefined;
      throw error;
    }
  }

  async remove({ name, version }: StoredLease): Promise<void> {
    const { client, namespace } = this.#options;
    try {
      await client.delete(LEASE, { namespace, name }, { resourceVersion: version });
    } catch (error) {
      if (!isKind(error, "conflict")) throw error;
    }
  }

  #body(lease: LeaseRecord, group: string | undefined): LeaseBody {
    const { namespace, groupLabel, clock } = this.#options;
    const labels = group === undefined ? {} : { labels: { [groupLabel]: group } };
    const notes = Object.entries(lease.notes).map(([key, value]) => [`${groupLabel}-${key}`, value]);
    return {
      metadata: { namespace, name: lease.name, ...labels, annotations: Object.fromEntries(notes) },
      spec: {
        holderIdentity: lease.holder,
        leaseDurationSeconds: Math.round(lease.durationMs / 1000),
        acquireTime: microTime(lease.acquiredAt),
        renewTime: microTime(clock.now()),
        leaseTransitions: lease.transitions,
      },
    };
  }

  #stored({ metadata, spec = {} }: Lease): StoredLease {
    return {
      name: metadata.name,
      version: metadata.resourceVersion,
      holder: spec.holderIdentity ?? "",
      durationMs: (spec.leaseDurationSeconds ?? 0) * 1000,
      transitions: spec.leaseTransitions ?? 0,
      acquiredAt: Date.parse(spec.acquireTime ?? "") || 0,
      notes: this.#notes(metadata.annotations ?? {}),
    };
  }

  #notes(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const prefix = `${this.#options.groupLabel}-`;
    return Object.fromEntries(
      Object.entries(annotations)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => [key.slice(prefix.length), value]),
    );
  }
}

interface LeaseBody {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, string | number>>;
}

function withSignal(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
