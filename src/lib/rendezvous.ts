/** Shares keys out among members. */
import { shortHash } from "./hash.ts";

/**
 * Which member a key belongs to: the one that scores highest for it. Members that come or go move only the keys that
 * they get or had (rendezvous hashing, Thaler and Ravishankar 1998). Undefined without members.
 */
export function rendezvousOwner(members: readonly string[], key: string): string | undefined {
  const scored = members.map((member) => ({ member, score: shortHash(`${member}\n${key}`, 32) }));
  return scored.toSorted((a, b) => (a.score > b.score ? -1 : 1))[0]?.member;
}
