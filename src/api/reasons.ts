/** Every reason of the Ready condition, and what it says about the other conditions. */

export interface Class {
  readonly ready: "True" | "False" | "Unknown";
  /** Something goes on, or will by itself. Never together with `stalled`. */
  readonly reconciling: boolean;
  /** Waiting does not help: a person, or the slow retry, must. */
  readonly stalled: boolean;
}

const settled: Class = { ready: "True", reconciling: false, stalled: false };
const working: Class = { ready: "Unknown", reconciling: true, stalled: false };
const stalled: Class = { ready: "False", reconciling: false, stalled: true };

export const REASONS = {
  Authenticated: settled,
  Validated: settled,
  Registered: settled,
  Unregistered: settled,
  Configured: settled,

  Pending: working,
  WaitingForAccount: working,
  WaitingForAddress: working,
  WaitingForNumber: working,
  PendingRegistration: working,
  PendingUnregistration: working,
  WaitingForBudget: working,
  AwaitingApproval: working,
  InUse: working,
  DeletionBlocked: working,
  ObservationStale: working,

  RolloutStopped: stalled,
  CredentialsRejected: stalled, // of an account; of its objects: working, see planner
  SecretNotFound: stalled,
  SecretInvalid: stalled,
  InvalidConfiguration: stalled,
  AddressRejected: stalled,
  RegistrationFailed: stalled,
  UnregistrationFailed: stalled,
  NumberNotFound: stalled, // the first minutes: working
  DomainNotFound: stalled,
  AddressNotFound: stalled,
  CountryMismatch: stalled,
  CallerNotRegistered: stalled,
  Conflict: stalled,
  AccountMismatch: stalled,
  RejectedByTwilio: stalled,
  NotConverging: stalled,
  UnexpectedState: stalled,

  Suspended: settled, // by truth, see policy
  Observing: settled,
} as const satisfies Record<string, Class>;

export type Reason = keyof typeof REASONS;

/** The exceptions that the table marks: the same reason while it may still heal by itself. */
export const WORKING = working;
