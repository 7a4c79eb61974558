/** All objects in memory, with the look-ups that the planner needs. Serves a cluster's caches and manifests alike. */
import { DEFAULT_ACCOUNT, KINDS, type Kind } from "../api/names.ts";
import type {
  AnyObject,
  EmergencyAddress,
  Managed,
  ObjectKey,
  ObjectsByKind,
  PhoneNumberBinding,
  SIPDomainSetting,
  TwilioAccount,
} from "../api/objects.ts";
import { Buckets } from "../lib/buckets.ts";
import { objectPart } from "../plan/address/tag.ts";
import type { Objects } from "../plan/world.ts";
import { objectKey, textOf } from "./objects.ts";

type Index = Buckets<AnyObject>;

/** Keys are `Kind/namespace/name`; putting an object replaces the one of the same key. */
export class ObjectIndex implements Objects {
  readonly #byKey = new Map<string, AnyObject>();
  readonly #byKind = new Map<Kind, Map<string, AnyObject>>(KINDS.map((kind) => [kind, new Map()]));
  /** By `Kind namespace accountName`: whose account an object names. */
  readonly #byAccountName: Index = new Buckets();
  /** By phone number or number sid. */
  readonly #byNumber: Index = new Buckets();
  /** By `namespace/addressRef`. */
  readonly #byAddress: Index = new Buckets();
  /** By the sid of the Address in use. */
  readonly #bySidInUse: Index = new Buckets();
  /** By the sid of the Address that is to be adopted. */
  readonly #bySidAdopted: Index = new Buckets();
  /** By the object part of the tags. */
  readonly #byTag: Index = new Buckets();
  /** By account sid: the TwilioAccount objects. */
  readonly #bySid: Index = new Buckets();

  put(object: AnyObject): void {
    this.remove(objectKey(object));
    const key = textOf(objectKey(object));
    this.#byKey.set(key, object);
    this.#byKind.get(object.kind)?.set(key, object);
    for (const [buckets, value] of this.#places(object)) buckets.add(value, object);
  }

  remove(objectRef: ObjectKey): void {
    const key = textOf(objectRef);
    const object = this.#byKey.get(key);
    if (object === undefined) return;
    this.#byKey.delete(key);
    this.#byKind.get(object.kind)?.delete(key);
    for (const [buckets, value] of this.#places(object)) buckets.remove(value, object);
  }

  get(key: ObjectKey): AnyObject | undefined {
    return this.#byKey.get(textOf(key));
  }

  all(kind: Kind): readonly AnyObject[] {
    return [...(this.#byKind.get(kind)?.values() ?? [])];
  }

  account(namespace: string, name: string): TwilioAccount | undefined {
    return this.#find("TwilioAccount", namespace, name);
  }

  address(namespace: string, name: string): EmergencyAddress | undefined {
    return this.#find("EmergencyAddress", namespace, name);
  }

  binding(namespace: string, name: string): PhoneNumberBinding | undefined {
    return this.#find("PhoneNumberBinding", namespace, name);
  }

  domain(namespace: string, name: string): SIPDomainSetting | undefined {
    return this.#find("SIPDomainSetting", namespace, name);
  }

  accountsOf(accountSid: string): readonly TwilioAccount[] {
    return values<TwilioAccount>(this.#bySid, accountSid);
  }

  addressesOf(accountSid: string): readonly EmergencyAddress[] {
    return this.#ofAccount<EmergencyAddress>("EmergencyAddress", accountSid);
  }

  bindingsOf(accountSid: string): readonly PhoneNumberBinding[] {
    return this.#ofAccount<PhoneNumberBinding>("PhoneNumberBinding", accountSid);
  }

  domainsOf(accountSid: string): readonly SIPDomainSetting[] {
    return this.#ofAccount<SIPDomainSetting>("SIPDomainSetting", accountSid);
  }

  bindingsNaming(
    accountSid: string,
    number: { readonly sid?: string; readonly phoneNumber?: string },
  ): readonly PhoneNumberBinding[] {
    const named = [number.sid, number.phoneNumber].flatMap((value) =>
      value === undefined ? [] : values<PhoneNumberBinding>(this.#byNumber, value),
    );
    return named.filter((binding) => this.accountSidOf(binding) === accountSid);
  }

  bindingsReferringTo(address: EmergencyAddress): readonly PhoneNumberBinding[] {
    const { namespace, name } = address.metadata;
    return values<PhoneNumberBinding>(this.#byAddress, `${namespace}/${name}`);
  }

  /** Address objects whose Address in use is one of these. */
  addressesUsing(sids: readonly string[]): readonly EmergencyAddress[] {
    return sids.flatMap((sid) => values<EmergencyAddress>(this.#bySidInUse, sid));
  }

  /** Address objects that adopt this Address. */
  addressesAdopting(sid: string): readonly EmergencyAddress[] {
    return values<EmergencyAddress>(this.#bySidAdopted, sid);
  }

  /** Address objects whose tags have this object part: one, whatever its account. */
  addressesTagged(objectPartOfTag: string): readonly EmergencyAddress[] {
    return values<EmergencyAddress>(this.#byTag, objectPartOfTag);
  }

  /** The Twilio account that an object's accountRef stands for now. */
  accountSidOf(object: Managed): string | undefined {
    const name = object.spec.accountRef?.name ?? DEFAULT_ACCOUNT;
    return this.account(object.metadata.namespace, name)?.spec.accountSid;
  }

  /** Objects that name this TwilioAccount object. */
  objectsOfAccount(account: TwilioAccount): readonly Managed[] {
    const { namespace, name } = account.metadata;
    return (["EmergencyAddress", "PhoneNumberBinding", "SIPDomainSetting"] as const).flatMap((kind) =>
      values<Managed>(this.#byAccountName, `${kind} ${namespace} ${name}`),
    );
  }

  #find<K extends Kind>(kind: K, namespace: string, name: string): ObjectsByKind[K] | undefined {
    return this.#byKey.get(`${kind}/${namespace}/${name}`) as ObjectsByKind[K] | undefined;
  }

  #ofAccount<T extends Managed>(kind: T["kind"], accountSid: string): readonly T[] {
    return this.accountsOf(accountSid).flatMap(({ metadata }) =>
      values<T>(this.#byAccountName, `${kind} ${metadata.namespace} ${metadata.name}`),
    );
  }

  #places(object: AnyObject): readonly (readonly [Index, string])[] {
    if (object.kind === "TwilioAccount") return [[this.#bySid, object.spec.accountSid]];
    const { namespace } = object.metadata;
    const account = `${object.kind} ${namespace} ${object.spec.accountRef?.name ?? DEFAULT_ACCOUNT}`;
    return [[this.#byAccountName, account], ...this.#placesOf(object)];
  }

  #placesOfAddress({ metadata, spec, status }: EmergencyAddress): readonly (readonly [Index, string])[] {
    return [
      [this.#byTag, objectPart(metadata.namespace, metadata.name)],
      ...(spec.sid === undefined ? [] : [[this.#bySidAdopted, spec.sid] as const]),
      ...(status?.sid === undefined ? [] : [[this.#bySidInUse, status.sid] as const]),
    ];
  }

  /** What the kind is looked up by besides its account. */
  #placesOf(object: Managed): readonly (readonly [Index, string])[] {
    if (object.kind === "EmergencyAddress") return this.#placesOfAddress(object);
    if (object.kind !== "PhoneNumberBinding") return [];
    const number = object.spec.phoneNumberSid ?? object.spec.phoneNumber ?? "";
    const address = object.spec.addressRef?.name;
    return [
      [this.#byNumber, number],
      ...(address === undefined
        ? []
        : [[this.#byAddress, `${object.metadata.namespace}/${address}`] as const]),
    ];
  }
}

function values<T extends AnyObject>(index: Index, value: string): readonly T[] {
  return index.get(value) as unknown as readonly T[];
}
