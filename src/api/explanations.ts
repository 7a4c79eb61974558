/**
 * What every reason of the Ready condition means, why it comes, and what helps. The one source of these texts: `status`
 * shows the cures, and docs/reference/conditions.md is made from all of it.
 *
 * In a cure `{edit}`, `{approve}` and `{secret}` stand for the command that does it to the object at hand.
 */
import type { Reason } from "./reasons.ts";

export interface Explanation {
  /** What is true now, of the object that shows it. */
  readonly meaning: string;
  /** Where it comes from; absent where the meaning says so. */
  readonly cause?: string;
  /** Absent: nothing to do, or nothing but to wait. */
  readonly cure?: string;
}

export const EXPLANATIONS: Readonly<Record<Reason, Explanation>> = {
  Authenticated: { meaning: "The last listing of the account worked." },
  Validated: { meaning: "Twilio has an Address of exactly the desired content, validated and unedited." },
  Registered: {
    meaning: "Twilio says registered for the number, at the Address that its spec asks for.",
  },
  Unregistered: {
    meaning: "The number has no emergency address at Twilio, as emergencyStatus Inactive asks.",
  },
  Configured: { meaning: "The SIP domain has the settings that the spec asks for." },

  Pending: {
    meaning: "The operator has not looked at the object yet, or the next step is on its way.",
    cause: "The object is new, the operator has just started, or a call to Twilio is about to be made.",
  },
  WaitingForAccount: {
    meaning: "The object waits for its TwilioAccount.",
    cause: "accountRef names an object that does not exist, or that has not been listed yet.",
    cure: "look at the TwilioAccount that accountRef names",
  },
  WaitingForAddress: {
    meaning: "The number waits for its EmergencyAddress.",
    cause: "addressRef names an object that does not exist, or that has no validated Address at Twilio yet.",
    cure: "look at the EmergencyAddress that addressRef names",
  },
  WaitingForNumber: {
    meaning: "The domain waits for the number of its emergency caller.",
    cause: "emergencyCallerRef names a binding that does not exist, or whose number is not registered yet.",
    cure: "look at the PhoneNumberBinding that emergencyCallerRef names",
  },
  PendingRegistration: {
    meaning: "Twilio is registering the number, or the call for it is about to be made.",
    cause: "Twilio takes minutes in US and CA, and up to three days in GB.",
  },
  PendingUnregistration: {
    meaning: "Twilio is taking the address off the number, or the call for it is about to be made.",
    cause: "The number is on its way to another address, or to none.",
  },
  WaitingForBudget: {
    meaning: "The number is registered at its old address and waits for its turn to move.",
    cause: "As many numbers of the account as maxUnprotected allows are without protection. 0 is a freeze.",
  },
  AwaitingApproval: {
    meaning: "The next step would take a registered address away, and a person has to approve it.",
    cause:
      "changePolicy is Manual, or the address on the number is not one that this object put there, or nobody changed a spec.",
    cure: "look at it and approve it: {approve}",
  },
  InUse: {
    meaning: "The number is the emergency caller of an enabled SIP domain and stays where it is.",
    cause: "Taking its address away would leave the calls of that domain without protection too.",
    cure: "give the domain another emergency caller first, or look at it and approve it: {approve}",
  },
  DeletionBlocked: {
    meaning: "The object is being deleted and waits for somebody.",
    cause:
      "A confirmation is missing, credentials are gone, or something at Twilio still uses it. The message names it.",
    cure: "do what the message says, or set spec.deletionPolicy to Retain",
  },
  ObservationStale: {
    meaning: "What was last known of the object is older than maxStaleness, so nothing is claimed any more.",
    cause: "Twilio could not be reached, or refused, for that long.",
    cure: "see why Twilio is not reached: twilio-emergency doctor",
  },

  RolloutStopped: {
    meaning: "The number keeps its old, registered address; the move of all numbers has stopped.",
    cause: "Another number failed at the new address (status.failedTargets of the EmergencyAddress).",
    cure: "correct the EmergencyAddress, or look at the number that failed there",
  },
  CredentialsRejected: {
    meaning: "Twilio does not accept the credentials. No write is sent; one probe a minute is.",
    cause:
      "The token or key was changed or revoked, belongs to another account, or the account is suspended.",
    cure: "correct the Secret; it is tried again at once when it changes",
  },
  SecretNotFound: {
    meaning: "The Secret that credentialsSecretRef names is not there.",
    cause: "It does not exist in the namespace of the TwilioAccount, or the operator may not read it.",
    cure: "create it: {secret}",
  },
  SecretInvalid: {
    meaning: "The Secret has not the keys that are needed.",
    cause: "It needs authToken, or apiKeySid and apiKeySecret; an empty value counts as none.",
    cure: "give the Secret the key authToken, or apiKeySid and apiKeySecret",
  },
  InvalidConfiguration: {
    meaning: "The spec contradicts itself or the operator's flags.",
    cause: "Most often maxStaleness is less than twice the interval at which the account is listed.",
    cure: "correct the spec: {edit}",
  },
  AddressRejected: {
    meaning: "Twilio does not take this address. No number was touched for it.",
    cause: "Error 21629 with a suggestion, 21628 without one, or another refusal of the content.",
    cure: "correct the address (status.suggestedAddress has Twilio's suggestion, if any): {edit}",
  },
  RegistrationFailed: {
    meaning:
      "The registration at the wanted address failed. The message says which address protects the number now.",
    cause: "Twilio gives no reason. Most often the emergency services do not know the address.",
    cure: "correct the address that the number refers to, or try again with requested-at: {edit}",
  },
  UnregistrationFailed: {
    meaning: "Twilio could not take the address off the number. It may still be protected by it.",
    cause: "Twilio gives no reason.",
    cure: "ask Twilio's support about the number; it is tried again slowly",
  },
  NumberNotFound: {
    meaning: "The account has no such phone number.",
    cause: "It is written wrongly, was released, or belongs to another account or subaccount.",
    cure: "correct the number, or buy it in this account: {edit}",
  },
  DomainNotFound: {
    meaning: "The account has no such SIP domain.",
    cause: "It is written wrongly, was deleted, or belongs to another account.",
    cure: "correct the domain, or create it at Twilio: {edit}",
  },
  AddressNotFound: {
    meaning: "The account has no Address of the sid that spec.sid names.",
    cause: "The sid is wrong, or the Address was deleted at Twilio.",
    cure: "correct spec.sid, or remove the object: {edit}",
  },
  CountryMismatch: {
    meaning: "Number and address are of different countries, which no registration survives.",
    cause: "addressRef names an address of another country than the number's.",
    cure: "refer to an address in the number's own country: {edit}",
  },
  CallerNotRegistered: {
    meaning: "The emergency caller of the domain has no registered address now.",
    cause: "Its registration failed, was taken away at Twilio, or its binding wants none.",
    cure: "register an address for the emergency caller, or name another caller",
  },
  Conflict: {
    meaning: "Another object stands for the same thing at Twilio. This one writes nothing.",
    cause: "Two objects name one number, domain or Address, or spec.sid names one that is not free.",
    cure: "remove one of the two objects that name the same thing at Twilio",
  },
  AccountMismatch: {
    meaning: "The object belongs to another Twilio account than what it refers to.",
    cause:
      "A TwilioAccount was made anew under its name for another account, or addressRef or emergencyCallerRef names an object of another account.",
    cure: "refer to the account it was made for and to objects of that account, or use another object: {edit}",
  },
  RejectedByTwilio: {
    meaning: "Twilio refused a write for a reason of its own; status.lastError has its words.",
    cause: "A missing permission of the API key, or a rule of Twilio's that no other reason names.",
    cure: "do what Twilio's message says: {edit}",
  },
  NotConverging: {
    meaning: "Twilio accepted a write that changed nothing. It is not sent a second time.",
    cause: "Something else changes it back, or Twilio ignores the field: a fault, made visible.",
    cure: "find who undoes it; if nobody does, report it",
  },
  UnexpectedState: {
    meaning: "Twilio shows a state that no rule names. Nothing is written.",
    cause: "A fault of the operator's, made visible rather than taken for success.",
    cure: "report this with the object's status: no rule knows the state",
  },

  Suspended: {
    meaning:
      "spec.suspend is true: the object is observed, nothing is written for it. Ready tells the truth.",
  },
  Observing: {
    meaning:
      "managementPolicy is Observe: nothing is written. Ready tells the truth, and Drifted names a difference.",
  },
};

/** Conditions besides Ready, with their own reasons. */
export interface ConditionText {
  readonly type: string;
  readonly on: string;
  readonly meaning: string;
  /** Own reasons, by the status they come with; absent: those of Ready. */
  readonly reasons?: Readonly<Record<string, string>>;
}

export const CONDITIONS: readonly ConditionText[] = [
  {
    type: "Ready",
    on: "all kinds",
    meaning:
      "As the spec asks, in Twilio's own words, observed within maxStaleness. Unknown while working or not knowing, False only with a fault.",
  },
  {
    type: "Reconciling",
    on: "all kinds",
    meaning: "Something goes on, or will by itself. There only while it is True.",
  },
  {
    type: "Stalled",
    on: "all kinds",
    meaning: "Waiting does not help: a person, or the slow retry, must. There only while it is True.",
  },
  {
    type: "Drifted",
    on: "all kinds",
    meaning: "A policy keeps a difference standing. There only while it is True.",
    reasons: { Different: "True: the message says what differs." },
  },
  {
    type: "Validated",
    on: "EmergencyAddress",
    meaning:
      "Twilio has an unedited Address of the desired content, whatever else keeps the object from Ready.",
  },
  {
    type: "Registered",
    on: "PhoneNumberBinding",
    meaning: "Twilio says registered, at the desired Address.",
    reasons: {
      Registered: "True.",
      RegisteredElsewhere: "False: registered, but at another Address.",
      NotRegistered: "False: the message has Twilio's word for it.",
    },
  },
  {
    type: "Unprotected",
    on: "PhoneNumberBinding with emergencyStatus Active",
    meaning: "The number has no registered address at all.",
    reasons: {
      NoRegisteredAddress: "True.",
      Protected: "False: at this or another address.",
      Uncertain: "Unknown: after a failed unregistration, or while Twilio shows a state in between.",
    },
  },
  {
    type: "EmergencyStatusApplied",
    on: "PhoneNumberBinding that had to ask",
    meaning: "Whether Twilio did what SetEmergencyStatus asked. For information.",
    reasons: {
      Applied: "True.",
      Requested: "Unknown: asked, and not answered yet.",
      IgnoredByTwilio: "False: Twilio decides this by country today. No fault, and never asked again.",
    },
  },
];

/** Events that belong to no write and to no reason. */
export const FURTHER_EVENTS: Readonly<Record<string, string>> = {
  DuplicateAddress:
    "Twilio has a second Address of the same content, which is never used: two processes wrote at the same moment.",
};
