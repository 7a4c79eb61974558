/** SIP domains that use a number as their emergency caller: they must not lose it unseen. */
import { isDeleting, type SIPDomainSetting } from "../../api/objects.ts";
import type { DomainRecord } from "../../twilio/types.ts";
import { winsDomain } from "../claims.ts";
import { isRepetition } from "../convergence.ts";
import { hasFinalizer, isConfirmedWork } from "../deletion.ts";
import { domainRecordOf } from "../lookup.ts";
import { mayWrite, usableAccount, type UsableAccount } from "../policy.ts";
import type { World } from "../world.ts";

/** Does this object want its domain disabled, and can it do so? Its own account object says, not that of the number. */
function isOnItsWayToDisabled(world: World, object: SIPDomainSetting): boolean {
  const wants = isDeleting(object)
    ? isConfirmedWork(object) && hasFinalizer(object)
    : !object.spec.emergencyCallingEnabled;
  if (!wants || object.status?.retry !== undefined) return false;
  const account = usableAccount(world, object);
  if ("reason" in account || !mayWrite(world, object, account)) return false;
  return winsDomain(world, account, object) && !isUndoneBySomebody(world, account, object);
}

function isUndoneBySomebody(world: World, account: UsableAccount, object: SIPDomainSetting): boolean {
  const domainSid = domainRecordOf(account, object)?.sid ?? "";
  return isRepetition(world, object, { type: "DisableEmergencyCalling", domainSid });
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
      .filter((object) => isOnItsWayToDisabled(world, object))
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
