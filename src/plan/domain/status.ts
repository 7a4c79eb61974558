/** The part of a status that only a SIPDomainSetting has. */
import type { SIPDomainSetting } from "../../api/objects.ts";
import { domainRecordOf } from "../lookup.ts";
import { usableAccount } from "../policy.ts";
import type { World } from "../world.ts";

/** Exactly what Twilio reports; untouched while the domain is not known. */
export function domainFields(world: World, object: SIPDomainSetting): Readonly<Record<string, unknown>> {
  const account = usableAccount(world, object);
  if ("reason" in account) return {};
  const domain = domainRecordOf(account, object);
  if (domain === undefined) return {};
  return {
    domainName: domain.domainName,
    domainSid: domain.sid,
    accountSid: account.view.accountSid,
    emergencyCallingEnabled: domain.emergencyCallingEnabled,
    emergencyCallerSid: domain.emergencyCallerSid,
  };
}
