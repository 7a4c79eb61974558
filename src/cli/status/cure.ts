/** For every reason that somebody may have to act on: what to do, in one line. */
import { PLURALS } from "../../api/names.ts";
import type { AnyObject } from "../../api/objects.ts";
import type { Reason } from "../../api/reasons.ts";

/** What helps, or undefined where nothing has to be done. The condition's message says what happened. */
export function cureOf(object: AnyObject, reason: Reason): string | undefined {
  const { namespace, name } = object.metadata;
  const edit = `kubectl -n ${namespace} edit ${PLURALS[object.kind]} ${name}`;
  return CURES[reason]?.({ namespace, name, edit, object });
}

interface Place {
  readonly namespace: string;
  readonly name: string;
  readonly edit: string;
  readonly object: AnyObject;
}

type Cure = (place: Place) => string;

const secret = ({ object, namespace }: Place): string => {
  const name = object.kind === "TwilioAccount" ? object.spec.credentialsSecretRef.name : undefined;
  return name === undefined
    ? "look at the TwilioAccount: its Secret has to be corrected"
    : `create it: kubectl -n ${namespace} create secret generic ${name} --from-literal=authToken=…`;
};
const approve = ({ object, namespace, name }: Place): string =>
  `look at it and approve it: twilio-emergency approve ${object.kind}/${name} --namespace ${namespace}`;
const spec =
  (what: string): Cure =>
  ({ edit }) =>
    `${what}: ${edit}`;
const say =
  (what: string): Cure =>
  () =>
    what;

/** No entry: nothing to do, or nothing but to wait. */
const CURES: Readonly<Partial<Record<Reason, Cure>>> = {
  AwaitingApproval: approve,
  InUse: (place) => `give the domain another emergency caller first, or ${approve(place)}`,
  DeletionBlocked: say("do what the message says, or set spec.deletionPolicy to Retain"),
  WaitingForAccount: say("look at the TwilioAccount that accountRef names"),
  WaitingForAddress: say("look at the EmergencyAddress that addressRef names"),
  WaitingForNumber: say("look at the PhoneNumberBinding that emergencyCallerRef names"),
  ObservationStale: say("see why Twilio is not reached: twilio-emergency doctor"),
  RolloutStopped: say("correct the EmergencyAddress, or look at the number that failed there"),
  CredentialsRejected: say("correct the Secret; it is tried again at once when it changes"),
  SecretNotFound: secret,
  SecretInvalid: say("give the Secret the key authToken, or apiKeySid and apiKeySecret"),
  InvalidConfiguration: spec("correct the spec"),
  AddressRejected: spec("correct the address (status.suggestedAddress has Twilio's suggestion, if any)"),
  RegistrationFailed: spec("correct the address that the number refers to, or try again with requested-at"),
  UnregistrationFailed: say("ask Twilio's support about the number; it is tried again slowly"),
  NumberNotFound: spec("correct the number, or buy it in this account"),
  DomainNotFound: spec("correct the domain, or create it at Twilio"),
  AddressNotFound: spec("correct spec.sid, or remove the object"),
  CountryMismatch: spec("refer to an address in the number's own country"),
  CallerNotRegistered: say("register an address for the emergency caller, or name another caller"),
  Conflict: say("remove one of the two objects that name the same thing at Twilio"),
  AccountMismatch: spec("name the account it was made for, or use another object"),
  RejectedByTwilio: spec("do what Twilio's message says"),
  NotConverging: say("report this: the operator wrote the same twice without effect"),
  UnexpectedState: say("report this with the object's status: no rule knows the state"),
};
