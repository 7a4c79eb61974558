/** The facts of one EmergencyAddress: its Addresses at Twilio and the numbers that depend on them. */
import type { EmergencyAddress, PhoneNumberBinding } from "../../api/objects.ts";
import { contentHash } from "./content.ts";
import { hasFinalizer, isConfirmedWork, isLeaving } from "../deletion.ts";
import { numberRecordOf } from "../lookup.ts";
import { ownedAddresses, type OwnedAddresses } from "./ownership.ts";
import { modeOf, type Mode, type UsableAccount } from "../policy.ts";
import { retryState, type RetryState } from "../retry.ts";
import { registeredAt } from "../slot.ts";
import type { World } from "../world.ts";

export interface FailedTarget {
  readonly addressSid: string;
  readonly phoneNumberSid: string;
}

export interface AddressFacts {
  readonly world: World;
  readonly account: UsableAccount;
  readonly mode: Mode;
  readonly object: EmergencyAddress;
  readonly owned: OwnedAddresses;
  /** Bindings that refer to this object. */
  readonly bindings: readonly PhoneNumberBinding[];
  /** Those of them in the middle of a change, for which this object may be the way forward or back. */
  readonly waiting: readonly PhoneNumberBinding[];
  /** Entries of failedTargets that new content, another wish or a later success has made void. */
  readonly spentFailures: readonly FailedTarget[];
  readonly retry: RetryState;
}

export function addressFacts(world: World, account: UsableAccount, object: EmergencyAddress): AddressFacts {
  const owned = ownedAddresses(account.view, object, world.ownerId);
  const bindings = world.objects.bindingsReferringTo(object);
  return {
    world,
    account,
    mode: modeOf(world, object, account),
    object,
    owned,
    bindings,
    waiting: bindings.filter((binding) => isWaiting(account, binding)),
    spentFailures: spentFailures(account, object, { owned, bindings }),
    retry: retryState(world, object, account, () => addressInputs(object)),
  };
}

/** By its record; or, where that is lost, by the finalizer that stands on a binding while its number is unprotected. */
function isWaiting(account: UsableAccount, binding: PhoneNumberBinding): boolean {
  const { status, spec } = binding;
  if (status?.operation !== undefined || status?.previousAddressSid !== undefined) return true;
  if (spec.emergencyStatus !== "Active" || !hasFinalizer(binding) || isConfirmedWork(binding)) return false;
  const number = numberRecordOf(account, binding);
  return number !== undefined && registeredAt(number) === undefined;
}

/**
 * The Address in status, where no listing has shown it since we took over: one may lag behind the process that made it,
 * whose memory is gone. Only Twilio's own "not there" ends the doubt (S3).
 */
export function unlistedSid({ world, account, object }: AddressFacts): string | undefined {
  const sid = object.status?.sid;
  if (sid === undefined || account.view.address(sid) !== undefined) return undefined;
  const absent = account.view.absentAt(sid);
  return absent === undefined || absent < world.trustedSince ? sid : undefined;
}

/** When a create in doubt began, in ms. A time that is yet to come is of a clock that ran ahead, before we took over. */
export function creationStart(world: World, { startedAt }: { readonly startedAt: string }): number {
  const started = Date.parse(startedAt);
  return started > world.now ? world.trustedSince : started;
}

/** What a refused creation depends on. */
export function addressInputs(object: EmergencyAddress): string {
  return `${contentHash(object.spec)}${object.spec.autoCorrect === true ? "+" : ""}`;
}

function spentFailures(
  account: UsableAccount,
  object: EmergencyAddress,
  { owned, bindings }: { readonly owned: OwnedAddresses; readonly bindings: readonly PhoneNumberBinding[] },
): readonly FailedTarget[] {
  const wishes = new Map<string, string | undefined>();
  for (const binding of bindings) {
    const number = numberRecordOf(account, binding);
    const wants = binding.spec.emergencyStatus === "Active" && !isLeaving(binding);
    if (number !== undefined && wants) wishes.set(number.sid, registeredAt(number));
  }
  return (object.status?.failedTargets ?? [])
    .filter(({ addressSid, phoneNumberSid }) => {
      const isCurrent = owned.current === undefined || owned.equivalents.has(addressSid);
      return !isCurrent || !wishes.has(phoneNumberSid) || wishes.get(phoneNumberSid) === addressSid;
    })
    .map(({ addressSid, phoneNumberSid }) => ({ addressSid, phoneNumberSid }));
}
