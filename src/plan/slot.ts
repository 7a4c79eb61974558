/**
 * The emergency slot of a number: two fields of Twilio's, read together.
 *
 *   emergency_address_sid  emergency_address_status   slot
 *   empty                  unregistered, null         free
 *   empty                  registration-failure       free (failed)
 *   empty                  registered                 lagging
 *   any                    pending-*                  pending
 *   set                    registered                 registered
 *   set                    unregistered, null         notEnabled: lag, or an Address not enabled for emergencies
 *   set                    registration-failure       failed
 *   any                    unregistration-failure     unregistrationFailed: may still be protected
 *   anything else                                     unknown
 */
import type { NumberRecord } from "../twilio/types.ts";

export type Slot =
  | { readonly kind: "free"; readonly failed: boolean }
  | { readonly kind: "lagging" }
  | {
      readonly kind: "pending";
      readonly direction: "registration" | "unregistration";
      readonly sid: string | null;
    }
  | { readonly kind: "registered"; readonly sid: string }
  | { readonly kind: "notEnabled"; readonly sid: string }
  | { readonly kind: "failed"; readonly sid: string }
  | { readonly kind: "unregistrationFailed"; readonly sid: string | null }
  | { readonly kind: "unknown"; readonly status: string };

export function slotOf(number: NumberRecord): Slot {
  const sid = number.emergencyAddressSid;
  const status = number.emergencyAddressStatus ?? "unregistered";
  switch (status) {
    case "pending-registration":
      return { kind: "pending", direction: "registration", sid };
    case "pending-unregistration":
      return { kind: "pending", direction: "unregistration", sid };
    case "unregistration-failure":
      return { kind: "unregistrationFailed", sid };
    case "registered":
      return sid === null ? { kind: "lagging" } : { kind: "registered", sid };
    case "unregistered":
      return sid === null ? { kind: "free", failed: false } : { kind: "notEnabled", sid };
    case "registration-failure":
      return sid === null ? { kind: "free", failed: true } : { kind: "failed", sid };
    default:
      return { kind: "unknown", status };
  }
}

/** The Address where Twilio says this number is registered now. */
export function registeredAt(number: NumberRecord | undefined): string | undefined {
  if (number === undefined) return undefined;
  const slot = slotOf(number);
  return slot.kind === "registered" ? slot.sid : undefined;
}
