/**
 * A World in a few readable lines:
 *
 *   const scene = world().account().address("hq").tagged("hq").binding("desk").number({ registeredAt: HQ });
 *   scene.plan("PhoneNumberBinding", "desk").step
 *
 * Objects get the defaults of the API server; the snapshot is the real one, filled by one listing.
 */
import type { AnyObject, ObjectsByKind } from "../../src/api/objects.ts";
import type { Kind } from "../../src/api/names.ts";
import { ObjectIndex } from "../../src/controllers/object-index.ts";
import { contentHash, contentOf, type Content } from "../../src/plan/address/content.ts";
import { plan } from "../../src/plan/plan.ts";
import type { NamedRuling } from "../../src/plan/rule.ts";
import { nextStatus, type Status } from "../../src/plan/status.ts";
import { makeTag, objectPrefix, OBJECT_PREFIX_LENGTH } from "../../src/plan/address/tag.ts";
import { TIMINGS } from "../../src/plan/timings.ts";
import type { AccountState, LastWrite, World } from "../../src/plan/world.ts";
import { AccountSnapshot } from "../../src/twilio/snapshot.ts";
import type { AddressRecord, DomainRecord, NumberRecord } from "../../src/twilio/types.ts";
import {
  ACCOUNT,
  accountsIn,
  aBinding,
  addressRecord,
  aDomain,
  anAccount,
  anAddress,
  CONTENT,
  domainRecord,
  NOW,
  numberRecord,
  OWNER,
  sid,
} from "./planning.ts";

export { ACCOUNT, CONTENT, NOW, OWNER, sid, TERMINATING, withoutStatus } from "./planning.ts";

/** Parts that replace or add to the defaults. */
export interface Parts {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
}

/** What a World says beside objects and Twilio; times in ms since the epoch. */
export interface Circumstances {
  readonly now?: number;
  readonly trustedSince?: number;
  readonly dryRun?: boolean;
  readonly approvals?: readonly string[];
  /** When the account was listed; null: it was not. */
  readonly listedAt?: number | null;
  readonly lastWrites?: Readonly<Record<string, LastWrite>>;
  /** Since when a label is watched, for every object. */
  readonly watched?: Readonly<Record<string, number>>;
  /** Replaces parts of the state of every account. */
  readonly account?: Partial<AccountState>;
}

/** The FriendlyName of the Address that this object would create for this content. */
export function tagOf(
  object: string,
  content: Partial<Content> = {},
  revision = 0,
  { namespace = "site", owner = OWNER }: { readonly namespace?: string; readonly owner?: string } = {},
): string {
  const wanted = contentOf({ ...CONTENT, ...content });
  return makeTag(objectPrefix(owner, namespace, object), contentHash(wanted), revision);
}

export class WorldBuilder {
  readonly #objects: AnyObject[] = [];
  readonly #numbers: NumberRecord[] = [];
  readonly #addresses: AddressRecord[] = [];
  readonly #domains: DomainRecord[] = [];
  readonly #after: ((snapshot: AccountSnapshot) => void)[] = [];
  #circumstances: Circumstances = {};

  account(name = "default", parts: Parts = {}): this {
    return this.object(
      anAccount({
        ...parts,
        metadata: { name, uid: `uid-account-${name}`, ...parts.metadata },
        spec: { managementPolicy: "Manage", maxConcurrentRequests: 8, maxUnprotected: 1, ...parts.spec },
      }),
    );
  }

  address(name: string, parts: Parts = {}): this {
    return this.object(
      anAddress(name, { ...parts, spec: { deletionPolicy: "Retain", autoCorrect: false, ...parts.spec } }),
    );
  }

  binding(name: string, parts: Parts = {}): this {
    return this.object(
      aBinding(name, {
        ...parts,
        spec: { changePolicy: "Rolling", deletionPolicy: "Retain", ...parts.spec },
      }),
    );
  }

  domain(name: string, parts: Parts = {}): this {
    return this.object(aDomain(name, { ...parts, spec: { deletionPolicy: "Retain", ...parts.spec } }));
  }

  object(object: AnyObject): this {
    this.#objects.push(object);
    return this;
  }

  /** A number at Twilio; PN…1, free, unless said otherwise. */
  number(parts: Partial<NumberRecord> = {}): this {
    this.#numbers.push(numberRecord(parts));
    return this;
  }

  /** The same, registered at an Address. */
  registered(addressSid: string, parts: Partial<NumberRecord> = {}): this {
    return this.number({ emergencyAddressSid: addressSid, emergencyAddressStatus: "registered", ...parts });
  }

  /** An Address at Twilio as this object would have made it. */
  tagged(object: string, parts: Partial<AddressRecord> = {}, revision = 0): this {
    const content = contentOf({ ...CONTENT, ...parts });
    return this.twilioAddress({ ...content, friendlyName: tagOf(object, content, revision), ...parts });
  }

  twilioAddress(parts: Partial<AddressRecord> = {}): this {
    this.#addresses.push(addressRecord(parts));
    return this;
  }

  twilioDomain(parts: Partial<DomainRecord> = {}): this {
    this.#domains.push(domainRecord(parts));
    return this;
  }

  /** Happens to the snapshot after its first listing. */
  afterwards(event: (snapshot: AccountSnapshot) => void): this {
    this.#after.push(event);
    return this;
  }

  given(circumstances: Circumstances): this {
    this.#circumstances = { ...this.#circumstances, ...circumstances };
    return this;
  }

  build(): Built {
    return build(
      {
        objects: this.#objects,
        listing: { numbers: this.#numbers, addresses: this.#addresses, domains: this.#domains },
        after: this.#after,
      },
      this.#circumstances,
    );
  }

  plan(kind: Kind, name: string, namespace = "site"): NamedRuling {
    return this.build().plan(kind, name, namespace);
  }

  status(kind: Kind, name: string, namespace = "site"): Status {
    return this.build().status(kind, name, namespace);
  }
}

export function world(): WorldBuilder {
  return new WorldBuilder();
}

export class Built {
  readonly world: World;
  readonly index: ObjectIndex;
  readonly snapshot: AccountSnapshot;

  constructor(parts: {
    readonly world: World;
    readonly index: ObjectIndex;
    readonly snapshot: AccountSnapshot;
  }) {
    this.world = parts.world;
    this.index = parts.index;
    this.snapshot = parts.snapshot;
  }

  get<K extends Kind>(kind: K, name: string, namespace = "site"): ObjectsByKind[K] {
    const found = this.index.get({ kind, namespace, name });
    if (found === undefined) throw new Error(`the scene has no ${kind} ${namespace}/${name}`);
    return found as ObjectsByKind[K];
  }

  plan(kind: Kind, name: string, namespace = "site"): NamedRuling {
    return plan(this.world, this.get(kind, name, namespace));
  }

  /** The status that would be written after that plan. */
  status(kind: Kind, name: string, namespace = "site"): Status {
    const object = this.get(kind, name, namespace);
    return nextStatus(this.world, object, plan(this.world, object));
  }
}

interface Listed {
  readonly objects: readonly AnyObject[];
  readonly listing: {
    readonly numbers: readonly NumberRecord[];
    readonly addresses: readonly AddressRecord[];
    readonly domains: readonly DomainRecord[];
  };
  readonly after: readonly ((snapshot: AccountSnapshot) => void)[];
}

function build({ objects, listing, after }: Listed, given: Circumstances): Built {
  const now = given.now ?? NOW;
  const index = new ObjectIndex();
  for (const object of objects) index.put(object);
  const snapshot = new AccountSnapshot(ACCOUNT, { tagPrefixLength: OBJECT_PREFIX_LENGTH });
  const listedAt = given.listedAt === undefined ? now : given.listedAt;
  if (listedAt !== null) fill(snapshot, listing, listedAt);
  for (const event of after) event(snapshot);
  const seen = listedAt === null ? {} : { view: snapshot, lastSuccessAt: now };
  const world: World = {
    now,
    ownerId: OWNER,
    trustedSince: given.trustedSince ?? 0,
    timings: TIMINGS,
    dryRun: given.dryRun ?? false,
    ...(given.approvals === undefined ? {} : { commandLine: { approvals: given.approvals } }),
    objects: index,
    account: accountsIn(index, { ...seen, ...given.account }),
    lastWrite: (object) => given.lastWrites?.[object.metadata.name],
    watchedSince: (_, label) => given.watched?.[label],
  };
  return new Built({ world, index, snapshot });
}

/** Looked at directly as well: what a listing alone shows is the matter of tests of their own (afterwards). */
function fill(snapshot: AccountSnapshot, listing: Listed["listing"], startedAt: number): void {
  snapshot.mergeListing({ ...listing, startedAt });
  for (const number of listing.numbers) snapshot.mergeNumber(number, startedAt);
}

/** An open write-ahead record of a disassociation. */
export function record(addressSid: string, begun: boolean): object {
  return {
    type: "DisassociateAddress",
    target: addressSid,
    startedAt: new Date(NOW - 60_000).toISOString(),
    begun,
  };
}

/** A slow retry that waits (or is due, with a time in the past). */
export function retrying(count: number, nextInMs: number, inputs?: string): object {
  return {
    count,
    lastTime: new Date(NOW - 3_600_000).toISOString(),
    nextTime: new Date(NOW + nextInMs).toISOString(),
    ...(inputs === undefined ? {} : { inputs }),
  };
}

export const HQ = sid("AD", 1);
export const OLD = sid("AD", 2);
export const FOREIGN = sid("AD", 9);
export const DESK = sid("PN", 1);
