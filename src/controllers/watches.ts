/** Which objects have to be looked at when something changes: an object, a thing at Twilio, an account. */
import {
  isDeleting,
  keyOf,
  type AnyObject,
  type EmergencyAddress,
  type PhoneNumberBinding,
  type SIPDomainSetting,
  type TwilioAccount,
} from "../api/objects.ts";
import { equal } from "../lib/equal.ts";
import { objectPartOf, objectPrefix, ownerPart } from "../plan/address/tag.ts";
import { accountName } from "../plan/policy.ts";
import type { Changes } from "../twilio/snapshot.ts";
import type { AccountView } from "../twilio/types.ts";
import type { ObjectIndex } from "./object-index.ts";

/** Where to find what is at Twilio for the account of an object. */
export interface Sight {
  readonly ownerId: string;
  readonly accounts: {
    entry(
      namespace: string,
      name: string,
    ): { readonly shared: { readonly snapshot: AccountView } } | undefined;
  };
}

/** Keys of the other objects whose plans read an object that came, changed or went (`previous` undefined). */
export function keysForObject(
  index: ObjectIndex,
  object: AnyObject,
  previous: AnyObject | undefined,
  sight: Sight,
): ReadonlySet<string> {
  const keys = new Set<string>();
  if (previous !== undefined && !concernsOthers(object, previous)) return keys;
  switch (object.kind) {
    case "TwilioAccount":
      return addAll(keys, objectsOfTwilioAccount(index, object));
    case "EmergencyAddress":
      return addAll(keys, neighboursOfAddress(index, object, sight));
    case "PhoneNumberBinding":
      return addAll(keys, neighboursOfBinding(index, object, previous as PhoneNumberBinding | undefined));
    case "SIPDomainSetting":
      return addAll(keys, neighboursOfDomain(index, object));
  }
}

/**
 * Objects of all accounts that stand for the same one at Twilio: they share budget and lock. And bindings of other
 * accounts that refer to one of these, which they cannot use.
 */
function objectsOfTwilioAccount(index: ObjectIndex, account: TwilioAccount): readonly AnyObject[] {
  const same = index.accountsOf(account.spec.accountSid);
  const objects = [...new Set([account, ...same])].flatMap((each) => index.objectsOfAccount(each));
  return objects.flatMap((object): readonly AnyObject[] =>
    object.kind === "EmergencyAddress" ? [object, ...index.bindingsReferringTo(object)] : [object],
  );
}

/** Its bindings; domains whose caller is one of them, and waits for its move; others that adopt the same Address. */
function neighboursOfAddress(
  index: ObjectIndex,
  address: EmergencyAddress,
  sight: Sight,
): readonly AnyObject[] {
  const { namespace, name } = address.metadata;
  const account = index.accountSidOf(address);
  const domains = account === undefined ? [] : index.domainsOf(account);
  const waiting = domains.filter(({ metadata, spec }) => {
    const caller = spec.emergencyCallerRef?.name;
    if (caller === undefined || metadata.namespace !== namespace) return false;
    return index.binding(namespace, caller)?.spec.addressRef?.name === name;
  });
  return [...index.bindingsReferringTo(address), ...waiting, ...rivalAddresses(index, address, sight)];
}

/** Address objects that adopt the same Address, or one that this object has made. */
function rivalAddresses(
  index: ObjectIndex,
  address: EmergencyAddress,
  { ownerId, accounts }: Sight,
): readonly AnyObject[] {
  const account = index.accountSidOf(address);
  if (account === undefined) return [];
  const { namespace, name } = address.metadata;
  const view = accounts.entry(namespace, accountName(address))?.shared.snapshot;
  const made = view?.addressesNamed(objectPrefix(ownerId, namespace, name)) ?? [];
  const adopted = address.spec.sid === undefined ? [] : [address.spec.sid];
  const sids = [...adopted, ...made.map((seen) => seen.value.sid)];
  const others = new Set([
    ...sids.flatMap((sid) => index.addressesAdopting(sid)),
    ...index.addressesUsing(adopted),
  ]);
  return [...others].filter((other) => index.accountSidOf(other) === account);
}

function addAll(keys: Set<string>, objects: readonly AnyObject[]): ReadonlySet<string> {
  for (const object of objects) keys.add(keyOf(object));
  return keys;
}

/** Of a status only what other objects' plans read. */
function concernsOthers(object: AnyObject, previous: AnyObject): boolean {
  const now = object.status as Record<string, unknown> | undefined;
  const then = previous.status as Record<string, unknown> | undefined;
  const read =
    object.kind === "TwilioAccount"
      ? []
      : ["operation", "previousAddressSid", "failedTargets", "sid", "retry"];
  return (
    object.metadata.generation !== previous.metadata.generation ||
    isDeleting(object) !== isDeleting(previous) ||
    !equal(object.metadata.annotations, previous.metadata.annotations) ||
    // An address object is held as long as the change of a binding.
    !equal(object.metadata.finalizers, previous.metadata.finalizers) ||
    read.some((field) => !equal(now?.[field], then?.[field]))
  );
}

function neighboursOfBinding(
  index: ObjectIndex,
  binding: PhoneNumberBinding,
  previous: PhoneNumberBinding | undefined,
): readonly AnyObject[] {
  const { namespace } = binding.metadata;
  const account = index.accountSidOf(binding);
  const refs = [binding.spec.addressRef?.name, previous?.spec.addressRef?.name];
  const addresses = refs.flatMap((ref) => (ref === undefined ? [] : (index.address(namespace, ref) ?? [])));
  if (account === undefined) return addresses;
  // A number on its way out still counts at the address that it leaves.
  const { emergencyAddressSid, previousAddressSid } = binding.status ?? {};
  const left = index.addressesUsing(
    [emergencyAddressSid, previousAddressSid].filter((sid) => typeof sid === "string"),
  );
  const { phoneNumberSid, phoneNumber } = { ...binding.status, ...binding.spec };
  const number = {
    ...(phoneNumberSid === undefined ? {} : { sid: phoneNumberSid }),
    ...(phoneNumber === undefined ? {} : { phoneNumber }),
  };
  const rivals = index.bindingsNaming(account, number).filter((other) => keyOf(other) !== keyOf(binding));
  const domains = index.domainsOf(account).filter((domain) => usesCaller(domain, binding));
  return [...addresses, ...left, ...rivals, ...domains];
}

function usesCaller(domain: SIPDomainSetting, binding: PhoneNumberBinding): boolean {
  const named =
    domain.metadata.namespace === binding.metadata.namespace &&
    domain.spec.emergencyCallerRef?.name === binding.metadata.name;
  return (
    named ||
    (domain.status?.emergencyCallerSid !== undefined &&
      domain.status.emergencyCallerSid === binding.status?.phoneNumberSid)
  );
}

/** Bindings that may wait for this domain, and other objects that claim it. */
function neighboursOfDomain(index: ObjectIndex, domain: SIPDomainSetting): readonly AnyObject[] {
  const account = index.accountSidOf(domain);
  if (account === undefined) return [];
  const named = domain.spec.emergencyCallerRef?.name;
  const caller = named === undefined ? undefined : index.binding(domain.metadata.namespace, named);
  const sid = domain.status?.emergencyCallerSid;
  const present =
    sid === undefined
      ? []
      : index.bindingsOf(account).filter((binding) => binding.status?.phoneNumberSid === sid);
  const rivals = index.domainsOf(account).filter((other) => keyOf(other) !== keyOf(domain));
  return [...(caller === undefined ? [] : [caller]), ...present, ...rivals];
}

/** Keys whose slice of an account's snapshot has changed. */
export function keysForChanges(
  index: ObjectIndex,
  view: AccountView,
  ownerId: string,
  changes: Changes,
): ReadonlySet<string> {
  const keys = new Set<string>();
  if (changes.size === 0) return keys;
  const account = view.accountSid;
  for (const changed of changes) {
    const number = view.number(changed)?.value ?? view.numberByPhoneNumber(changed)?.value;
    const named = number ?? { sid: changed, phoneNumber: changed };
    for (const binding of index.bindingsNaming(account, named)) {
      keys.add(keyOf(binding));
      for (const neighbour of neighboursOfBinding(index, binding, undefined)) keys.add(keyOf(neighbour));
    }
  }
  if ([...changes].some((changed) => changed.startsWith("SD"))) addAll(keys, domainsAndCallers(index, view));
  addAll(keys, changedAddresses(index, { view, ownerId, changes }));
  return keys;
}

function domainsAndCallers(index: ObjectIndex, view: AccountView): readonly AnyObject[] {
  const callers = view.domains().flatMap((domain) => {
    const number =
      domain.emergencyCallerSid === null ? undefined : view.number(domain.emergencyCallerSid)?.value;
    return number === undefined ? [] : index.bindingsNaming(view.accountSid, number);
  });
  // Those that wait for a domain are no longer its callers when it has got another one.
  const waiting = index.bindingsOf(view.accountSid).filter(({ status }) => status?.pendingPlan !== undefined);
  return [...index.domainsOf(view.accountSid), ...callers, ...waiting];
}

/** Address objects whose Addresses changed, with the bindings that refer to them. */
function changedAddresses(
  index: ObjectIndex,
  {
    view,
    ownerId,
    changes,
  }: { readonly view: AccountView; readonly ownerId: string; readonly changes: Changes },
): readonly AnyObject[] {
  const sids = [...changes].filter((changed) => changed.startsWith("AD"));
  if (sids.length === 0) return [];
  // One that has gone is told by its name beside its sid.
  const names = [...sids.map((sid) => view.address(sid)?.value.friendlyName ?? ""), ...changes];
  const owner = ownerPart(ownerId);
  const touched = new Set([
    ...names.flatMap((name) => index.addressesTagged(objectPartOf(name, owner) ?? "")),
    ...sids.flatMap((sid) => [...index.addressesUsing([sid]), ...index.addressesAdopting(sid)]),
  ]);
  return [...touched]
    .filter((object) => index.accountSidOf(object) === view.accountSid)
    .flatMap((object) => [object, ...index.bindingsReferringTo(object)]);
}
