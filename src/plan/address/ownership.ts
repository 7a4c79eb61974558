/**
 * Which Addresses at Twilio belong to an EmergencyAddress object, decided from tags, content and spec alone.
 *
 *   tag is ours?  content as we wrote it?  content hash = spec's?
 *   yes           yes                      yes                    current, or a duplicate of it: numbers may stay there
 *   yes           yes                      no                     superseded: removed once nothing uses it
 *   yes           no                       yes                    drifted: edited by hand, replaced by revision + 1
 *   yes           no                       no                     superseded and edited: like a foreign one, but removed
 *   spec.sid      –                        equal to the spec      adopted: current
 *   spec.sid      –                        differs                adopted: the start of a change
 */
import type { EmergencyAddress } from "../../api/objects.ts";
import { compareRanks, type Rank } from "../../lib/rank.ts";
import type { AccountView, AddressRecord } from "../../twilio/types.ts";
import { contentHash, contentOf, sameContent, similarContent, type Content } from "./content.ts";
import { objectPrefix, parseTag } from "./tag.ts";

export interface OwnedAddresses {
  readonly object: EmergencyAddress;
  /** First part of the tags of all its Addresses. */
  readonly prefix: string;
  readonly wantedHash: string;
  /** Where numbers shall be; undefined while Twilio has no unedited Address of the desired content. */
  readonly current: AddressRecord | undefined;
  /** Sids of all unedited Addresses of the desired content, the current one among them. */
  readonly equivalents: ReadonlySet<string>;
  /** Equivalents beside the current one: reported, never used for anything new. */
  readonly duplicates: readonly AddressRecord[];
  /** Ours, of other content or edited by hand: to be removed once unused. */
  readonly superseded: readonly AddressRecord[];
  /** Of the desired content by tag or adoption, but edited by hand. */
  readonly drifted: readonly AddressRecord[];
  readonly nextRevision: number;
}

export function ownedAddresses(view: AccountView, object: EmergencyAddress, ownerId: string): OwnedAddresses {
  const prefix = prefixOf(object, ownerId);
  const wantedHash = contentHash(object.spec);
  const named = view.addressesNamed(prefix).map((seen) => seen.value);
  const tagged = named.filter((record) => parseTag(record.friendlyName) !== undefined);
  const ofWanted = tagged.filter((record) => parseTag(record.friendlyName)?.content === wantedHash);
  const adopted = adoptedRecord(view, object);
  const equal = ofWanted.filter((record) => isUnedited(record, object));
  const drifted = ofWanted.filter((record) => !isUnedited(record, object));
  if (adopted !== undefined && isDesired(adopted, object)) equal.push(adopted);
  if (adopted !== undefined && hasDrifted(adopted, object)) drifted.push(adopted);
  const ranked = rank(view, object, equal);
  const keep = new Set(ranked.map((record) => record.sid));
  return {
    object,
    prefix,
    wantedHash,
    current: ranked[0],
    equivalents: keep,
    duplicates: ranked.slice(1),
    superseded: tagged.filter((record) => !keep.has(record.sid)),
    drifted,
    nextRevision: 1 + Math.max(-1, ...ofWanted.map((record) => parseTag(record.friendlyName)?.revision ?? 0)),
  };
}

const prefixes = new WeakMap<EmergencyAddress, { readonly ownerId: string; readonly prefix: string }>();

/** Hashed once for each state of the object: every plan of each of its bindings asks. */
function prefixOf(object: EmergencyAddress, ownerId: string): string {
  const known = prefixes.get(object);
  if (known?.ownerId === ownerId) return known.prefix;
  const prefix = objectPrefix(ownerId, object.metadata.namespace, object.metadata.name);
  prefixes.set(object, { ownerId, prefix });
  return prefix;
}

/** The Address that spec.sid names, where it is the start of this object and no second Address. */
function adoptedRecord(view: AccountView, object: EmergencyAddress): AddressRecord | undefined {
  if (object.spec.sid === undefined || adoptsSecond(object)) return undefined;
  return view.address(object.spec.sid)?.value;
}

/** Adoption is a start, not a swap: spec.sid was set on an object that already has another Address. */
export function adoptsSecond({ spec, status }: EmergencyAddress): boolean {
  if (spec.sid === undefined || status?.sid === undefined) return false;
  return status.sid !== spec.sid && status.adoptedSid !== spec.sid;
}

/**
 * Is a tagged Address still as we wrote it? By the record in status where there is one; else by the spec; else by the
 * tag, where Twilio has not touched it since (autoCorrect makes the stored form differ from the spec).
 */
function isUnedited(record: AddressRecord, object: EmergencyAddress): boolean {
  if (!record.emergencyEnabled) return false;
  const content = contentOf(record);
  const baseline = baselineOf(object, record.sid);
  if (baseline !== undefined) return sameContent(content, baseline);
  const hash = parseTag(record.friendlyName)?.content;
  if (hash === contentHash(record) || record.dateUpdated === record.dateCreated) return true;
  return hash === contentHash(object.spec) && similarContent(content, contentOf(object.spec));
}

function isDesired(record: AddressRecord, object: EmergencyAddress): boolean {
  return record.emergencyEnabled && similarContent(contentOf(record), contentOf(object.spec));
}

/** An adopted Address that was as desired and no longer is, although the spec still says so. */
function hasDrifted(record: AddressRecord, object: EmergencyAddress): boolean {
  const baseline = baselineOf(object, record.sid);
  if (baseline === undefined || !similarContent(baseline, contentOf(object.spec))) return false;
  return !isDesired(record, object);
}

function baselineOf(object: EmergencyAddress, sid: string): Content | undefined {
  const { status } = object;
  if (status?.sid !== sid || status.address === undefined) return undefined;
  return contentOf(status.address);
}

/** The one that most numbers use, then the one in status, then the oldest: stable, and nobody has to move. */
function rank(
  view: AccountView,
  object: EmergencyAddress,
  records: readonly AddressRecord[],
): AddressRecord[] {
  const unique = [...new Map(records.map((record) => [record.sid, record])).values()];
  const weight = (record: AddressRecord): Rank => [
    -view.numbersAt(record.sid).filter((number) => number.emergencyAddressSid === record.sid).length,
    object.status?.sid === record.sid ? 0 : 1,
    record.dateCreated,
    record.sid,
  ];
  return unique.toSorted((a, b) => compareRanks(weight(a), weight(b)));
}

/**
 * May a registered number be taken from this Address without asking, as far as the Address goes? Ours are those that
 * the binding put on the number, and unedited ones of its own object. One that drifted is not: the spec did not ask.
 */
export function isOurs(
  record: AddressRecord | undefined,
  {
    sid,
    owned,
    applied,
  }: {
    readonly sid: string;
    readonly owned: OwnedAddresses | undefined;
    readonly applied: readonly string[];
  },
): boolean {
  if (owned !== undefined && isDriftedOf(owned, sid)) return false;
  if (applied.includes(sid)) return true;
  if (owned === undefined || record === undefined) return false;
  return parseTag(record.friendlyName)?.object === owned.prefix && isUnedited(record, owned.object);
}

/** Edited by hand while the spec stayed as it was: leaving it is nobody's wish but the editor's. */
function isDriftedOf({ object, drifted }: OwnedAddresses, sid: string): boolean {
  return object.status?.driftedSids?.includes(sid) === true || drifted.some((record) => record.sid === sid);
}
