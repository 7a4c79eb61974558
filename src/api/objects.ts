/** The four kinds as objects: what all have in common, their names and keys. */
import type { Kind } from "./names.ts";
import type {
  EmergencyAddressSpec,
  EmergencyAddressStatus,
  PhoneNumberBindingSpec,
  PhoneNumberBindingStatus,
  SIPDomainSettingSpec,
  SIPDomainSettingStatus,
  TwilioAccountSpec,
  TwilioAccountStatus,
} from "./types.gen.ts";

/** The part of metav1.ObjectMeta that we read. Times are RFC 3339. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly generation: number;
  readonly resourceVersion: string;
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One of our objects as the API server (or a manifest) gave it, frozen. */
export interface ObjectOf<K extends Kind, Spec, Status> {
  readonly apiVersion?: string;
  readonly kind: K;
  readonly metadata: ObjectMeta;
  readonly spec: Spec;
  readonly status?: Status;
}

export type TwilioAccount = ObjectOf<"TwilioAccount", TwilioAccountSpec, TwilioAccountStatus>;
export type EmergencyAddress = ObjectOf<"EmergencyAddress", EmergencyAddressSpec, EmergencyAddressStatus>;
export type PhoneNumberBinding = ObjectOf<
  "PhoneNumberBinding",
  PhoneNumberBindingSpec,
  PhoneNumberBindingStatus
>;
export type SIPDomainSetting = ObjectOf<"SIPDomainSetting", SIPDomainSettingSpec, SIPDomainSettingStatus>;

/** The kinds that stand for something at Twilio. */
export type Managed = EmergencyAddress | PhoneNumberBinding | SIPDomainSetting;
export type AnyObject = TwilioAccount | Managed;

export interface ObjectsByKind {
  TwilioAccount: TwilioAccount;
  EmergencyAddress: EmergencyAddress;
  PhoneNumberBinding: PhoneNumberBinding;
  SIPDomainSetting: SIPDomainSetting;
}

/** What names an object inside the cluster; `uid` tells a new one of the same name apart where it matters. */
export interface ObjectKey {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

/** `Kind/namespace/name`: the key in queues, logs and plans. */
export function keyOf(object: AnyObject): string {
  return `${object.kind}/${object.metadata.namespace}/${object.metadata.name}`;
}

export function annotation(object: AnyObject, name: string): string | undefined {
  return object.metadata.annotations?.[name];
}

export function isDeleting(object: AnyObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** Being deleted and held by nobody: the API server shows it once more, as the answer to the write that let it go. */
export function isGone(object: AnyObject): boolean {
  return isDeleting(object) && (object.metadata.finalizers ?? []).length === 0;
}
