/**
 * Which statuses may wait a moment for the one that follows. A status write costs the API server more than all the rest
 * of a pass: a number that is registered within the second needs one, not two.
 *
 * Only what says "working on it" to somebody who has heard nothing better may wait, and only fields that the next pass
 * finds again by itself: a write-ahead record, an approval used, an error or a retry is written at once.
 */
import { findCondition } from "../api/conditions.ts";
import { isDeleting, type AnyObject } from "../api/objects.ts";
import type { Reason } from "../api/reasons.ts";
import { equal } from "../lib/equal.ts";
import { classOf, type NamedRuling } from "./rule.ts";
import type { Status } from "./status.ts";

/** The next state may come by itself, and soon. */
const PASSING: ReadonlySet<Reason> = new Set<Reason>([
  "Pending",
  "WaitingForAccount",
  "WaitingForAddress",
  "WaitingForNumber",
  "PendingRegistration",
  "PendingUnregistration",
]);

const FOUND_AGAIN: ReadonlySet<string> = new Set([
  "conditions",
  "observedGeneration",
  "lastHandledReconcileAt",
  "phoneNumber",
  "phoneNumberSid",
  "accountSid",
  "emergencyStatus",
  "emergencyAddressSid",
  "emergencyAddressStatus",
  "appliedAddressSids",
  "unprotectedSince",
]);

/** May the difference between the object's status and `status` be told a little later? */
export function mayBeHeld(object: AnyObject, status: Status, ruling: NamedRuling): boolean {
  if (isDeleting(object) || !PASSING.has(ruling.reason) || !classOf(ruling).reconciling) return false;
  const known = findCondition(object.status?.conditions, "Ready")?.status ?? "Unknown";
  if (known !== "Unknown") return false;
  const before = (object.status ?? {}) as unknown as Status;
  const fields = new Set([...Object.keys(before), ...Object.keys(status)]);
  return [...fields].every((field) => FOUND_AGAIN.has(field) || equal(before[field], status[field]));
}
