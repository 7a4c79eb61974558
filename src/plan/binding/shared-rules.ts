/** Slot states that are treated alike whether the number shall have an address or none. */
import type { NumberFacts } from "./facts.ts";
import { look, stillWorking, wait, type Ruling } from "../rule.ts";

export function pending({ slot, number }: NumberFacts): Ruling | undefined {
  if (slot.kind !== "pending") return undefined;
  const poll = { poll: { type: "GetNumber", sid: number.sid } } as const;
  if (slot.direction === "registration") {
    const where = slot.sid === null ? "" : ` at ${slot.sid}`;
    return wait(
      "PendingRegistration",
      `Twilio is registering the number${where}: US and CA take up to 30 minutes, GB up to 72 hours.`,
      poll,
    );
  }
  return wait(
    "PendingUnregistration",
    "Twilio is unregistering the number's address: US and CA take up to 30 minutes, GB up to 72 hours.",
    poll,
  );
}

/** Registered at nothing can only be a lag between two of Twilio's fields. */
export function lagging({ slot, number, world, object }: NumberFacts): Ruling | undefined {
  if (slot.kind !== "lagging") return undefined;
  const until = (world.watchedSince(object, "lagging") ?? world.now) + world.timings.grace;
  const ruling = wait(
    "UnexpectedState",
    "Twilio calls the number registered, but names no emergency address.",
    {
      watch: "lagging",
      wakeAt: until,
      poll: { type: "GetNumber", sid: number.sid },
    },
  );
  return world.now >= until ? ruling : stillWorking(ruling);
}

/** `sid set, unregistered`: looked at again for a minute, then emptied; nothing is taken away. */
export function notEnabled(facts: NumberFacts): Ruling | undefined {
  const { slot, world, object, number } = facts;
  if (slot.kind !== "notEnabled") return undefined;
  const until = (world.watchedSince(object, "notEnabled") ?? world.now) + world.timings.slotLag;
  if (world.now >= until) {
    // The time goes on running while the step is carried out, for it is planned again right before.
    const isSeenLate = facts.seen.observedAt >= until;
    const ruling = isSeenLate
      ? disassociateFailed(facts, slot.sid)
      : look(object, { type: "GetNumber", sid: number.sid });
    return { ...ruling, watch: "notEnabled" };
  }
  return wait(
    "PendingRegistration",
    `Twilio shows ${slot.sid} on the number, but unregistered: looking again before anything is done.`,
    {
      watch: "notEnabled",
      wakeAt: until,
      poll: { type: "GetNumber", sid: number.sid },
    },
  );
}

/** Empties a slot that protects nobody: no budget, no approval. */
export function disassociateFailed({ number, wanted }: NumberFacts, sid: string): Ruling {
  return {
    step: { type: "DisassociateAddress", numberSid: number.sid, addressSid: sid, takesAway: false },
    reason: wanted === "Inactive" ? "PendingUnregistration" : "PendingRegistration",
    message: `${sid}, which does not protect the number, is taken from it.`,
  };
}

export function unknownStatus({ slot }: NumberFacts): Ruling | undefined {
  if (slot.kind !== "unknown") return undefined;
  return wait(
    "UnexpectedState",
    `Twilio reports emergency_address_status "${slot.status}", which this version does not know. Nothing is written; please report it.`,
  );
}
