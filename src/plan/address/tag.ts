/**
 * The tag is the FriendlyName of an Address that we created; it carries all that is needed to know it again, and all of
 * it can be computed anew: `te<owner 6>-<object 10>-<content 8>-<revision 2>`, 31 of the 32 characters that Twilio
 * allows on emergency addresses. The lengths are in base32 characters: 30, 50 and 40 bits.
 */
import { shortHash, unambiguous } from "../../lib/hash.ts";

export interface Tag {
  /** Owner and object part: the same for all Addresses of one EmergencyAddress object. */
  readonly object: string;
  readonly owner: string;
  readonly content: string;
  readonly revision: number;
}

/** Length of the part that all Addresses of one object share, the key of the snapshot's index. */
export const OBJECT_PREFIX_LENGTH = 20;

const REVISIONS = 36 ** 2;
const FORM = /^te[a-z2-7]{6}-[a-z2-7]{10}-[a-z2-7]{8}-[0-9a-z]{2}$/;

export function ownerPart(ownerId: string): string {
  return `te${shortHash(unambiguous(["owner", ownerId]), 6)}`;
}

export function objectPart(namespace: string, name: string): string {
  return shortHash(unambiguous(["address", namespace, name]), 10);
}

/** The first 20 characters of the tags of one object, with the trailing dash. */
export function objectPrefix(ownerId: string, namespace: string, name: string): string {
  return prefixOf(ownerPart(ownerId), objectPart(namespace, name));
}

const prefixOf = (owner: string, object: string): string => `${owner}-${object}-`;

/** The object part of a FriendlyName that begins as the tags of this owner do; `owner` is the ownerPart. */
export function objectPartOf(friendlyName: string, owner: string): string | undefined {
  const object = friendlyName.slice(owner.length + 1, OBJECT_PREFIX_LENGTH - 1);
  return friendlyName.startsWith(prefixOf(owner, object)) ? object : undefined;
}

export function makeTag(prefix: string, content: string, revision: number): string {
  return `${prefix}${content}-${(revision % REVISIONS).toString(36).padStart(2, "0")}`;
}

/** undefined for every FriendlyName that is not a tag of this operator, whoever owns it. */
export function parseTag(friendlyName: string): Tag | undefined {
  if (!FORM.test(friendlyName)) return undefined;
  const [owner, object, content, revision] = friendlyName.split("-") as [string, string, string, string];
  return { owner, object: prefixOf(owner, object), content, revision: Number.parseInt(revision, 36) };
}
