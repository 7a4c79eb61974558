/** Steps as calls: each look and each write is exactly one request (a listing: one per page), merged into the snapshot. */
import type { Clock } from "../lib/clock.ts";
import { outcomeOf, type Outcome } from "../plan/outcome.ts";
import type { Look, Write } from "../plan/step.ts";
import { UNDER_WAY, type AccountSnapshot, type Changes } from "../twilio/snapshot.ts";
import type { Answer, DomainRecord, Failure, NumberRecord, TwilioAccountClient } from "../twilio/types.ts";

export type LookResult =
  | { readonly ok: true; readonly changes: Changes }
  | { readonly ok: false; readonly failure: Failure };

/** A look at one thing; ListAccount is the sweeper's. */
export async function lookAt(
  client: TwilioAccountClient,
  snapshot: AccountSnapshot,
  look: Exclude<Look, { type: "ListAccount" }>,
): Promise<LookResult> {
  switch (look.type) {
    case "GetNumber":
      return one(
        await client.fetchNumber(look.sid),
        look.sid,
        (record, at) => snapshot.mergeNumber(record, at),
        snapshot,
      );
    case "GetAddress":
      return one(
        await client.fetchAddress(look.sid),
        look.sid,
        (record, at) => snapshot.mergeAddress(record, at),
        snapshot,
      );
    case "GetDomain":
      return one(
        await client.fetchDomain(look.sid),
        look.sid,
        (record, at) => snapshot.mergeDomain(record, at),
        snapshot,
      );
    case "FindNumber":
      return some(
        await client.findNumbers(look.phoneNumber),
        look.phoneNumber,
        (record, at) => snapshot.mergeNumber(record, at),
        snapshot,
      );
    case "FindAddress":
      return some(
        await client.findAddresses(look.friendlyName),
        look.friendlyName,
        (record, at) => snapshot.mergeAddress(record, at),
        snapshot,
      );
  }
}

type Merge<T> = (record: T, startedAt: number) => Changes;

function one<T>(answer: Answer<T>, sid: string, merge: Merge<T>, snapshot: AccountSnapshot): LookResult {
  if (answer.ok) return { ok: true, changes: merge(answer.value, answer.startedAt) };
  if (answer.failure.kind === "notFound")
    return { ok: true, changes: snapshot.noteAbsent(sid, answer.startedAt) };
  return { ok: false, failure: answer.failure };
}

function some<T>(
  answer: Answer<readonly T[]>,
  name: string,
  merge: Merge<T>,
  snapshot: AccountSnapshot,
): LookResult {
  if (!answer.ok) return { ok: false, failure: answer.failure };
  const merged = answer.value.map((record) => merge(record, answer.startedAt));
  if (merged.length === 0) return { ok: true, changes: snapshot.noteAbsent(name, answer.startedAt) };
  return { ok: true, changes: new Set(merged.flatMap((changes) => [...changes])) };
}

export interface Written {
  readonly outcome: Outcome;
  readonly requestId: string | undefined;
  readonly changes: Changes;
}

/** What a write is sent with: the account's client, and where its answer is noted. */
interface Wire {
  readonly client: TwilioAccountClient;
  readonly snapshot: AccountSnapshot;
  readonly clock: Clock;
}

/** Sends one write. */
export function send(
  client: TwilioAccountClient,
  snapshot: AccountSnapshot,
  write: Write,
  clock: Clock,
): Promise<Written> {
  const wire = { client, snapshot, clock };
  switch (write.type) {
    case "CreateAddress":
      return sent(wire, write.address.friendlyName, {
        call: () => client.createAddress(write.address),
        merge: (record, at) => snapshot.mergeAddress(record, at),
      });
    case "DeleteAddress":
      return sent(wire, write.sid, {
        call: () => client.deleteAddress(write.sid),
        merge: (_, at) => snapshot.noteAbsent(write.sid, at),
      });
    case "AssociateAddress":
      return toNumber(wire, write.numberSid, () =>
        client.associateAddress(write.numberSid, write.addressSid),
      );
    case "DisassociateAddress":
      return toNumber(wire, write.numberSid, () => client.disassociateAddress(write.numberSid));
    case "SetEmergencyStatus":
      return toNumber(wire, write.numberSid, () => client.setEmergencyStatus(write.numberSid, write.value));
    case "EnableEmergencyCalling":
      return toDomain(wire, write.domainSid, () => client.setEmergencyCalling(write.domainSid, true));
    case "DisableEmergencyCalling":
      return toDomain(wire, write.domainSid, () => client.setEmergencyCalling(write.domainSid, false));
    case "SetEmergencyCaller":
      return toDomain(wire, write.domainSid, () =>
        client.setEmergencyCaller(write.domainSid, write.numberSid),
      );
    case "ClearEmergencyCaller":
      return toDomain(wire, write.domainSid, () => client.setEmergencyCaller(write.domainSid, null));
  }
}

function toNumber(wire: Wire, sid: string, call: () => Promise<Answer<NumberRecord>>): Promise<Written> {
  return sent(wire, sid, { call, merge: (record, at) => wire.snapshot.mergeNumber(record, at) });
}

function toDomain(wire: Wire, sid: string, call: () => Promise<Answer<DomainRecord>>): Promise<Written> {
  return sent(wire, sid, { call, merge: (record, at) => wire.snapshot.mergeDomain(record, at) });
}

/**
 * A write takes effect at some time before its answer comes. What was asked for earlier than that may show the state
 * before it, so the write counts as made when it is answered or given up, and its own answer is dated so.
 */
async function sent<T>(
  { snapshot, clock }: Wire,
  name: string,
  { call, merge }: { readonly call: () => Promise<Answer<T>>; readonly merge: Merge<T> },
): Promise<Written> {
  snapshot.noteWrite(name, UNDER_WAY);
  let endedAt = clock.now();
  let answer: Answer<T>;
  try {
    answer = await call();
  } finally {
    endedAt = clock.now();
    snapshot.noteWrite(name, endedAt);
  }
  if (!answer.ok)
    return { outcome: outcomeOf(answer.failure), requestId: answer.failure.requestId, changes: new Set() };
  const changes = merge(answer.value, endedAt);
  return {
    outcome: { kind: "done", startedAt: answer.startedAt, value: answer.value },
    requestId: answer.requestId,
    changes,
  };
}
