/** The one place where it is decided what to do with an object. Pure: the same World gives the same ruling. */
import type { AnyObject } from "../api/objects.ts";
import { planAccount } from "./account.ts";
import { planAddress } from "./address.ts";
import { planBinding } from "./binding.ts";
import { planDomain } from "./domain.ts";
import type { NamedRuling } from "./rule.ts";
import type { World } from "./world.ts";

export function plan(world: World, object: AnyObject): NamedRuling {
  switch (object.kind) {
    case "TwilioAccount":
      return planAccount(world, object);
    case "EmergencyAddress":
      return planAddress(world, object);
    case "PhoneNumberBinding":
      return planBinding(world, object);
    case "SIPDomainSetting":
      return planDomain(world, object);
  }
}
