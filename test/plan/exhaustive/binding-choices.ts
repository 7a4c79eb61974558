/**
 * Every value that the planner can tell apart when it plans a PhoneNumberBinding. The objects here are made once; each
 * of their fields asks the walk for its value at the moment it is read (see choices.ts).
 *
 * What is not a dimension, and why that loses nothing:
 * - sids, names, texts: the planner only compares them, so one of each kind stands for all;
 * - spec.phoneNumber instead of spec.phoneNumberSid: the same record found by another index (plan/lookup.ts);
 * - how an Address is known to be ours, edited or a duplicate: that is plan/address/ownership.ts, walked in address-world.ts;
 *   here there is one Address of each kind it can come to;
 * - more than one other binding, domain or rival: their rules look at each alone (`some`, `filter`) and the budget
 *   counts; what several of them do together is the convergence model's matter (test/plan/converge).
 */
import { NOW, sid } from "../../support/planning.ts";
import type { Choices } from "./choices.ts";

export const BINDING_DIMENSIONS = {
  // May anything be done at all?
  account: ["usable", "absent", "mismatch", "stale", "unlisted"],
  credentials: ["ok", "rejected", "secretInvalid"],
  failure: [false, true],
  mode: ["manage", "suspend", "observe", "accountObserves", "dryRun"],
  ready: [false, true],
  // What the spec and a person say.
  wants: ["Active", "Inactive"],
  changePolicy: ["Rolling", "Manual"],
  deletionPolicy: ["Retain", "Unregister"],
  deleting: [false, true],
  finalizer: [false, true],
  confirmed: [false, true],
  abandoned: [false, true],
  generation: ["observed", "changed"],
  requestedAt: ["none", "new"],
  approval: ["none", "this", "other"],
  // What the number is at Twilio.
  number: ["present", "missing", "unknown"],
  absence: ["never", "beforeTrust", "afterTrust"],
  evidence: ["fresh", "beforeWrite", "beforeTrust"],
  // Shown by a direct look, or by a listing alone, which may lag behind a write of ours.
  direct: [true, false],
  wrote: [false, true],
  sid: ["none", "target", "twin", "old", "edited", "foreign", "gone"],
  // null is the same as unregistered: plan/slot.ts has a table of its own.
  status: [
    "registered",
    "unregistered",
    "pending-registration",
    "pending-unregistration",
    "registration-failure",
    "unregistration-failure",
    "a new word of Twilio's",
  ],
  reported: ["Active", "Inactive", "Pending Activation"],
  country: ["same", "other", "unknown"],
  // Its EmergencyAddress.
  addressObject: ["live", "deleting", "missing"],
  current: ["target", "none"],
  targetSeen: ["present", "missing"],
  old: ["live", "absent", "disabled"],
  failed: ["nowhere", "here", "elsewhere"],
  // What the status remembers.
  operation: ["none", "open", "begun"],
  operationTarget: ["slot", "old"],
  previous: ["none", "old", "foreign", "gone"],
  numberKnown: [true, false],
  applied: [false, true],
  pendingPlan: ["this", "none"],
  usedApproval: ["none", "this"],
  requested: ["none", "this", "other"],
  requestedLongAgo: [false, true],
  retry: ["none", "waiting", "due", "startedOver"],
  retryCount: [1, 2],
  lastError: [false, true],
  // What the process remembers.
  lastWrite: ["none", "same", "associatedTarget"],
  watched: ["none", "short", "long"],
  // The others.
  rival: ["none", "winner"],
  // Those that lose matter to a deletion only.
  claimant: ["none", "younger", "terminating"],
  maxUnprotected: [1, 0, 2],
  other: ["none", "changing", "going", "failed", "firstInLine", "lastInLine"],
  caller: ["none", "this", "another"],
  domainObject: [
    "none",
    "stays",
    "leaving",
    "stuck",
    "suspended",
    "deletingConfirmed",
    "deletingUnconfirmed",
  ],
} as const;

export type BindingChoices = Choices<typeof BINDING_DIMENSIONS>;

export const TARGET = sid("AD", 1);
export const OLD = sid("AD", 2);
export const TWIN = sid("AD", 3);
export const EDITED = sid("AD", 4);
export const FOREIGN = sid("AD", 9);
export const GONE = sid("AD", 8);
export const DESK = sid("PN", 1);
export const OTHER = sid("PN", 2);
export const SIP = sid("SD", 1);

/** After every observation that counts, before NOW. */
export const TRUSTED = NOW - 1_000_000;
export const EARLIER = NOW - 500_000;
export const LONG_AGO = NOW - 100 * 3_600_000;
export const iso = (ms: number): string => new Date(ms).toISOString();

export const sids = {
  none: null,
  target: TARGET,
  twin: TWIN,
  old: OLD,
  edited: EDITED,
  foreign: FOREIGN,
  gone: GONE,
};
