/** The last rule before a registered address is taken away: permission, then budget, then the step. */
import { budgetWithout } from "./budget.ts";
import type { NumberFacts } from "./facts.ts";
import { permission } from "./permission.ts";
import { wait, type Ruling } from "../rule.ts";
import { readyToTakeAway } from "../binding.ts";

export function takeAway(facts: NumberFacts, taken: string): Ruling {
  const permitted = permission(facts, taken);
  if (permitted.kind !== "granted") return permitted.ruling;
  const plan = permitted.pendingPlan === undefined ? {} : { pendingPlan: permitted.pendingPlan };
  const held = facts.ignoreBudget ? undefined : budgetRuling(facts);
  if (held !== undefined) return { ...held, ...plan };
  const approval = permitted.approval === undefined ? {} : { approval: permitted.approval };
  return {
    step: {
      type: "DisassociateAddress",
      numberSid: facts.number.sid,
      addressSid: taken,
      takesAway: true,
      ...approval,
    },
    reason: facts.wanted === "Inactive" ? "PendingUnregistration" : "PendingRegistration",
    message: goal(facts, taken),
    ...plan,
  };
}

function goal(facts: NumberFacts, taken: string): string {
  if (facts.target === undefined) return `The address ${taken} is being taken from the number.`;
  return `The number moves from ${taken} to ${facts.target.sid}: first the old address is taken away.`;
}

function budgetRuling(facts: NumberFacts): Ruling | undefined {
  const { max, used } = budgetWithout(facts);
  if (max === 0) {
    return wait(
      "WaitingForBudget",
      "The account is frozen: spec.maxUnprotected of its TwilioAccount is 0, so no registered address is taken away.",
    );
  }
  const before = countBefore(facts, max - used.size);
  if (used.size + before < max) return undefined;
  const others = used.size === 1 ? "1 other number is" : `${used.size} other numbers are`;
  const first = before === 0 ? "" : ", others go first";
  return wait(
    "WaitingForBudget",
    `${others} without protection because of changes${first}; spec.maxUnprotected of the TwilioAccount allows ${max}.`,
  );
}

/** How many others, up to `enough`, come earlier in the order and wait for nothing but the budget. */
function countBefore(facts: NumberFacts, enough: number): number {
  const { world, account, object } = facts;
  const mine = orderOf(object.metadata);
  let count = 0;
  for (const other of world.objects.bindingsOf(account.view.accountSid)) {
    if (count >= enough) break;
    if (orderOf(other.metadata) < mine && readyToTakeAway(world, other)) count += 1;
  }
  return count;
}

function orderOf(metadata: { readonly namespace: string; readonly name: string }): string {
  return `${metadata.namespace}/${metadata.name}`;
}
