/** Short hashes, and texts that are safe to hash. */
import { createHash } from "node:crypto";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** The first `length` characters (at most 51) of the SHA-256 of `text` in lower-case base32: 5 bits each. */
export function shortHash(text: string, length: number): string {
  let bits = 0n;
  for (const byte of createHash("sha256").update(text, "utf8").digest()) bits = (bits << 8n) | BigInt(byte);
  let out = "";
  for (let shift = 251n; out.length < length; shift -= 5n) out += ALPHABET[Number((bits >> shift) & 31n)];
  return out;
}

/** Joins parts so that no two different lists give the same text. */
export function unambiguous(parts: readonly string[]): string {
  return JSON.stringify(parts);
}
