/** The facts of one binding: where its number is, where it shall be, and what of a change is under way. */
import { isDeleting, type EmergencyAddress, type PhoneNumberBinding } from "../api/objects.ts";
import { isNumberOf, type EmergencyCountry } from "../lib/phone.ts";
import type { AddressRecord, NumberRecord, Observation } from "../twilio/types.ts";
import { hasFinalizer, isConfirmed, isConfirmedWork } from "./deletion.ts";
import { addressObjectOf, seenNumber } from "./lookup.ts";
import { ownedAddresses, type OwnedAddresses } from "./ownership.ts";
import { modeOf, type Mode, type UsableAccount } from "./policy.ts";
import { retryState, type RetryState } from "./retry.ts";
import { slotOf, type Slot } from "./slot.ts";
import type { World } from "./world.ts";

/** What the number shall come to. */
export type Wanted = "Active" | "Inactive";

export interface BindingFacts {
  readonly world: World;
  readonly account: UsableAccount;
  readonly mode: Mode;
  readonly object: PhoneNumberBinding;
  readonly seen: Observation<NumberRecord> | undefined;
  readonly wanted: Wanted;
  readonly addressObject: EmergencyAddress | undefined;
  readonly owned: OwnedAddresses | undefined;
  /** Asked by the budget itself, which wants to know who waits for nothing else. */
  readonly ignoreBudget: boolean;
}

/** The same once the number is known. */
export interface NumberFacts extends BindingFacts {
  readonly seen: Observation<NumberRecord>;
  readonly number: NumberRecord;
  readonly slot: Slot;
  /** The Address to be associated; absent while there is none or it may not be used for this. */
  readonly target: AddressRecord | undefined;
  /** Twilio says registered, at an Address of the desired content. */
  readonly atTarget: boolean;
  /** The number lost, or is about to lose, its protection by a step of ours. */
  readonly midChange: boolean;
  /** This number's registration at the target failed before. */
  readonly targetFailed: boolean;
  /** Where the number can go back to, if the target will not do. */
  readonly wayBack: string | undefined;
  readonly retry: RetryState;
}

export function bindingFacts(
  world: World,
  account: UsableAccount,
  object: PhoneNumberBinding,
  ignoreBudget = false,
): BindingFacts {
  const addressObject = addressObjectOf(world, object);
  return {
    world,
    account,
    mode: modeOf(world, object, account),
    object,
    seen: seenNumber(account, object),
    wanted: wantedOf(object),
    addressObject,
    owned:
      addressObject === undefined ? undefined : ownedAddresses(account.view, addressObject, world.ownerId),
    ignoreBudget,
  };
}

/** Only a confirmed Unregister makes a deletion end at `unregistered`; every other one keeps what the spec says. */
function wantedOf(object: PhoneNumberBinding): Wanted {
  if (isDeleting(object) && object.spec.deletionPolicy === "Unregister" && isConfirmed(object))
    return "Inactive";
  return object.spec.emergencyStatus;
}

export function numberFacts(facts: BindingFacts, seen: Observation<NumberRecord>): NumberFacts {
  const number = seen.value;
  const slot = slotOf(number);
  const midChange = isMidChange(facts.object, slot);
  const target = targetOf(facts, midChange);
  const atTarget = slot.kind === "registered" && facts.owned?.equivalents.has(slot.sid) === true;
  return {
    ...facts,
    seen,
    number,
    slot,
    target,
    atTarget,
    midChange,
    targetFailed: target !== undefined && hasFailed(facts, target.sid, number.sid),
    wayBack: wayBackOf(facts, target),
    retry: retryState(facts.world, facts.object, facts.account, retryInputs(facts, target)),
  };
}

/** What a refused association depends on besides the spec. */
export function retryInputs(facts: BindingFacts, target: AddressRecord | undefined): string {
  return facts.wanted === "Inactive" ? "" : (target?.sid ?? "");
}

/**
 * A change is open from the record until protection is back. When the status is lost, a finalizer of ours is the only
 * record left, so a number without protection counts as in mid-change, unless its confirmed deletion wants it so. That
 * can only give more: a terminating Address stays a target, and the way back is open.
 */
function isMidChange(object: PhoneNumberBinding, slot: Slot): boolean {
  if (slot.kind === "registered") return false;
  if (object.status?.operation !== undefined || object.status?.previousAddressSid !== undefined) return true;
  return hasFinalizer(object) && !isConfirmedWork(object);
}

/** A terminating address object is no target for a new change, but remains one for a number that waits for it. */
function targetOf(facts: BindingFacts, midChange: boolean): AddressRecord | undefined {
  const { addressObject, owned, wanted } = facts;
  if (wanted === "Inactive" || addressObject === undefined || owned === undefined) return undefined;
  if (isDeleting(addressObject) && !midChange) return undefined;
  return owned.current;
}

function hasFailed(facts: BindingFacts, addressSid: string, numberSid: string): boolean {
  const failed = facts.addressObject?.status?.failedTargets ?? [];
  return failed.some((entry) => entry.addressSid === addressSid && entry.phoneNumberSid === numberSid);
}

/** previousAddressSid while it lives; when that is lost, another live Address of the same object. */
function wayBackOf(facts: BindingFacts, target: AddressRecord | undefined): string | undefined {
  const { view } = facts.account;
  const previous = facts.object.status?.previousAddressSid;
  const recorded = previous === undefined ? undefined : view.address(previous)?.value;
  const candidates = [recorded, ...(facts.owned?.superseded ?? [])];
  return candidates.find(
    (record) => record !== undefined && record.emergencyEnabled && record.sid !== target?.sid,
  )?.sid;
}

/** Registered, or unregistered and wanted so: no change is open for this number. */
export function isSettled({ slot, wanted }: Pick<NumberFacts, "slot" | "wanted">): boolean {
  return slot.kind === "registered" || (slot.kind === "free" && wanted === "Inactive");
}

/** Number and address are positively of different countries, or it cannot be told. */
export function countryMatch(facts: NumberFacts, target: AddressRecord): "yes" | "no" | "unknown" {
  return isNumberOf(target.isoCountry as EmergencyCountry, facts.number.phoneNumber);
}
