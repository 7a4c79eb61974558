/** Which Addresses are orphans, and what still uses them. */
import type { AnyObject } from "../../api/objects.ts";
import { objectPrefix, ownerPart, parseTag } from "../../plan/tag.ts";
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
  const isOrphan = ({ sid, friendlyName }: AddressRecord): boolean => {
    const tag = parseTag(friendlyName);
    return tag?.owner === owner && !owned.has(tag.object) && !named.has(sid);
  };
  return addresses.filter(isOrphan).map(({ sid, friendlyName }) => ({
    ...{ sid, friendlyName },
    usedBy: numbers
      .filter((number) => number.emergencyAddressSid === sid || number.addressSid === sid)
      .map((number) => number.sid),
  }));
}

/** Every Address that any object names in its spec or status: a way back, an open operation, an adoption. */
function sidsIn(objects: readonly AnyObject[]): ReadonlySet<string> {
  return new Set(
    objects.flatMap(
      ({ spec, status }) => JSON.stringify([spec, status]).match(/\bAD[0-9a-fA-F]{32}\b/g) ?? [],
    ),
  );
}
