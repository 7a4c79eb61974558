/** The facts of one SIPDomainSetting. */
import type { PhoneNumberBinding, SIPDomainSetting } from "../../api/objects.ts";
import type { DomainRecord, NumberRecord, Observation } from "../../twilio/types.ts";
import { numberRecordOf, seenDomain } from "../lookup.ts";
import { modeOf, type Mode, type UsableAccount } from "../policy.ts";
import { retryState, type RetryState } from "../retry.ts";
import { registeredAt } from "../slot.ts";
import type { World } from "../world.ts";

export interface DomainFacts {
  readonly world: World;
  readonly account: UsableAccount;
  readonly mode: Mode;
  readonly object: SIPDomainSetting;
  readonly seen: Observation<DomainRecord> | undefined;
  /** The binding in spec.emergencyCallerRef, and its number. */
  readonly caller: PhoneNumberBinding | undefined;
  readonly callerNumber: NumberRecord | undefined;
  readonly retry: RetryState;
}

export interface KnownDomain extends DomainFacts {
  readonly seen: Observation<DomainRecord>;
  readonly domain: DomainRecord;
}

export function domainFacts(world: World, account: UsableAccount, object: SIPDomainSetting): DomainFacts {
  const name = object.spec.emergencyCallerRef?.name;
  const caller = name === undefined ? undefined : world.objects.binding(object.metadata.namespace, name);
  const callerNumber = caller === undefined ? undefined : numberRecordOf(account, caller);
  return {
    world,
    account,
    mode: modeOf(world, object, account),
    object,
    seen: seenDomain(account, object),
    caller,
    callerNumber,
    retry: retryState(world, object, account, () => domainInputs(callerNumber)),
  };
}

/** A refusal may be about the caller: once it is registered, the refused call is made again at once. */
export function domainInputs(callerNumber: NumberRecord | undefined): string {
  return `${callerNumber?.sid ?? ""} ${registeredAt(callerNumber) === undefined ? "" : "registered"}`.trim();
}
