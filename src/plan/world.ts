/**
 * What the planner looks at. Everything here is read-only and synchronous; nothing changes while one plan is made.
 * A World is the objects of the cluster (or the manifests), what we know of each Twilio account, and now.
 */
import type {
  AnyObject,
  EmergencyAddress,
  PhoneNumberBinding,
  SIPDomainSetting,
  TwilioAccount,
} from "../api/objects.ts";
import type { AccountView, Failure } from "../twilio/types.ts";
import type { Timings } from "./timings.ts";

/** What is wrong with an account's credentials, if anything. */
export type CredentialState =
  | { readonly kind: "ok" }
  | { readonly kind: "unchecked" }
  | { readonly kind: "secretNotFound"; readonly message: string }
  | { readonly kind: "secretInvalid"; readonly message: string }
  | { readonly kind: "rejected"; readonly failure: Failure };

/** One TwilioAccount object with what is known behind it. */
export interface AccountState {
  readonly object: TwilioAccount;
  readonly credentials: CredentialState;
  /** When the credentials last changed in this process: pending slow retries start over. */
  readonly credentialsChangedAt?: number;
  /** The Twilio account, once the object's own credential has listed it. */
  readonly view?: AccountView;
  /** When the last successful observation began; from status.lastObservationTime after a restart. */
  readonly lastSuccessAt?: number;
  /** The last failure of the listing, for the message of ObservationStale. */
  readonly lastFailure?: Failure;
  /** The smallest spec.maxUnprotected of all objects of this Twilio account that have listed it. */
  readonly maxUnprotected: number;
  readonly maxStalenessMs: number;
  /** How often it is listed: spec.sweepInterval, or the flag. */
  readonly sweepIntervalMs: number;
}

/** Look-ups among the objects; all cheap. Two TwilioAccount objects may stand for one Twilio account. */
export interface Objects {
  account(namespace: string, name: string): TwilioAccount | undefined;
  address(namespace: string, name: string): EmergencyAddress | undefined;
  binding(namespace: string, name: string): PhoneNumberBinding | undefined;
  domain(namespace: string, name: string): SIPDomainSetting | undefined;
  /** All objects whose account resolves to this Twilio account. */
  addressesOf(accountSid: string): readonly EmergencyAddress[];
  bindingsOf(accountSid: string): readonly PhoneNumberBinding[];
  domainsOf(accountSid: string): readonly SIPDomainSetting[];
  /** Bindings of this Twilio account whose spec names this sid or phone number. */
  bindingsNaming(
    accountSid: string,
    number: { readonly sid?: string; readonly phoneNumber?: string },
  ): readonly PhoneNumberBinding[];
  /** Bindings whose spec.addressRef, or whose number, points at this address object. */
  bindingsReferringTo(address: EmergencyAddress): readonly PhoneNumberBinding[];
}

/** The last write that Twilio accepted for an object, kept in the process: the same one twice does not converge. */
export interface LastWrite {
  /** Step type, target and the inputs that justify a repetition (generation, requested-at). */
  readonly signature: string;
  readonly at: number;
}

export interface World {
  readonly now: number;
  /** Owner part of our tags. */
  readonly ownerId: string;
  /** Nothing observed before this counts for a write (take-over of leadership, or start). */
  readonly trustedSince: number;
  readonly timings: Timings;
  readonly dryRun: boolean;
  /** Outside a cluster: approvals come from the command line and are computed without uid and generation. */
  readonly commandLine?: { readonly approvals: readonly string[] };
  readonly objects: Objects;
  account(namespace: string, name: string): AccountState | undefined;
  lastWrite(object: AnyObject): LastWrite | undefined;
  /** Since when every plan of this object has named this `watch` label; undefined before the first. */
  watchedSince(object: AnyObject, label: string): number | undefined;
}
