/** SIP domains that use a number as their emergency caller: they must not lose it unseen. */
import { isDeleting, type SIPDomainSetting } from "../../api/objects.ts";
import type { DomainRecord } from "../../twilio/types.ts";
import { winsDomain } from "../claims.ts";
import { hasFinalizer, isConfirmedWork } from "../deletion.ts";
import { domainRecordOf } from "../lookup.ts";
import { modeOf, type UsableAccount } from "../policy.ts";
import type { World } from "../world.ts";

/** Does this object want its domain disabled, and can it do so? */
function isOnItsWayToDisabled(world: World, account: UsableAccount, object: SIPDomainSetting): boolean {
  const wants = isDeleting(object)
    ? isConfirmedWork(object) && hasFinalizer(object)
    : !object.spec.emergencyCallingEnabled;
  if (!wants || modeOf(world, object, account) !== "manage" || object.status?.retry !== undefined)
    return false;
  return winsDomain(world, account, object);
}

/** Enabled domains that have the number as their caller and are not on their way to disabled. */
export function blockingDomains(
  world: World,
  account: UsableAccount,
  numberSid: string,
): readonly DomainRecord[] {
  const enabled = account.view
    .domains()
    .filter((domain) => domain.emergencyCallingEnabled && domain.emergencyCallerSid === numberSid);
  if (enabled.length === 0) return enabled;
  const leaving = new Set(
    world.objects
      .domainsOf(account.view.accountSid)
      .filter((object) => isOnItsWayToDisabled(world, account, object))
      .map((object) => domainRecordOf(account, object)?.sid),
  );
  return enabled.filter((domain) => !leaving.has(domain.sid));
}

/** Enabled domains that have the number as their caller, or whose object names its binding: part of what is approved. */
export function domainsOfNumber(
  world: World,
  account: UsableAccount,
  number: { readonly sid: string; readonly binding: { readonly namespace: string; readonly name: string } },
): readonly DomainRecord[] {
  const enabled = account.view.domains().filter((domain) => domain.emergencyCallingEnabled);
  if (enabled.length === 0) return enabled;
  const naming = world.objects
    .domainsOf(account.view.accountSid)
    .filter(
      ({ metadata, spec }) =>
        metadata.namespace === number.binding.namespace &&
        spec.emergencyCallerRef?.name === number.binding.name,
    )
    .map((object) => domainRecordOf(account, object)?.sid);
  const named = new Set(naming);
  return enabled
    .filter((domain) => domain.emergencyCallerSid === number.sid || named.has(domain.sid))
    .toSorted((a, b) => (a.sid < b.sid ? -1 : 1));
}
