/** What a new object looks like: nobody has written a status yet. It is planned like one whose status says nothing. */
import { expect, it } from "vitest";
import { DESK, HQ, OLD, sid, TERMINATING, world } from "../../../test/support/builders.ts";
import { aBinding, anAddress } from "../../../test/support/planning.ts";
import type { AnyObject } from "../../api/objects.ts";
import { ANNOTATION } from "../../api/names.ts";
import { nextStatus } from "../status.ts";

const SLOTS = [
  [null, "unregistered"],
  [HQ, "unregistered"],
  [null, "registered"],
  [HQ, "registered"],
  [OLD, "registered"],
  [HQ, "pending-registration"],
  [OLD, "pending-unregistration"],
  [null, "registration-failure"],
  [HQ, "registration-failure"],
  [OLD, "registration-failure"],
  [null, "unregistration-failure"],
  [OLD, "unregistration-failure"],
  [null, "brand-new"],
].map(([emergencyAddressSid, emergencyAddressStatus]) => ({ emergencyAddressSid, emergencyAddressStatus }));
const UNREGISTER = { deletionPolicy: "Unregister" };
const CONFIRMED = { ...TERMINATING, annotations: { [ANNOTATION.confirmDelete]: "desk" } };
const APPROVED = { annotations: { [ANNOTATION.approve]: "0123456789abcdef" } };
const OBJECTS = {
  "shall be registered": {},
  "shall be registered, with approval": { metadata: APPROVED, spec: { changePolicy: "Manual" } },
  "shall be unregistered": { spec: { emergencyStatus: "Inactive" } },
  "was asked to try again": { metadata: { annotations: { [ANNOTATION.requestedAt]: "now" } } },
  "holds a finalizer": { metadata: { finalizers: TERMINATING.finalizers } },
  "is being deleted": { metadata: TERMINATING },
  "is being deleted, which nobody confirmed": { metadata: TERMINATING, spec: UNREGISTER },
  "is being deleted for good": { metadata: CONFIRMED, spec: UNREGISTER },
};

const withStatus = (object: AnyObject, status: object | undefined): AnyObject =>
  ({ ...object, status }) as AnyObject;

/** Everything that is decided of `parts` and of the next number, where both and their address object have this status. */
function decided(slot: object, parts: object, status: object | undefined): unknown {
  const other = { sid: sid("PN", 2), phoneNumber: "+13035550101" };
  const built = world()
    .account()
    .object(withStatus(anAddress("hq"), status))
    .tagged("hq", { sid: HQ })
    .tagged("hq", { sid: OLD, street: "9 Old St" })
    .object(withStatus(aBinding("desk", parts), status))
    .object(withStatus(aBinding("next", { spec: { phoneNumberSid: other.sid } }), status))
    .number({ sid: DESK, emergencyStatus: "Inactive", ...slot })
    .registered(OLD, other)
    .build();
  return ["desk", "next"].map((name) => {
    const ruling = built.plan("PhoneNumberBinding", name);
    return { ruling, status: nextStatus(built.world, built.get("PhoneNumberBinding", name), ruling) };
  });
}

it.each(Object.entries(OBJECTS))(
  "a binding that %s is planned without a status, in every slot",
  (_, parts) => {
    for (const slot of SLOTS) expect(decided(slot, parts, undefined)).toEqual(decided(slot, parts, {}));
  },
);
