/** Names that users and GitOps tools rely on; a change here is a change for users. */
export const GROUP = "emergency.twilio-operator.io";
export const VERSION = "v1alpha1";
export const API_VERSION = `${GROUP}/${VERSION}`;

export const KINDS = ["TwilioAccount", "EmergencyAddress", "PhoneNumberBinding", "SIPDomainSetting"] as const;
export type Kind = (typeof KINDS)[number];

export const PLURALS: Readonly<Record<Kind, string>> = {
  TwilioAccount: "twilioaccounts",
  EmergencyAddress: "emergencyaddresses",
  PhoneNumberBinding: "phonenumberbindings",
  SIPDomainSetting: "sipdomainsettings",
};

export const FINALIZER = `${GROUP}/finalizer`;
/** Field manager of our server-side apply (finalizers only). */
export const FIELD_MANAGER = "twilio-emergency-operator";

export const ANNOTATION = {
  requestedAt: `${GROUP}/requested-at`,
  approve: `${GROUP}/approve`,
  confirmDelete: `${GROUP}/confirm-delete`,
  confirmAbandon: `${GROUP}/confirm-abandon`,
} as const;

/** The TwilioAccount that an absent accountRef means. */
export const DEFAULT_ACCOUNT = "default";
