/**
 * EmergencyStatus: Twilio documents it as ignored since 2021, older descriptions need it. So it is asked for in a call of
 * its own, only where the reported value differs, once per change of the spec, and being ignored is no fault.
 */
import type { NumberFacts } from "./facts.ts";
import { wait, type Ruling } from "../rule.ts";

export type EmergencyStatusState =
  | { readonly kind: "asReported" }
  /** Nothing was asked for this value yet. */
  | { readonly kind: "toAsk" }
  /** Asked; not answered by a changed value, and not long enough ago to call it ignored. */
  | { readonly kind: "asked"; readonly until: number }
  | { readonly kind: "ignored" };

export function emergencyStatusState(facts: NumberFacts): EmergencyStatusState {
  const { number, object, wanted, seen, world } = facts;
  if (number.emergencyStatus === wanted) return { kind: "asReported" };
  const requested = object.status?.requestedEmergencyStatus;
  const isPending = number.emergencyStatus.startsWith("Pending");
  if (requested?.value !== wanted) return isPending ? { kind: "asked", until: world.now } : { kind: "toAsk" };
  const until = new Date(requested.firstSeen ?? 0).getTime() + world.timings.ignoredAfter;
  return isPending || seen.observedAt < until ? { kind: "asked", until } : { kind: "ignored" };
}

/** Active is settled only when the request has been answered. */
export function askForActive(facts: NumberFacts): Ruling | undefined {
  const state = emergencyStatusState(facts);
  const { sid, emergencyStatus } = facts.number;
  switch (state.kind) {
    case "asReported":
    case "ignored":
      return undefined;
    case "toAsk":
      return {
        step: { type: "SetEmergencyStatus", numberSid: sid, value: "Active" },
        reason: "PendingRegistration",
        message: `The address is registered; EmergencyStatus is ${emergencyStatus} and Active is asked for.`,
      };
    case "asked":
      return wait(
        "PendingRegistration",
        `The address is registered; EmergencyStatus is ${emergencyStatus} after Active was asked for.`,
        {
          poll: { type: "GetNumber", sid },
          wakeAt: state.until,
        },
      );
  }
}

/** A change of the wish ends the memory of the former request, so that the next one may be made. */
export function forgetRequest(facts: NumberFacts): Readonly<Record<string, unknown>> {
  const requested = facts.object.status?.requestedEmergencyStatus;
  if (requested === undefined || requested.value === facts.wanted) return {};
  return facts.number.emergencyStatus === facts.wanted ? { requestedEmergencyStatus: null } : {};
}
