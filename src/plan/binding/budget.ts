/** How many numbers of an account may be without protection at one time because of us: spec.maxUnprotected. */
import type { PhoneNumberBinding } from "../../api/objects.ts";
import { BindingFacts, NumberFacts } from "./facts.ts";
import { seenNumber } from "../lookup.ts";
import { slotOf } from "../slot.ts";
import type { UsableAccount } from "../policy.ts";
import type { World } from "../world.ts";
import type { NumberRecord, Observation } from "../../twilio/types.ts";

export interface Budget {
  readonly max: number;
  /** Sids of the numbers that count now, without the one that asks. */
  readonly used: ReadonlySet<string>;
}

export function budgetWithout(facts: NumberFacts): Budget {
  const { world, account } = facts;
  const used = new Set<string>();
  for (const binding of world.objects.bindingsOf(account.view.accountSid)) {
    const sid = countedNumber(world, account, binding);
    if (sid !== undefined && sid !== facts.number.sid) used.add(sid);
  }
  return { max: account.maxUnprotected, used };
}

/**
 * A number counts from its record until it is registered anywhere, or unregistered and wanted so, or failed with no
 * way back; every managed number seen in pending-unregistration or unregistration-failure counts, record or not.
 */
function countedNumber(
  world: World,
  account: UsableAccount,
  binding: PhoneNumberBinding,
): string | undefined {
  const seen = seenNumber(account, binding);
  if (seen === undefined) return undefined;
  const slot = slotOf(seen.value);
  const isGoing = slot.kind === "pending" && slot.direction === "unregistration";
  const counts =
    slot.kind === "unregistrationFailed" || isGoing || isUnprotectedByUs(world, account, binding, seen);
  return counts ? seen.value.sid : undefined;
}

function isUnprotectedByUs(
  world: World,
  account: UsableAccount,
  binding: PhoneNumberBinding,
  seen: Observation<NumberRecord>,
): boolean {
  const operation = binding.status?.operation;
  if (operation === undefined) return false;
  const facts = new NumberFacts(new BindingFacts(world, account, binding), seen);
  const { slot } = facts;
  if (slot.kind === "registered") return !operation.begun || !facts.isEvident;
  if (slot.kind !== "free" && slot.kind !== "failed") return true;
  const isWanted = slot.kind === "free" && facts.wanted === "Inactive";
  const isLost = facts.targetFailed && facts.wayBack === undefined;
  return !isWanted && !isLost;
}
