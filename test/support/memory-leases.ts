/** Leases without an API server. */
import type { LeaseRecord, Leases, StoredLease } from "../../src/lib/lease.ts";

/** Leases in memory, as an API server keeps them. A client that is cut off gets no answers. */
export class MemoryLeases {
  readonly #leases = new Map<string, { readonly stored: StoredLease; readonly group: string | undefined }>();
  #version = 0;

  /** As one process sees them. */
  client(): Leases & { cut: boolean } {
    const call = <T>(work: () => T): Promise<T> =>
      client.cut ? Promise.reject(new Error("no answer")) : Promise.resolve(work());
    const client = {
      cut: false,
      get: (name: string) => call(() => this.#leases.get(name)?.stored),
      list: (group: string) =>
        call(() =>
          [...this.#leases.values()].filter((lease) => lease.group === group).map((lease) => lease.stored),
        ),
      write: (
        lease: LeaseRecord,
        options: { readonly version: string | undefined; readonly group?: string },
      ) => call(() => this.#write(lease, options)),
      remove: ({ name, version }: StoredLease) =>
        call(() => {
          if (this.#leases.get(name)?.stored.version === version) this.#leases.delete(name);
        }),
    };
    return client;
  }

  all(): readonly StoredLease[] {
    return [...this.#leases.values()].map((lease) => lease.stored);
  }

  #write(
    lease: LeaseRecord,
    { version, group }: { readonly version: string | undefined; readonly group?: string },
  ): StoredLease | undefined {
    const known = this.#leases.get(lease.name);
    if (known?.stored.version !== version) return undefined;
    this.#version += 1;
    const stored = { ...lease, version: String(this.#version) };
    this.#leases.set(lease.name, { stored, group: known?.group ?? group });
    return stored;
  }
}
