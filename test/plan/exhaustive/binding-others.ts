/** The other objects around one binding: its address object, rivals, others that share the budget, domains. */
import { ANNOTATION, FINALIZER } from "../../../src/api/names.ts";
import type { EmergencyAddress, PhoneNumberBinding, SIPDomainSetting } from "../../../src/api/objects.ts";
import { aBinding, aDomain, CONTENT } from "../../support/planning.ts";
import {
  DESK,
  EARLIER,
  EDITED,
  FOREIGN,
  GONE,
  iso,
  OLD,
  OTHER,
  TARGET,
  TWIN,
  type BindingChoices,
} from "./binding-choices.ts";

export function addressObject(c: BindingChoices): EmergencyAddress {
  const time = iso(EARLIER);
  return {
    kind: "EmergencyAddress",
    metadata: {
      name: "hq",
      namespace: "site",
      uid: "uid-hq",
      generation: 1,
      get deletionTimestamp() {
        return c.get("addressObject") === "deleting" ? time : undefined;
      },
    },
    spec: { ...CONTENT },
    status: {
      get failedTargets() {
        const failed = c.get("failed");
        const phoneNumberSid = failed === "here" ? DESK : OTHER;
        return failed === "nowhere" ? [] : [{ addressSid: TARGET, phoneNumberSid, time }];
      },
    },
  } as unknown as EmergencyAddress;
}

/** In mid-change, and every Address is one that it put there: no other claim is better (plan/claims.ts). */
const winning = {
  previousAddressSid: FOREIGN,
  appliedAddressSids: [TARGET, TWIN, OLD, EDITED, FOREIGN, GONE],
};

/** Another object that names the same number. */
export function rivals(c: BindingChoices): readonly PhoneNumberBinding[] {
  const spec = { addressRef: { name: "elsewhere" } };
  const older = { creationTimestamp: "2025-01-01T00:00:00Z" };
  if (c.get("rival") === "winner") return [aBinding("copy", { metadata: older, spec, status: winning })];
  const claimant = c.get("deleting") ? c.get("claimant") : "none";
  const deletionTimestamp = claimant === "terminating" ? { deletionTimestamp: iso(EARLIER) } : {};
  const younger = { creationTimestamp: "2026-02-01T00:00:00Z", ...deletionTimestamp };
  return claimant === "none" ? [] : [aBinding("copy", { metadata: younger, spec })];
}

/** Another number of the account: it may use the budget, or wait for it. */
export function others(c: BindingChoices): readonly PhoneNumberBinding[] {
  const other = c.get("other");
  if (other === "none") return [];
  const operation = { type: "DisassociateAddress", target: OLD, startedAt: iso(EARLIER), begun: true };
  const status =
    other === "changing" ? { operation } : other.endsWith("InLine") ? { appliedAddressSids: [FOREIGN] } : {};
  // In the stable order of those that wait for the budget.
  const name = other === "lastInLine" ? "zebra" : "aardvark";
  // Unregistered and wanted so would not count.
  const emergencyStatus = other === "changing" ? "Active" : "Inactive";
  return [aBinding(name, { spec: { phoneNumberSid: OTHER, emergencyStatus }, status })];
}

const leavingMetadata = { deletionTimestamp: iso(EARLIER), finalizers: [FINALIZER] };

export function domainObjects(c: BindingChoices): readonly SIPDomainSetting[] {
  const off = { emergencyCallingEnabled: false };
  const disable = { deletionPolicy: "Disable" };
  switch (c.get("domainObject")) {
    case "none":
      return [];
    case "stays":
      return [aDomain("sip", { spec: { emergencyCallerRef: { name: "desk" } } })];
    case "leaving":
      return [aDomain("sip", { spec: off })];
    case "stuck":
      return [aDomain("sip", { spec: off, status: { retry: { count: 1, lastTime: "", nextTime: "" } } })];
    case "suspended":
      return [aDomain("sip", { spec: { ...off, suspend: true } })];
    case "deletingConfirmed": {
      const annotations = { [ANNOTATION.confirmDelete]: "sip" };
      return [aDomain("sip", { metadata: { ...leavingMetadata, annotations }, spec: disable })];
    }
    case "deletingUnconfirmed":
      return [aDomain("sip", { metadata: leavingMetadata, spec: disable })];
  }
}
