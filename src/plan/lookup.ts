/** From what a spec names to what Twilio has. */
import type { EmergencyAddress, PhoneNumberBinding, SIPDomainSetting } from "../api/objects.ts";
import type { DomainRecord, NumberRecord, Observation } from "../twilio/types.ts";
import type { UsableAccount } from "./policy.ts";
import type { Look } from "./step.ts";
import type { World } from "./world.ts";

export function domainRecordOf(account: UsableAccount, object: SIPDomainSetting): DomainRecord | undefined {
  return seenDomain(account, object)?.value;
}

export function seenDomain(
  account: UsableAccount,
  { spec }: SIPDomainSetting,
): Observation<DomainRecord> | undefined {
  return spec.domainSid === undefined
    ? account.view.domainByName(spec.domainName ?? "")
    : account.view.domain(spec.domainSid);
}

export function seenNumber(
  account: UsableAccount,
  { spec }: PhoneNumberBinding,
): Observation<NumberRecord> | undefined {
  return spec.phoneNumberSid === undefined
    ? account.view.numberByPhoneNumber(spec.phoneNumber ?? "")
    : account.view.number(spec.phoneNumberSid);
}

export function numberRecordOf(
  account: UsableAccount,
  binding: PhoneNumberBinding,
): NumberRecord | undefined {
  return seenNumber(account, binding)?.value;
}

/** The name by which absence of the binding's number is noted in the snapshot. */
export function numberName({ spec }: PhoneNumberBinding): string {
  return spec.phoneNumberSid ?? spec.phoneNumber ?? "";
}

export function lookForNumber({ spec }: PhoneNumberBinding): Look {
  return spec.phoneNumberSid === undefined
    ? { type: "FindNumber", phoneNumber: spec.phoneNumber ?? "" }
    : { type: "GetNumber", sid: spec.phoneNumberSid };
}

export function addressObjectOf(world: World, binding: PhoneNumberBinding): EmergencyAddress | undefined {
  const name = binding.spec.addressRef?.name;
  return name === undefined ? undefined : world.objects.address(binding.metadata.namespace, name);
}

/**
 * Does an observation count as the ground of a write to this resource? It must have begun after we took over and not
 * before our last write to it, and no later listing may lack it.
 */
export function isEvidence(
  world: World,
  account: UsableAccount,
  seen: Observation<{ readonly sid: string }>,
): boolean {
  const written = account.view.writtenAt(seen.value.sid) ?? 0;
  return !seen.missing && seen.observedAt >= world.trustedSince && seen.observedAt >= written;
}
