/**
 * Two objects that name one resource of Twilio's. The winner is, in this order: the one whose tag the resource carries,
 * the one in the middle of a change of it, the one whose Address the number carries, one that is not being deleted, the
 * older one, the one that stands for it already, the first by namespace/name. The loser writes nothing.
 */
import {
  isDeleting,
  type EmergencyAddress,
  type Managed,
  type PhoneNumberBinding,
  type SIPDomainSetting,
} from "../api/objects.ts";
import { compareRanks, type Rank } from "../lib/rank.ts";
import type { NumberRecord } from "../twilio/types.ts";
import { addressObjectOf, domainRecordOf } from "./lookup.ts";
import type { UsableAccount } from "./policy.ts";
import { objectPrefix } from "./address/tag.ts";
import type { World } from "./world.ts";

/** The binding that may write to this number; undefined if `binding` itself may. */
export function rivalOfBinding(
  world: World,
  account: UsableAccount,
  binding: PhoneNumberBinding,
  number: NumberRecord,
): PhoneNumberBinding | undefined {
  const rivals = world.objects
    .bindingsNaming(account.view.accountSid, number)
    .filter((other) => !isSame(other, binding));
  return firstRival(rivals, binding, (candidate) => [
    isChanging(candidate) ? 0 : 1,
    carriesItsAddress(world, account, candidate, number) ? 0 : 1,
  ]);
}

export function othersNaming(
  world: World,
  account: UsableAccount,
  binding: PhoneNumberBinding,
  number: NumberRecord,
): boolean {
  return world.objects
    .bindingsNaming(account.view.accountSid, number)
    .some((other) => !isSame(other, binding) && !isDeleting(other));
}

export function rivalOfDomain(
  world: World,
  account: UsableAccount,
  object: SIPDomainSetting,
): SIPDomainSetting | undefined {
  const sid = domainRecordOf(account, object)?.sid;
  if (sid === undefined) return undefined;
  const rivals = world.objects
    .domainsOf(account.view.accountSid)
    .filter((other) => !isSame(other, object) && domainRecordOf(account, other)?.sid === sid);
  return firstRival(rivals, object, () => []);
}

export function winsDomain(world: World, account: UsableAccount, object: SIPDomainSetting): boolean {
  return rivalOfDomain(world, account, object) === undefined;
}

/** Only adoption can make two address objects meet: tags are per object. */
export function rivalOfAddress(
  world: World,
  account: UsableAccount,
  object: EmergencyAddress,
): EmergencyAddress | undefined {
  const { sid } = object.spec;
  if (sid === undefined) return undefined;
  const isTagged = (candidate: EmergencyAddress): boolean => hasTagOf(world, account, sid, candidate);
  const rivals = world.objects
    .addressesOf(account.view.accountSid)
    .filter((other) => !isSame(other, object) && (other.spec.sid === sid || isTagged(other)));
  return firstRival(rivals, object, (candidate) => [isTagged(candidate) ? 0 : 1]);
}

/** This Address has a tag of the object's. */
function hasTagOf(world: World, account: UsableAccount, sid: string, object: EmergencyAddress): boolean {
  const prefix = objectPrefix(world.ownerId, object.metadata.namespace, object.metadata.name);
  return account.view.address(sid)?.value.friendlyName.startsWith(prefix) === true;
}

function isChanging(binding: PhoneNumberBinding): boolean {
  return binding.status?.operation !== undefined || binding.status?.previousAddressSid !== undefined;
}

function carriesItsAddress(
  world: World,
  account: UsableAccount,
  binding: PhoneNumberBinding,
  number: NumberRecord,
): boolean {
  const sid = number.emergencyAddressSid;
  if (sid === null) return false;
  if (binding.status?.appliedAddressSids?.includes(sid) === true) return true;
  const address = addressObjectOf(world, binding);
  if (address === undefined) return false;
  return address.spec.sid === sid || hasTagOf(world, account, sid, address);
}

function firstRival<T extends Managed>(
  rivals: readonly T[],
  self: T,
  claim: (candidate: T) => Rank,
): T | undefined {
  const rank = (candidate: T): Rank => [
    ...claim(candidate),
    isDeleting(candidate) ? 1 : 0,
    candidate.metadata.creationTimestamp,
    // Creation is known to the second only: of two of the same second the one that stands already.
    standsFor(candidate) ? 0 : 1,
    candidate.metadata.namespace,
    candidate.metadata.name,
  ];
  const [winner] = [self, ...rivals].toSorted((a, b) => compareRanks(rank(a), rank(b)));
  return winner === self ? undefined : winner;
}

/** The object has found or adopted its resource before. */
function standsFor(candidate: Managed): boolean {
  switch (candidate.kind) {
    case "EmergencyAddress":
      return candidate.spec.sid !== undefined && candidate.status?.adoptedSid === candidate.spec.sid;
    case "PhoneNumberBinding":
      return candidate.status?.phoneNumberSid !== undefined;
    case "SIPDomainSetting":
      return candidate.status?.domainSid !== undefined;
  }
}

export function isSame(a: Managed, b: Managed): boolean {
  return a.metadata.namespace === b.metadata.namespace && a.metadata.name === b.metadata.name;
}
