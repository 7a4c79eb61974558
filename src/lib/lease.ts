/** A lease as those who take part in an election or announce themselves see it; who stores it is not their business. */

export interface LeaseRecord {
  readonly name: string;
  /** Whose it is; "" once it was given back. */
  readonly holder: string;
  /** How long after a renewal nobody else may take it, in ms; whole seconds. */
  readonly durationMs: number;
  /** How often it has changed hands. */
  readonly transitions: number;
  /** Milliseconds since the epoch by the holder's clock: for people, never to be compared with another clock. */
  readonly acquiredAt: number;
  /** What the holder tells the others. */
  readonly notes: Readonly<Record<string, string>>;
}

export interface StoredLease extends LeaseRecord {
  /** Changes with every write. Opaque. */
  readonly version: string;
}

/** Where leases are kept. Every call rejects when there is no clear answer. */
export interface Leases {
  get(name: string, signal?: AbortSignal): Promise<StoredLease | undefined>;
  /** All leases of this group, as they are now. */
  list(group: string, signal?: AbortSignal): Promise<readonly StoredLease[]>;
  /**
   * Renews or takes the lease, on the condition that it still has the `version` (undefined: that there is none).
   * undefined: somebody else was faster, and nothing was written.
   */
  write(
    lease: LeaseRecord,
    options: { readonly version: string | undefined; readonly group?: string; readonly signal?: AbortSignal },
  ): Promise<StoredLease | undefined>;
  /** Removes what still has this version. */
  remove(lease: StoredLease): Promise<void>;
}
