/** Which cases run: all of them in `npm run test:crash`, in `npm test` a tenth that a hash of the name has chosen for good. */
import { createHash } from "node:crypto";

export function isWhole(): boolean {
  return process.env["TEST_CRASH"] === "all";
}

export function chosen(name: string): boolean {
  return isWhole() || inTheTenth(name);
}

export function inTheTenth(name: string): boolean {
  return createHash("sha256").update(name).digest().readUInt32BE(0) % 10 === 0;
}
