/** The closed union of what one pass may do. A step is data: the executor decides nothing. */
import type { ObjectKey } from "../api/objects.ts";
import type { NewAddress } from "../twilio/types.ts";

/** A read at Twilio that the next decision needs. */
export type Look =
  | { readonly type: "GetNumber"; readonly sid: string }
  | { readonly type: "FindNumber"; readonly phoneNumber: string }
  | { readonly type: "GetAddress"; readonly sid: string }
  | { readonly type: "FindAddress"; readonly friendlyName: string }
  | { readonly type: "GetDomain"; readonly sid: string }
  /** A complete listing that begins now. */
  | { readonly type: "ListAccount" };

/** A write at Twilio: at most one a pass. */
export type Write =
  | { readonly type: "CreateAddress"; readonly address: NewAddress }
  | { readonly type: "DeleteAddress"; readonly sid: string }
  | { readonly type: "AssociateAddress"; readonly numberSid: string; readonly addressSid: string }
  /** `takesAway`: the number is registered there now, so the whole procedure applies. */
  | {
      readonly type: "DisassociateAddress";
      readonly numberSid: string;
      readonly addressSid: string;
      readonly takesAway: boolean;
      /** Hash of the approval that permits it, if one was needed. */
      readonly approval?: string;
    }
  | { readonly type: "SetEmergencyStatus"; readonly numberSid: string; readonly value: "Active" | "Inactive" }
  | { readonly type: "EnableEmergencyCalling"; readonly domainSid: string }
  | { readonly type: "DisableEmergencyCalling"; readonly domainSid: string }
  | { readonly type: "SetEmergencyCaller"; readonly domainSid: string; readonly numberSid: string }
  | { readonly type: "ClearEmergencyCaller"; readonly domainSid: string };

/** A write of our own to the API server that must be done before anything else. */
export type Mark =
  | { readonly type: "AddFinalizer" }
  | { readonly type: "ReleaseFinalizer" }
  | {
      readonly type: "RecordFailedTarget";
      readonly address: ObjectKey;
      readonly addressSid: string;
      readonly phoneNumberSid: string;
    }
  | {
      readonly type: "ClearFailedTargets";
      readonly address: ObjectKey;
      readonly entries: readonly { readonly addressSid: string; readonly phoneNumberSid: string }[];
    };

export type Step = { readonly type: "None" } | Look | Write | Mark;

export const NONE: Step = { type: "None" };

/** What each write does, for people. */
export const WRITES: Readonly<Record<Write["type"], string>> = {
  CreateAddress: "Makes an Address at Twilio, which validates it.",
  DeleteAddress: "Removes an Address of ours that nothing uses.",
  AssociateAddress: "Gives a number its Address; Twilio then registers it.",
  DisassociateAddress: "Takes the Address off a number; Twilio then unregisters it.",
  SetEmergencyStatus: "Asks for another EmergencyStatus, once.",
  EnableEmergencyCalling: "Lets a SIP domain place emergency calls.",
  DisableEmergencyCalling: "Stops a SIP domain from placing emergency calls.",
  SetEmergencyCaller: "Makes a registered number the emergency caller of a domain.",
  ClearEmergencyCaller: "Leaves a domain without an emergency caller.",
};

export function isWrite(step: Step): step is Write {
  return Object.hasOwn(WRITES, step.type);
}

const LOOKS: ReadonlySet<string> = new Set<Look["type"]>([
  "GetNumber",
  "FindNumber",
  "GetAddress",
  "FindAddress",
  "GetDomain",
  "ListAccount",
]);

export function isLook(step: Step): step is Look {
  return LOOKS.has(step.type);
}

/** Steps that may take protection away: sent only by the guarded procedure, under the account's lock. */
export function isGuarded(step: Step): boolean {
  switch (step.type) {
    case "DisassociateAddress":
    case "DeleteAddress":
    case "EnableEmergencyCalling":
    case "DisableEmergencyCalling":
    case "SetEmergencyCaller":
    case "ClearEmergencyCaller":
    case "ReleaseFinalizer":
      return true;
    case "None":
    case "CreateAddress":
    case "AssociateAddress":
    case "SetEmergencyStatus":
    case "GetNumber":
    case "FindNumber":
    case "GetAddress":
    case "FindAddress":
    case "GetDomain":
    case "ListAccount":
    case "AddFinalizer":
    case "RecordFailedTarget":
    case "ClearFailedTargets":
      return false;
  }
}
