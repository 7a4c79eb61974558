/** Steps as calls: each look and each write is exactly one request (a listing: one per page), merged into the snapshot. */
import { outcomeOf, type Outcome } from "../plan/outcome.ts";
import type { Look, Write } from "../plan/step.ts";
import type { AccountSnapshot, Changes } from "../twilio/snapshot.ts";
import type {
  AddressRecord,
  Answer,
  DomainRecord,
  Failure,
  NumberRecord,
  TwilioAccountClient,
} from "../twilio/types.ts";

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

/** Sends one write. The snapshot knows of it before it is sent, so that nothing older is taken for its result. */
export async function send(
  client: TwilioAccountClient,
  snapshot: AccountSnapshot,
  write: Write,
  now: number,
): Promise<Written> {
  switch (write.type) {
    case "CreateAddress": {
      snapshot.noteWrite(write.address.friendlyName, now);
      return written(await client.createAddress(write.address), (record: AddressRecord, at) =>
        snapshot.mergeAddress(record, at),
      );
    }
    case "DeleteAddress": {
      snapshot.noteWrite(write.sid, now);
      return written(await client.deleteAddress(write.sid), (_: null, at) =>
        snapshot.noteAbsent(write.sid, at),
      );
    }
    case "AssociateAddress":
      return toNumber(snapshot, write.numberSid, now, () =>
        client.associateAddress(write.numberSid, write.addressSid),
      );
    case "DisassociateAddress":
      return toNumber(snapshot, write.numberSid, now, () => client.disassociateAddress(write.numberSid));
    case "SetEmergencyStatus":
      return toNumber(snapshot, write.numberSid, now, () =>
        client.setEmergencyStatus(write.numberSid, write.value),
      );
    case "EnableEmergencyCalling":
      return toDomain(snapshot, write.domainSid, now, () =>
        client.setEmergencyCalling(write.domainSid, true),
      );
    case "DisableEmergencyCalling":
      return toDomain(snapshot, write.domainSid, now, () =>
        client.setEmergencyCalling(write.domainSid, false),
      );
    case "SetEmergencyCaller":
      return toDomain(snapshot, write.domainSid, now, () =>
        client.setEmergencyCaller(write.domainSid, write.numberSid),
      );
    case "ClearEmergencyCaller":
      return toDomain(snapshot, write.domainSid, now, () => client.setEmergencyCaller(write.domainSid, null));
  }
}

async function toNumber(
  snapshot: AccountSnapshot,
  sid: string,
  now: number,
  call: () => Promise<Answer<NumberRecord>>,
): Promise<Written> {
  snapshot.noteWrite(sid, now);
  return written(await call(), (record, at) => snapshot.mergeNumber(record, at));
}

async function toDomain(
  snapshot: AccountSnapshot,
  sid: string,
  now: number,
  call: () => Promise<Answer<DomainRecord>>,
): Promise<Written> {
  snapshot.noteWrite(sid, now);
  return written(await call(), (record, at) => snapshot.mergeDomain(record, at));
}

function written<T>(answer: Answer<T>, merge: Merge<T>): Written {
  if (!answer.ok)
    return { outcome: outcomeOf(answer.failure), requestId: answer.failure.requestId, changes: new Set() };
  const changes = merge(answer.value, answer.startedAt);
  return {
    outcome: { kind: "done", startedAt: answer.startedAt, value: answer.value },
    requestId: answer.requestId,
    changes,
  };
}
