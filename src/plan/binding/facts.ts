/** The facts of one binding: where its number is, where it shall be, and what of a change is under way. */
import { isDeleting, type EmergencyAddress, type PhoneNumberBinding } from "../../api/objects.ts";
import { isNumberOf, type EmergencyCountry } from "../../lib/phone.ts";
import type { AddressRecord, NumberRecord, Observation } from "../../twilio/types.ts";
import { hasFinalizer, isConfirmed, isConfirmedWork } from "../deletion.ts";
import { addressObjectOf, isEvidence, seenNumber } from "../lookup.ts";
import type { FailedTarget } from "../address/facts.ts";
import { ownedAddresses, type OwnedAddresses } from "../address/ownership.ts";
import { modeOf, type Mode, type UsableAccount } from "../policy.ts";
import { retryState, type RetryState } from "../retry.ts";
import { slotOf, type Slot } from "../slot.ts";
import type { World } from "../world.ts";

/** What the number shall come to. */
export type Wanted = "Active" | "Inactive";

/** Each fact is found out when a rule asks for it: most rulings need few of them. */
export class BindingFacts {
  readonly world: World;
  readonly account: UsableAccount;
  readonly object: PhoneNumberBinding;
  /** Asked by the budget itself, which wants to know who waits for nothing else. */
  readonly ignoreBudget: boolean;
  #owned: OwnedAddresses | undefined;

  constructor(world: World, account: UsableAccount, object: PhoneNumberBinding, ignoreBudget = false) {
    this.world = world;
    this.account = account;
    this.object = object;
    this.ignoreBudget = ignoreBudget;
  }

  get mode(): Mode {
    return modeOf(this.world, this.object, this.account);
  }

  get seen(): Observation<NumberRecord> | undefined {
    return seenNumber(this.account, this.object);
  }

  get wanted(): Wanted {
    return wantedOf(this.object);
  }

  get addressObject(): EmergencyAddress | undefined {
    return addressObjectOf(this.world, this.object);
  }

  /** The record of a disassociation that is not over. */
  get operation(): NonNullable<PhoneNumberBinding["status"]>["operation"] {
    return this.object.status?.operation;
  }

  /** Sids of the Addresses that this object has put on the number. */
  get applied(): readonly string[] {
    return this.object.status?.appliedAddressSids ?? [];
  }

  /** What could not be registered at the Addresses of the wanted object. */
  get failedTargets(): readonly FailedTarget[] {
    return this.addressObject?.status?.failedTargets ?? [];
  }

  get owned(): OwnedAddresses | undefined {
    const { addressObject } = this;
    if (addressObject === undefined) return undefined;
    this.#owned ??= ownedAddresses(this.account.view, addressObject, this.world.ownerId);
    return this.#owned;
  }
}

/** The same once the number is known. */
export class NumberFacts extends BindingFacts {
  readonly #seen: Observation<NumberRecord>;
  readonly number: NumberRecord;

  constructor(facts: BindingFacts, seen: Observation<NumberRecord>) {
    super(facts.world, facts.account, facts.object, facts.ignoreBudget);
    this.#seen = seen;
    this.number = seen.value;
  }

  override get seen(): Observation<NumberRecord> {
    return this.#seen;
  }

  /** What is seen counts as the ground of a write, and tells what became of the last one. */
  get isEvident(): boolean {
    return isEvidence(this.world, this.account, this.seen) && (this.seen.direct || !mayLag(this));
  }

  get slot(): Slot {
    return slotOf(this.number);
  }

  /** The number lost, or is about to lose, its protection by a step of ours. */
  get midChange(): boolean {
    return isMidChange(this.object, this.slot);
  }

  /** The Address to be associated; absent while there is none or it may not be used for this. */
  get target(): AddressRecord | undefined {
    return targetOf(this);
  }

  /** Twilio says registered, at an Address of the desired content. */
  get atTarget(): boolean {
    const { slot } = this;
    return slot.kind === "registered" && this.owned?.equivalents.has(slot.sid) === true;
  }

  /** This number's registration at the target failed before. */
  get targetFailed(): boolean {
    const { target } = this;
    return target !== undefined && hasFailed(this, target.sid);
  }

  /** Where the number can go back to, if the target will not do. */
  get wayBack(): string | undefined {
    return wayBackOf(this, this.target);
  }

  get retry(): RetryState {
    return retryState(this.world, this.object, this.account, () => retryInputs(this));
  }
}

/**
 * A listing may show a number as it was before our last write, although it began after it. In an open change nothing is
 * concluded from that, and after a write of ours only that the number is where it shall be.
 */
function mayLag(facts: NumberFacts): boolean {
  const { account, number, operation, slot } = facts;
  if (operation?.begun === true) return true;
  if (account.view.writtenAt(number.sid) !== undefined) return facts.wanted === "Inactive" || !facts.atTarget;
  // The process that associated it is gone; the status remembers.
  const { applied, target } = facts;
  return slot.kind === "free" && target !== undefined && applied.includes(target.sid);
}

/** Only a confirmed Unregister makes a deletion end at `unregistered`; every other one keeps what the spec says. */
function wantedOf(object: PhoneNumberBinding): Wanted {
  if (isDeleting(object) && object.spec.deletionPolicy === "Unregister" && isConfirmed(object))
    return "Inactive";
  return object.spec.emergencyStatus;
}

/** What a refused association depends on besides the spec. */
export function retryInputs(facts: NumberFacts): string {
  return facts.target?.sid ?? "";
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
function targetOf(facts: NumberFacts): AddressRecord | undefined {
  const { owned } = facts;
  if (facts.wanted === "Inactive" || owned === undefined) return undefined;
  return isDeleting(owned.object) && !facts.midChange ? undefined : owned.current;
}

export function hasFailed({ failedTargets, number }: NumberFacts, addressSid: string): boolean {
  return failedTargets.some(
    (entry) => entry.addressSid === addressSid && entry.phoneNumberSid === number.sid,
  );
}

/**
 * In mid-change previousAddressSid while it lives; when that is lost, another live Address of the same object. Without a
 * record an Address that this object once had on the number: a disassociation that we have given up on, or that somebody
 * else sent, can take effect when the change is long over.
 */
function wayBackOf(facts: NumberFacts, target: AddressRecord | undefined): string | undefined {
  const { previousAddressSid = "" } = facts.object.status ?? {};
  const recordOf = (sid: string): AddressRecord | undefined => facts.account.view.address(sid)?.value;
  const candidates = facts.midChange
    ? [recordOf(previousAddressSid), ...(facts.owned?.superseded ?? [])]
    : facts.applied.toReversed().map((sid) => recordOf(sid));
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
