/* Generated from crds/ by scripts/generate-types.ts: do not edit, run `npm run generate`. */

/**
 * The account and the limits for acting on it.
 */
export interface TwilioAccountSpec {
  /**
   * The Twilio account that owns the numbers, addresses and SIP domains. Cannot be changed.
   */
  accountSid: string;
  /**
   * Secret in the same namespace with the key authToken, or with apiKeySid and apiKeySecret (these win if all are there). Where the token is that of a parent account, the key authAccountSid names that account.
   */
  credentialsSecretRef: {
    /**
     * Name of the Secret.
     */
    name: string;
  };
  /**
   * Observe: nothing is written to Twilio for any object of this account; differences become the condition Drifted.
   */
  managementPolicy: "Manage" | "Observe";
  /**
   * Twilio's region, such as us1, ie1 or au1. Absent means us1; Twilio permits emergency calling in few others.
   */
  twilioRegion?: string;
  /**
   * Twilio's edge, the place where requests enter its network, such as ashburn or dublin.
   */
  twilioEdge?: string;
  /**
   * Most requests of the operator that are under way for this account at one time.
   */
  maxConcurrentRequests: number;
  /**
   * How often the account is listed, such as 10m. Absent means what the operator was started with (--sweep-interval, 10m).
   */
  sweepInterval?: string;
  /**
   * After this long without a successful observation Ready of the account's objects turns Unknown. Absent means the larger of 30m and twice the sweepInterval.
   */
  maxStaleness?: string;
  /**
   * How many numbers of the account the operator may have unprotected at one time because of changes it makes. 0 is a freeze: nothing that is registered is taken away.
   */
  maxUnprotected: number;
}
export interface Condition {
  /**
   * What the condition is about, such as Ready.
   */
  type: string;
  /**
   * Whether it holds.
   */
  status: "True" | "False" | "Unknown";
  /**
   * The metadata.generation that the condition was decided for.
   */
  observedGeneration?: number;
  /**
   * When the status of the condition last changed.
   */
  lastTransitionTime: string;
  /**
   * Why, in one word for programs.
   */
  reason: string;
  /**
   * Why, in a sentence for people, with the cure where there is one.
   */
  message: string;
}
/**
 * What Twilio said to the last write that it refused. Absent when the last write succeeded.
 */
export interface LastError {
  /**
   * Twilio's error code, such as 21629.
   */
  code?: number;
  /**
   * Twilio's message.
   */
  message: string;
  /**
   * Twilio's page about the error.
   */
  moreInfo?: string;
  /**
   * Twilio's id of the request, which its support asks for.
   */
  requestId?: string;
}
/**
 * The slow retry of a refused write. Absent when nothing is backing off.
 */
export interface RetryRecord {
  /**
   * How often the write has been refused.
   */
  count: number;
  /**
   * When it was last tried.
   */
  lastTime: string;
  /**
   * When it is tried again, unless a change of what it depends on comes first.
   */
  nextTime: string;
  /**
   * What the write depends on besides the spec; another value starts the retries over.
   */
  inputs?: string;
}
/**
 * Written before a create or a disassociation is sent, and kept until its result is known or, for a change of address, until protection is back. A record, never a permission.
 */
export interface Operation {
  /**
   * The step, such as CreateAddress or DisassociateAddress.
   */
  type: string;
  /**
   * What it acts on, a sid or the FriendlyName of the Address to be created.
   */
  target: string;
  /**
   * When the record was written.
   */
  startedAt: string;
  /**
   * Twilio has answered, or has been seen to have acted.
   */
  begun: boolean;
}
/**
 * What the operator and Twilio say. Written by the operator only.
 */
export interface TwilioAccountStatus {
  /**
   * The metadata.generation this status speaks of. -1 means that the operator has not looked at the object yet.
   */
  observedGeneration?: number;
  /**
   * What is true now. Ready is True only when Twilio itself said so recently; Reconciling and Stalled are there only while they are True.
   */
  conditions?: Condition[];
  /**
   * The last value of the annotation requested-at that has been acted on.
   */
  lastHandledReconcileAt?: string;
  lastError?: LastError;
  retry?: RetryRecord;
  operation?: Operation;
  /**
   * The Twilio account that this object is pinned to.
   */
  accountSid?: string;
  /**
   * All numbers of the account by their protection: numbers = registered + pending + failed + unregistered + unsupported.
   */
  coverage?: {
    /**
     * All numbers of the account.
     */
    numbers?: number;
    /**
     * Numbers whose emergency address is registered.
     */
    registered?: number;
    /**
     * Numbers whose registration or unregistration is under way.
     */
    pending?: number;
    /**
     * Numbers whose registration or unregistration has failed.
     */
    failed?: number;
    /**
     * Numbers without an emergency address.
     */
    unregistered?: number;
    /**
     * Numbers of countries in which Twilio registers no addresses.
     */
    unsupported?: number;
    /**
     * Those of them, whatever their protection, that have no PhoneNumberBinding.
     */
    unmanaged?: number;
  };
  /**
   * Beginning of the last successful listing, written at most once per third of maxStaleness.
   */
  lastObservationTime?: string;
}
/**
 * The address and how the operator may act on it.
 */
export interface EmergencyAddressSpec {
  /**
   * The TwilioAccount in the same namespace that owns this; absent means the one named default. Cannot be added, changed or removed later: delete this object and create it anew.
   */
  accountRef?: {
    /**
     * Name of the TwilioAccount.
     */
    name: string;
  };
  /**
   * Name that the emergency centre sees, at most 32 characters and 64 bytes, without & @ and #. A change of content takes each number at this address out of protection for minutes (GB: up to days), one after another within the account's maxUnprotected.
   */
  customerName: string;
  /**
   * House number and street, abbreviated without punctuation (645 Harrison St). A change of content takes each number at this address out of protection for minutes (GB: up to days), one after another within the account's maxUnprotected.
   */
  street: string;
  /**
   * Floor, suite or unit: what a rescuer needs inside the building. A change of content takes each number at this address out of protection for minutes (GB: up to days), one after another within the account's maxUnprotected.
   */
  streetSecondary?: string;
  /**
   * City, as the emergency services call it. A change of content takes each number at this address out of protection for minutes (GB: up to days), one after another within the account's maxUnprotected.
   */
  city: string;
  /**
   * State, province or county. US and CA: two upper-case letters, such as CA or ON. A change of content takes each number at this address out of protection for minutes (GB: up to days), one after another within the account's maxUnprotected.
   */
  region: string;
  /**
   * US: 94105 or 94105-1234. CA: M5V 2T6. GB: SW1A 1AA. A change of content takes each number at this address out of protection for minutes (GB: up to days), one after another within the account's maxUnprotected.
   */
  postalCode: string;
  /**
   * Country of the address; Twilio registers emergency addresses in these. Cannot be changed.
   */
  isoCountry: "US" | "CA" | "GB";
  /**
   * true: Twilio may store its corrected form of the address. false: a correction is an error that carries the suggestion (status.suggestedAddress). Changing it alone moves no number.
   */
  autoCorrect: boolean;
  /**
   * Adopt this existing Address of the account instead of creating one. May be set later, never changed or removed.
   */
  sid?: string;
  /**
   * Observe: nothing is written to Twilio for this object; differences become the condition Drifted. Absent means the policy of the account. Manage does not override an account that says Observe.
   */
  managementPolicy?: "Manage" | "Observe";
  /**
   * What deleting this object does to its Address at Twilio. Delete needs the annotation confirm-delete.
   */
  deletionPolicy: "Retain" | "Delete";
  /**
   * true: keep observing and reporting, write nothing to Twilio.
   */
  suspend?: boolean;
}
/**
 * What waits for approval: write its hash to the annotation approve. Absent when nothing waits.
 */
export interface PendingPlan {
  /**
   * The value that the annotation approve must have.
   */
  hash: string;
  /**
   * What would be done, step by step.
   */
  steps: string[];
  /**
   * SIP domains whose emergency caller is the number.
   */
  domains: string[];
}
/**
 * What the operator and Twilio say. Written by the operator only.
 */
export interface EmergencyAddressStatus {
  /**
   * The metadata.generation this status speaks of. -1 means that the operator has not looked at the object yet.
   */
  observedGeneration?: number;
  /**
   * What is true now. Ready is True only when Twilio itself said so recently; Reconciling and Stalled are there only while they are True.
   */
  conditions?: Condition[];
  /**
   * The last value of the annotation requested-at that has been acted on.
   */
  lastHandledReconcileAt?: string;
  lastError?: LastError;
  retry?: RetryRecord;
  operation?: Operation;
  /**
   * The Address that is now in use for this object.
   */
  sid?: string;
  /**
   * The Twilio account that this object is pinned to.
   */
  accountSid?: string;
  /**
   * The address as Twilio stored it right after our write; a difference from it is drift.
   */
  address?: {
    /**
     * Name that the emergency centre sees.
     */
    customerName?: string;
    /**
     * House number and street.
     */
    street?: string;
    /**
     * Floor, suite or unit.
     */
    streetSecondary?: string;
    /**
     * City.
     */
    city?: string;
    /**
     * State, province or county.
     */
    region?: string;
    /**
     * Postal code.
     */
    postalCode?: string;
    /**
     * Country, two letters.
     */
    isoCountry?: string;
  };
  /**
   * What Twilio suggests instead of a refused address, in the names of the spec. Absent when there is none.
   */
  suggestedAddress?: {
    /**
     * Name that the emergency centre sees.
     */
    customerName?: string;
    /**
     * House number and street.
     */
    street?: string;
    /**
     * Floor, suite or unit.
     */
    streetSecondary?: string;
    /**
     * City.
     */
    city?: string;
    /**
     * State, province or county.
     */
    region?: string;
    /**
     * Postal code.
     */
    postalCode?: string;
    /**
     * Country, two letters.
     */
    isoCountry?: string;
  };
  /**
   * The Address of spec.sid, once it has been adopted.
   */
  adoptedSid?: string;
  /**
   * Superseded Addresses of this object that are still to be removed.
   */
  retiringSids?: string[];
  /**
   * Addresses of this object that somebody edited at Twilio; numbers leave them only with approval.
   */
  driftedSids?: string[];
  /**
   * Registrations at an Address of this object that failed; they stop its roll-out.
   */
  failedTargets?: {
    /**
     * The Address at which it failed.
     */
    addressSid: string;
    /**
     * The number that failed.
     */
    phoneNumberSid: string;
    /**
     * When the failure was seen.
     */
    time: string;
  }[];
  /**
   * Numbers whose emergency_address_sid at Twilio is status.sid, whatever their status.
   */
  boundNumbers?: number;
  pendingPlan?: PendingPlan;
}
/**
 * The number, the address it shall have, and how the operator may act on it.
 */
export interface PhoneNumberBindingSpec {
  /**
   * The TwilioAccount in the same namespace that owns this; absent means the one named default. Cannot be added, changed or removed later: delete this object and create it anew.
   */
  accountRef?: {
    /**
     * Name of the TwilioAccount.
     */
    name: string;
  };
  /**
   * The number in E.164 form, such as +14155550101. Exactly one of phoneNumber and phoneNumberSid; cannot be changed.
   */
  phoneNumber?: string;
  /**
   * The number by its sid at Twilio. Exactly one of phoneNumber and phoneNumberSid; cannot be changed.
   */
  phoneNumberSid?: string;
  /**
   * Active: the address of addressRef is associated with the number and registered. Inactive: the number has no emergency address.
   */
  emergencyStatus: "Active" | "Inactive";
  /**
   * The EmergencyAddress in the same namespace that the number shall have; required when emergencyStatus is Active, ignored when Inactive. A change takes the number out of protection for minutes (GB: up to days).
   */
  addressRef?: {
    /**
     * Name of the EmergencyAddress.
     */
    name: string;
  };
  /**
   * May the operator take away a registered address of its own in order to reach the spec? Rolling: yes, within the account's maxUnprotected. Manual: only after approval of the exact plan. An address that is not ours is never taken away without approval.
   */
  changePolicy: "Rolling" | "Manual";
  /**
   * Observe: nothing is written to Twilio for this object; differences become the condition Drifted. Absent means the policy of the account. Manage does not override an account that says Observe.
   */
  managementPolicy?: "Manage" | "Observe";
  /**
   * true: keep observing and reporting, write nothing to Twilio.
   */
  suspend?: boolean;
  /**
   * What deleting this object does at Twilio. Retain: nothing. Unregister: the emergency address is taken away, which needs the annotation confirm-delete. The number itself is never released.
   */
  deletionPolicy: "Retain" | "Unregister";
}
/**
 * What the operator and Twilio say. Written by the operator only.
 */
export interface PhoneNumberBindingStatus {
  /**
   * The metadata.generation this status speaks of. -1 means that the operator has not looked at the object yet.
   */
  observedGeneration?: number;
  /**
   * What is true now. Ready is True only when Twilio itself said so recently; Reconciling and Stalled are there only while they are True.
   */
  conditions?: Condition[];
  /**
   * The last value of the annotation requested-at that has been acted on.
   */
  lastHandledReconcileAt?: string;
  lastError?: LastError;
  retry?: RetryRecord;
  operation?: Operation;
  /**
   * The number in E.164 form.
   */
  phoneNumber?: string;
  /**
   * The number's sid at Twilio.
   */
  phoneNumberSid?: string;
  /**
   * The Twilio account that this object is pinned to.
   */
  accountSid?: string;
  /**
   * Exactly what Twilio reports as EmergencyStatus.
   */
  emergencyStatus?: string;
  /**
   * Exactly what Twilio reports as the number's emergency Address.
   */
  emergencyAddressSid?: string;
  /**
   * Exactly what Twilio reports about the registration, such as registered or pending-registration.
   */
  emergencyAddressStatus?: string;
  /**
   * The way back: the Address at which the number was registered before the change that is under way.
   */
  previousAddressSid?: string;
  /**
   * Addresses that this binding put on the number, at most four.
   */
  appliedAddressSids?: string[];
  /**
   * Hash of the last approval that was used; it is not accepted again.
   */
  usedApproval?: string;
  /**
   * What Twilio was asked to set EmergencyStatus to; asked once per change of spec.emergencyStatus.
   */
  requestedEmergencyStatus?: {
    /**
     * The value asked for.
     */
    value: string;
    /**
     * The metadata.generation it was asked for.
     */
    generation: number;
    /**
     * When it was first seen unchanged after the request.
     */
    firstSeen?: string;
  };
  /**
   * Since when the number has had no registered address although it shall have one. Absent while protected.
   */
  unprotectedSince?: string;
  pendingPlan?: PendingPlan;
}
/**
 * The domain and its emergency calling.
 */
export interface SIPDomainSettingSpec {
  /**
   * The TwilioAccount in the same namespace that owns this; absent means the one named default. Cannot be added, changed or removed later: delete this object and create it anew.
   */
  accountRef?: {
    /**
     * Name of the TwilioAccount.
     */
    name: string;
  };
  /**
   * The SIP domain as Twilio lists it, such as acme.sip.twilio.com. It must exist: the operator never creates or deletes one. Exactly one of domainName and domainSid; cannot be changed.
   */
  domainName?: string;
  /**
   * The SIP domain by its sid at Twilio. Exactly one of domainName and domainSid; cannot be changed.
   */
  domainSid?: string;
  /**
   * Shall emergency calls be possible on the domain?
   */
  emergencyCallingEnabled: boolean;
  /**
   * The PhoneNumberBinding in the same namespace whose number becomes the domain's emergency caller once it is registered. Taking the reference away clears the caller if it still is the one this object set; an object that never had one leaves the caller alone.
   */
  emergencyCallerRef?: {
    /**
     * Name of the PhoneNumberBinding.
     */
    name: string;
  };
  /**
   * Observe: nothing is written to Twilio for this object; differences become the condition Drifted. Absent means the policy of the account. Manage does not override an account that says Observe.
   */
  managementPolicy?: "Manage" | "Observe";
  /**
   * true: keep observing and reporting, write nothing to Twilio.
   */
  suspend?: boolean;
  /**
   * What deleting this object does at Twilio. Retain: nothing. Disable: emergency calling is switched off and the caller cleared, which needs the annotation confirm-delete.
   */
  deletionPolicy: "Retain" | "Disable";
}
/**
 * What the operator and Twilio say. Written by the operator only.
 */
export interface SIPDomainSettingStatus {
  /**
   * The metadata.generation this status speaks of. -1 means that the operator has not looked at the object yet.
   */
  observedGeneration?: number;
  /**
   * What is true now. Ready is True only when Twilio itself said so recently; Reconciling and Stalled are there only while they are True.
   */
  conditions?: Condition[];
  /**
   * The last value of the annotation requested-at that has been acted on.
   */
  lastHandledReconcileAt?: string;
  lastError?: LastError;
  retry?: RetryRecord;
  operation?: Operation;
  /**
   * The domain's name at Twilio.
   */
  domainName?: string;
  /**
   * The domain's sid at Twilio.
   */
  domainSid?: string;
  /**
   * The Twilio account that this object is pinned to.
   */
  accountSid?: string;
  /**
   * Exactly what Twilio reports.
   */
  emergencyCallingEnabled?: boolean;
  /**
   * Exactly what Twilio reports as the domain's emergency caller.
   */
  emergencyCallerSid?: string;
  /**
   * The caller that this object set.
   */
  appliedCallerSid?: string;
  pendingPlan?: PendingPlan;
}
