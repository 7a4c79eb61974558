/** What an EmergencyAddress remembers: the Address in use, how Twilio stored it, and what is still to be removed. */
import type { EmergencyAddress } from "../../api/objects.ts";
import type { AddressRecord } from "../../twilio/types.ts";
import { addressInputs, type AddressFacts } from "./facts.ts";
import { contentOf } from "./content.ts";
import { storedRetry } from "../retry.ts";
import { classOf, type NamedRuling } from "../rule.ts";

type Memory = Readonly<Record<string, unknown>>;

export function addressMemory(facts: AddressFacts, ruling: NamedRuling): Memory {
  return {
    ...currentMemory(facts),
    ...retiringMemory(facts),
    ...retryMemory(facts, ruling),
    boundNumbers: boundNumbers(facts),
  };
}

/** Found or made: its sid, and its content as the baseline of drift; a create in doubt has its answer. */
function currentMemory({ object, owned }: AddressFacts): Memory {
  const { current } = owned;
  if (current === undefined) return {};
  const done = object.status?.operation === undefined ? {} : { operation: null };
  const isKnown = object.status?.sid === current.sid && object.status.address !== undefined;
  return {
    ...baseline(isKnown, current),
    ...done,
    ...adopted(object, current),
    suggestedAddress: null,
  };
}

function baseline(isKnown: boolean, current: AddressRecord): Memory {
  return isKnown ? {} : { sid: current.sid, address: storedAddress(current) };
}

/** Also where the status was lost: an Address of ours beside the one in spec.sid has taken its place. */
function adopted({ spec, status }: EmergencyAddress, current: AddressRecord): Memory {
  const isStart = spec.sid === current.sid || status?.sid === undefined;
  return spec.sid !== undefined && isStart ? { adoptedSid: spec.sid } : {};
}

/** status.address: the content fields that are not empty. */
export function storedAddress(record: AddressRecord): Memory {
  return Object.fromEntries(Object.entries(contentOf(record)).filter(([, text]) => text !== ""));
}

function retiringMemory({ object, owned }: AddressFacts): Memory {
  const retiring = owned.superseded
    .map((record) => record.sid)
    .toSorted()
    .slice(0, 32);
  const drifted = object.status?.driftedSids?.filter(
    (sid) => retiring.includes(sid) || object.spec.sid === sid,
  );
  return {
    retiringSids: nullIfEmpty(retiring),
    ...(drifted === undefined ? {} : { driftedSids: nullIfEmpty(drifted) }),
  };
}

function nullIfEmpty(sids: readonly string[]): readonly string[] | null {
  return sids.length === 0 ? null : sids;
}

function retryMemory(facts: AddressFacts, ruling: NamedRuling): Memory {
  const { retry } = facts;
  const isDone = classOf(ruling).ready === "True" && ruling.step.type === "None";
  if (isDone) return waitsToDelete(facts) ? {} : { retry: null, lastError: null };
  if (retry.kind !== "due" || retry.retry.count > 0) return {};
  return {
    retry: storedRetry(retry.retry, addressInputs(facts.object)),
    lastError: null,
    suggestedAddress: null,
  };
}

/** Twilio refused to delete a superseded Address: that is remembered until it is gone. */
function waitsToDelete({ retry, owned }: AddressFacts): boolean {
  return retry.kind === "waiting" && owned.superseded.length > 0;
}

/** Numbers whose emergency_address_sid is the Address in use, whatever their status. */
function boundNumbers({ account, owned }: AddressFacts): number {
  const { current } = owned;
  if (current === undefined) return 0;
  return account.view.numbersAt(current.sid).filter((number) => number.emergencyAddressSid === current.sid)
    .length;
}
