/** Removing Addresses that nothing uses any more (S5). */
import type { AddressRecord } from "../../twilio/types.ts";
import type { AddressFacts } from "./facts.ts";
import { isLeaving } from "../deletion.ts";
import { numberRecordOf } from "../lookup.ts";
import type { UsableAccount } from "../policy.ts";
import { registeredAt } from "../slot.ts";
import { look, type Ruling } from "../rule.ts";
import type { World } from "../world.ts";

/** The next superseded Address to delete, or the listing that this needs; undefined while there is nothing to do. */
export function retirement(facts: AddressFacts): Pick<Ruling, "step"> | undefined {
  if (facts.mode !== "manage" || !everyoneIsHome(facts)) return undefined;
  const unused = facts.owned.superseded.filter((record) => isUnused(facts.world, facts.account, record));
  return unused[0] === undefined ? undefined : deletion(facts, unused[0]);
}

/** A delete stands on a complete listing begun after our last write; the guarded procedure makes it again. */
export function deletion(facts: AddressFacts, record: AddressRecord): Pick<Ruling, "step"> | undefined {
  const { view } = facts.account;
  if (view.suspect) return undefined;
  const listed = view.listedAt ?? 0;
  const written = Math.max(facts.world.trustedSince, view.writtenAt(record.sid) ?? 0);
  if (listed < written) return { step: look(facts.object, { type: "ListAccount" }).step };
  return { step: { type: "DeleteAddress", sid: record.sid } };
}

/** No number has it, as emergency or regulatory address, and no binding counts on it. */
export function isUnused(world: World, account: UsableAccount, record: AddressRecord): boolean {
  if (account.view.numbersAt(record.sid).length > 0) return false;
  return !world.objects
    .bindingsOf(account.view.accountSid)
    .some(
      ({ status }) => status?.previousAddressSid === record.sid || status?.operation?.target === record.sid,
    );
}

/** Every Active binding of the object is registered: until then an old Address may be somebody's way back. */
function everyoneIsHome({ account, bindings }: AddressFacts): boolean {
  return bindings
    .filter((binding) => binding.spec.emergencyStatus === "Active" && !isLeaving(binding))
    .every((binding) => {
      const number = numberRecordOf(account, binding);
      return number === undefined || registeredAt(number) !== undefined;
    });
}
