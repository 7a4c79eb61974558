/** The part of a status that only an EmergencyAddress has. */
import type { Decided } from "../../api/conditions.ts";
import type { EmergencyAddress } from "../../api/objects.ts";
import { ownedAddresses, type OwnedAddresses } from "./ownership.ts";
import { usableAccount } from "../policy.ts";
import type { NamedRuling } from "../rule.ts";
import type { World } from "../world.ts";

export function addressFields(world: World, object: EmergencyAddress): Readonly<Record<string, unknown>> {
  const account = usableAccount(world, object);
  return "reason" in account ? {} : { accountSid: account.view.accountSid };
}

/** Validated: Twilio has an unedited Address of the desired content, whatever else keeps the object from Ready. */
export function addressConditions(world: World, object: EmergencyAddress, ruling: NamedRuling): Decided[] {
  const account = usableAccount(world, object);
  const type = "Validated";
  if ("reason" in account)
    return [{ type, status: "Unknown", reason: ruling.reason, message: ruling.message }];
  const owned = ownedAddresses(account.view, object, world.ownerId);
  if (owned.current !== undefined) {
    return [
      {
        type,
        status: "True",
        reason: "Validated",
        message: `Twilio accepted this address as ${owned.current.sid}.`,
      },
    ];
  }
  return [notValidated(owned, ruling)];
}

function notValidated(owned: OwnedAddresses, ruling: NamedRuling): Decided {
  const status = ruling.reason === "AddressRejected" ? "False" : "Unknown";
  const edited = owned.drifted.length > 0 ? " It was edited by hand at Twilio." : "";
  return { type: "Validated", status, reason: ruling.reason, message: `${ruling.message}${edited}` };
}
