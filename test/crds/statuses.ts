/** One status of each kind with every field of the contract, as the operator writes it. */
import type {
  EmergencyAddressStatus,
  PhoneNumberBindingStatus,
  SIPDomainSettingStatus,
  TwilioAccountStatus,
} from "../../src/api/types.gen.ts";
import { sid } from "./manifests.ts";

const NOW = "2026-02-03T04:05:06Z";

const common = {
  observedGeneration: 1,
  conditions: [
    {
      type: "Ready",
      status: "Unknown" as const,
      observedGeneration: 1,
      lastTransitionTime: NOW,
      reason: "Pending",
      message: "Not looked at yet.",
    },
  ],
  lastHandledReconcileAt: "2026-02-03 by hand",
  lastError: {
    code: 21629,
    message: "Failed to validate address.",
    moreInfo: "https://www.twilio.com/docs/errors/21629",
    requestId: "RQ1",
  },
  retry: { count: 1, lastTime: NOW, nextTime: NOW, inputs: "abc" },
  operation: { type: "DisassociateAddress", target: sid("AD"), startedAt: NOW, begun: false },
};

const address = {
  customerName: "Northwind Bicycles",
  street: "645 HARRISON ST",
  streetSecondary: "FL 3",
  city: "SAN FRANCISCO",
  region: "CA",
  postalCode: "94107",
  isoCountry: "US",
};

const pendingPlan = { hash: "abc", steps: ["Take AD… away"], domains: [sid("SD")] };

export const STATUSES: {
  readonly TwilioAccount: TwilioAccountStatus;
  readonly EmergencyAddress: EmergencyAddressStatus;
  readonly PhoneNumberBinding: PhoneNumberBindingStatus;
  readonly SIPDomainSetting: SIPDomainSettingStatus;
} = {
  TwilioAccount: {
    ...common,
    accountSid: sid("AC"),
    coverage: {
      numbers: 8,
      registered: 4,
      pending: 1,
      failed: 1,
      unregistered: 1,
      unsupported: 1,
      unmanaged: 2,
    },
    lastObservationTime: NOW,
  },
  EmergencyAddress: {
    ...common,
    sid: sid("AD"),
    accountSid: sid("AC"),
    address,
    suggestedAddress: address,
    adoptedSid: sid("AD"),
    retiringSids: [sid("AD", "1")],
    driftedSids: [sid("AD", "2")],
    failedTargets: [{ addressSid: sid("AD"), phoneNumberSid: sid("PN"), time: NOW }],
    boundNumbers: 3,
    pendingPlan,
  },
  PhoneNumberBinding: {
    ...common,
    phoneNumber: "+14155550101",
    phoneNumberSid: sid("PN"),
    accountSid: sid("AC"),
    emergencyStatus: "Pending Activation",
    emergencyAddressSid: sid("AD"),
    emergencyAddressStatus: "pending-registration",
    previousAddressSid: sid("AD", "1"),
    appliedAddressSids: ["1", "2", "3", "4"].map((digit) => sid("AD", digit)),
    usedApproval: "abc",
    requestedEmergencyStatus: { value: "Active", generation: 1, firstSeen: NOW },
    unprotectedSince: NOW,
    pendingPlan,
  },
  SIPDomainSetting: {
    ...common,
    domainName: "northwind.sip.twilio.com",
    domainSid: sid("SD"),
    accountSid: sid("AC"),
    emergencyCallingEnabled: true,
    emergencyCallerSid: sid("PN"),
    appliedCallerSid: sid("PN"),
    pendingPlan,
  },
};
