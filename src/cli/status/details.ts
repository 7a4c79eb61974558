/** What a line of the tree says of an object beside its name and its Ready condition. */
import type {
  AnyObject,
  EmergencyAddress,
  PhoneNumberBinding,
  SIPDomainSetting,
  TwilioAccount,
} from "../../api/objects.ts";

/** Never empty texts. */
export function detailsOf(object: AnyObject): readonly string[] {
  return all(object).filter((detail) => detail !== undefined && detail !== "") as readonly string[];
}

function all(object: AnyObject): readonly (string | undefined)[] {
  switch (object.kind) {
    case "TwilioAccount":
      return ofAccount(object);
    case "EmergencyAddress":
      return ofAddress(object);
    case "PhoneNumberBinding":
      return ofBinding(object);
    case "SIPDomainSetting":
      return ofDomain(object);
  }
}

function ofAccount({ spec, status }: TwilioAccount): readonly (string | undefined)[] {
  const { registered = 0, numbers } = status?.coverage ?? {};
  return [spec.accountSid, numbers === undefined ? "" : `${registered} of ${numbers} numbers registered`];
}

function ofAddress({ spec, status }: EmergencyAddress): readonly (string | undefined)[] {
  return [`${spec.street}, ${spec.city}, ${spec.isoCountry}`, status?.sid];
}

function ofBinding({ spec, status }: PhoneNumberBinding): readonly (string | undefined)[] {
  const named = status?.phoneNumber ?? spec.phoneNumber ?? spec.phoneNumberSid;
  return [named, status?.emergencyAddressStatus];
}

function ofDomain({ spec, status }: SIPDomainSetting): readonly (string | undefined)[] {
  const named = status?.domainName ?? spec.domainName ?? spec.domainSid;
  const isOn = status?.emergencyCallingEnabled;
  return [named, isOn === undefined ? "" : `emergency calling ${isOn ? "on" : "off"}`];
}
