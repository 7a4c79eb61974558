/**
 * What every object's status must satisfy, whatever the story: the Kubernetes conventions, kstatus, and the table of
 * reasons that users rely on. Written down a second time on purpose: it judges src/api/reasons.ts, so it must not use it.
 */
import type { TwilioJson } from "./emulator.ts";

export interface ConditionSeen {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime?: string;
  readonly observedGeneration?: number;
}

/** An object as the API server returns it. */
export interface ObjectSeen {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly generation?: number | undefined;
    readonly deletionTimestamp?: string | undefined;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
}

type Verdict = "settled" | "working" | "stalled";

const VERDICTS: Readonly<Record<string, readonly Verdict[]>> = {
  Authenticated: ["settled"],
  Validated: ["settled"],
  Registered: ["settled"],
  Unregistered: ["settled"],
  Configured: ["settled"],
  Pending: ["working"],
  WaitingForAccount: ["working"],
  WaitingForAddress: ["working"],
  WaitingForNumber: ["working"],
  PendingRegistration: ["working"],
  PendingUnregistration: ["working"],
  WaitingForBudget: ["working"],
  AwaitingApproval: ["working"],
  InUse: ["working"],
  RolloutStopped: ["stalled"],
  DeletionBlocked: ["working"],
  ObservationStale: ["working"],
  SecretNotFound: ["stalled"],
  SecretInvalid: ["stalled"],
  InvalidConfiguration: ["stalled"],
  AddressRejected: ["stalled"],
  RegistrationFailed: ["stalled"],
  UnregistrationFailed: ["stalled"],
  NumberNotFound: ["working", "stalled"],
  DomainNotFound: ["working", "stalled"],
  AddressNotFound: ["working", "stalled"],
  CountryMismatch: ["stalled"],
  CallerNotRegistered: ["stalled"],
  Conflict: ["stalled"],
  AccountMismatch: ["stalled"],
  RejectedByTwilio: ["stalled"],
  NotConverging: ["stalled"],
  UnexpectedState: ["stalled"],
};

const READY_OF: Readonly<Record<Verdict, string>> = { settled: "True", working: "Unknown", stalled: "False" };

/** On which kinds a reason may stand; what is not here may stand on all. */
const KINDS_OF: Readonly<Record<string, readonly string[]>> = {
  Authenticated: ["TwilioAccount"],
  SecretNotFound: ["TwilioAccount"],
  SecretInvalid: ["TwilioAccount"],
  InvalidConfiguration: ["TwilioAccount"],
  Validated: ["EmergencyAddress"],
  AddressRejected: ["EmergencyAddress"],
  AddressNotFound: ["EmergencyAddress"],
  Configured: ["SIPDomainSetting"],
  DomainNotFound: ["SIPDomainSetting"],
  CallerNotRegistered: ["SIPDomainSetting"],
  ...Object.fromEntries(
    [
      "Registered",
      "Unregistered",
      "PendingRegistration",
      "PendingUnregistration",
      "WaitingForBudget",
      "AwaitingApproval",
      "InUse",
      "RolloutStopped",
      "RegistrationFailed",
      "UnregistrationFailed",
      "NumberNotFound",
      "CountryMismatch",
    ].map((reason) => [reason, ["PhoneNumberBinding"]]),
  ),
};

export function conditionsOf(object: ObjectSeen): readonly ConditionSeen[] {
  return (object.status["conditions"] as readonly ConditionSeen[] | undefined) ?? [];
}

/** Every sentence that this object's status breaks. */
export function violationsOf(object: ObjectSeen): readonly string[] {
  const conditions = conditionsOf(object);
  const found = [...shape(object, conditions), ...verdict(object, conditions)];
  return found.map((sentence) => `${object.kind} ${object.metadata.name}: ${sentence}`);
}

function shape(object: ObjectSeen, conditions: readonly ConditionSeen[]): readonly string[] {
  const found: string[] = [];
  const types = conditions.map(({ type }) => type);
  const generation = object.metadata.generation ?? 0;
  if (new Set(types).size !== types.length) found.push("a condition stands there twice");
  if (Number(object.status["observedGeneration"] ?? -1) > generation)
    found.push("observedGeneration is ahead of the object");
  return [...found, ...conditions.flatMap((condition) => shapeOf(condition, generation))];
}

function shapeOf(condition: ConditionSeen, generation: number): readonly string[] {
  const { type, status, reason, message, observedGeneration = generation + 1 } = condition;
  const found: string[] = [];
  if (!["True", "False", "Unknown"].includes(status)) found.push(`${type} has no status`);
  if (!/^[A-Z][A-Za-z]+$/.test(reason)) found.push(`${type} has no reason`);
  if (message.trim() === "") found.push(`${type} has no message`);
  if (/undefined|\[object|NaN|null/.test(message)) found.push(`${type} says "${message}"`);
  if (observedGeneration > generation) found.push(`${type} has no observedGeneration of the object`);
  return found;
}

function verdict(object: ObjectSeen, conditions: readonly ConditionSeen[]): readonly string[] {
  if (object.status["observedGeneration"] === -1) return [];
  const of = (type: string): ConditionSeen | undefined => conditions.find((one) => one.type === type);
  const ready = of("Ready");
  if (ready === undefined) return ["there is no Ready"];
  const isReconciling = of("Reconciling")?.status === "True";
  const isStalled = of("Stalled")?.status === "True";
  const found: string[] = [];
  if (isReconciling && isStalled) found.push("Reconciling and Stalled together");
  return [...found, ...ofReason(object, ready, { isReconciling, isStalled })];
}

interface Flags {
  readonly isReconciling: boolean;
  readonly isStalled: boolean;
}

function ofReason(object: ObjectSeen, ready: ConditionSeen, flags: Flags): readonly string[] {
  const { reason, status } = ready;
  const found: string[] = [];
  // By truth: Ready may be anything, but nothing is going on and nobody has to come.
  if (reason === "Suspended" || reason === "Observing")
    return verdictOf(flags) === "settled" ? [] : [`${reason} is ${verdictOf(flags)}`];
  const isOn = KINDS_OF[reason]?.includes(object.kind) ?? true;
  if (!isOn) found.push(`${reason} is no reason of this kind`);
  const is = verdictOf(flags);
  if (!allowed(object, reason).includes(is)) found.push(`${reason} is ${is}`);
  if (READY_OF[is] !== status) found.push(`${reason}: Ready is ${status}, and it is ${is}`);
  return found;
}

function verdictOf({ isReconciling, isStalled }: Flags): Verdict {
  if (isStalled) return "stalled";
  return isReconciling ? "working" : "settled";
}

function allowed(object: ObjectSeen, reason: string): readonly Verdict[] {
  if (reason === "CredentialsRejected") return object.kind === "TwilioAccount" ? ["stalled"] : ["working"];
  return VERDICTS[reason] ?? [];
}

/** S1: what is said to be registered is registered at Twilio, at an Address of the desired content. */
export function falselyRegistered(
  objects: readonly ObjectSeen[],
  twilio: { readonly numbers: readonly TwilioJson[]; readonly addresses: readonly TwilioJson[] },
): readonly string[] {
  const claims = objects.filter((object) =>
    conditionsOf(object).some(
      ({ type, status, reason }) => type === "Ready" && status === "True" && reason === "Registered",
    ),
  );
  return claims.flatMap((binding) => {
    const number = twilio.numbers.find(({ sid }) => sid === binding.status["phoneNumberSid"]);
    const address = twilio.addresses.find(({ sid }) => sid === number?.["emergency_address_sid"]);
    const wanted = objects.find(
      ({ kind, metadata }) =>
        kind === "EmergencyAddress" &&
        metadata.name === (binding.spec["addressRef"] as { readonly name?: string } | undefined)?.name,
    );
    const isSo =
      number?.["emergency_address_status"] === "registered" &&
      (wanted === undefined || same(address?.["street"], wanted.spec["street"]));
    return isSo
      ? []
      : [`${binding.metadata.name} is said to be Registered; Twilio has ${JSON.stringify(number)}`];
  });
}

function same(stored: unknown, wanted: unknown): boolean {
  return String(stored).toLowerCase() === String(wanted).toLowerCase();
}
