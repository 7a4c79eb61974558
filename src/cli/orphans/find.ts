/** Which Addresses are orphans, the second ones of an object and content among them, and what still uses them. */
import type { AnyObject } from "../../api/objects.ts";
import { objectPrefix, ownerPart, parseTag } from "../../plan/address/tag.ts";
import type { AddressRecord } from "../../twilio/types.ts";
import type { AccountListing } from "../standalone/listing.ts";

export interface Orphan {
  readonly sid: string;
  readonly friendlyName: string;
  /** Sids of the numbers that have it as their emergency or regulatory address. */
  readonly usedBy: readonly string[];
}

export function orphansOf(
  { addresses, numbers }: AccountListing,
  objects: readonly AnyObject[],
  ownerId: string,
): readonly Orphan[] {
  const owner = ownerPart(ownerId);
  const owned = new Set(
    objects
      .filter(({ kind }) => kind === "EmergencyAddress")
      .map(({ metadata }) => objectPrefix(ownerId, metadata.namespace, metadata.name)),
  );
  const named = sidsIn(objects);
  const isInUse = ({ sid }: AddressRecord): boolean =>
    named.has(sid) || numbers.some((number) => number.emergencyAddressSid === sid);
  const isTwin = (record: AddressRecord): boolean =>
    addresses.some((other) => isSame(record, other) && (isInUse(other) || isOlder(other, record)));
  const isOrphan = (record: AddressRecord): boolean => {
    const tag = parseTag(record.friendlyName);
    if (tag?.owner !== owner || named.has(record.sid)) return false;
    return owned.has(tag.object) ? !isInUse(record) && isTwin(record) : true;
  };
  return addresses.filter(isOrphan).map(({ sid, friendlyName }) => ({
    ...{ sid, friendlyName },
    usedBy: numbers
      .filter((number) => number.emergencyAddressSid === sid || number.addressSid === sid)
      .map((number) => number.sid),
  }));
}

function isSame(one: AddressRecord, other: AddressRecord): boolean {
  return one.sid !== other.sid && one.friendlyName === other.friendlyName;
}

function isOlder(one: AddressRecord, other: AddressRecord): boolean {
  const [a, b] = [one.dateCreated, other.dateCreated];
  return a < b || (a === b && one.sid < other.sid);
}

/**
 * Every Address that any object counts on by its spec or status: a way back, an open operation, an adoption. Conditions and
 * errors only speak of Addresses, and of the second one of an object above all.
 */
function sidsIn(objects: readonly AnyObject[]): ReadonlySet<string> {
  return new Set(
    objects.flatMap(({ spec, status }) => {
      const memory = { ...status, conditions: undefined, lastError: undefined };
      return JSON.stringify([spec, memory]).match(/\bAD[0-9a-fA-F]{32}\b/g) ?? [];
    }),
  );
}
