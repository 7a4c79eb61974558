/** The number shall have no emergency address. */
import { refused } from "./active.ts";
import type { NumberFacts } from "./facts.ts";
import { isDeleting } from "../../api/objects.ts";
import { emergencyStatusState } from "./emergency-status.ts";
import { wait, type Rule, type Ruling } from "../rule.ts";
import { disassociateFailed, lagging, notEnabled, pending, unknownStatus } from "./shared-rules.ts";
import { takeAway } from "./take-away.ts";

export const INACTIVE_RULES: readonly Rule<NumberFacts>[] = [
  { name: "Twilio is working on the slot: wait", rule: pending },
  { name: "registered without a sid is a lag, then a fault", rule: lagging },
  { name: "free: settled, and EmergencyStatus is asked for once while nothing waits for it", rule: settled },
  { name: "the last attempt was refused: tried again slowly", rule: refusedAgain },
  { name: "unregistration failed: tried again slowly", rule: unregistrationFailed },
  { name: "registered: its address is taken away, with permission and budget", rule: unregister },
  { name: "a failed slot is emptied", rule: emptyFailed },
  { name: "an Address not enabled for emergencies is a lag, then emptied", rule: notEnabled },
  { name: "a status of Twilio's that nobody knows", rule: unknownStatus },
];

function settled(facts: NumberFacts): Ruling | undefined {
  if (facts.slot.kind !== "free") return undefined;
  const ruling = wait("Unregistered", "The number has no emergency address, as desired.");
  const asks =
    !isDeleting(facts.object) && emergencyStatusState(facts).kind === "toAsk" && facts.mode === "manage";
  if (!asks) return ruling;
  return { ...ruling, step: { type: "SetEmergencyStatus", numberSid: facts.number.sid, value: "Inactive" } };
}

function refusedAgain(facts: NumberFacts): Ruling | undefined {
  return refused(facts);
}

function unregistrationFailed(facts: NumberFacts): Ruling | undefined {
  const { slot } = facts;
  if (slot.kind !== "unregistrationFailed") return undefined;
  const { operation, retry } = facts;
  const message =
    "Twilio could not unregister the number's address; it may still be registered. It is tried again slowly; requested-at tries at once.";
  const wakeAt = retry.kind === "waiting" ? { wakeAt: retry.retry.nextTime } : {};
  if (retry.kind !== "due")
    return wait("UnregistrationFailed", message, { ...wakeAt, watch: "UnregistrationFailed" });
  return takeAway(facts, slot.sid ?? operation?.target ?? "");
}

function unregister(facts: NumberFacts): Ruling | undefined {
  return facts.slot.kind === "registered" ? takeAway(facts, facts.slot.sid) : undefined;
}

function emptyFailed(facts: NumberFacts): Ruling | undefined {
  const { slot } = facts;
  return slot.kind === "failed" ? disassociateFailed(facts, slot.sid) : undefined;
}
