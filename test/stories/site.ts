/** One story's world: a Twilio account at the emulator and the objects that stand for it. */
import type { AnyObject, ObjectOf } from "../../src/api/objects.ts";
import type { AccountState, RequestRecord } from "../support/emulator.ts";
import { CONTENT } from "../support/planning.ts";
import type { Stage } from "./stage.ts";

export interface SiteOptions {
  /** How many numbers the account has; default 1. */
  readonly numbers?: number;
  readonly domains?: number;
  /** Addresses in Twilio's JSON names, foreign to the operator. */
  readonly addresses?: readonly object[];
  /** Of the TwilioAccount object. */
  readonly account?: object;
  /** Fields of the numbers in Twilio's JSON names, by index. */
  readonly slots?: readonly object[];
}

/** An object as a story reads it: fields that are not there are undefined. */
export type Seen = Omit<AnyObject, "spec" | "status" | "metadata"> & {
  readonly metadata: ObjectOf<"PhoneNumberBinding", unknown, unknown>["metadata"];
  readonly spec: Readonly<Record<string, unknown>>;
  // oxlint-disable-next-line typescript/no-explicit-any -- stories read what users read, whatever the kind
  readonly status: Readonly<Record<string, any>>;
};

export type Kind = "account" | "address" | "binding" | "domain";

const PLURAL: Readonly<Record<Kind, string>> = {
  account: "twilioaccounts",
  address: "emergencyaddresses",
  binding: "phonenumberbindings",
  domain: "sipdomainsettings",
};
const KIND: Readonly<Record<Kind, string>> = {
  account: "TwilioAccount",
  address: "EmergencyAddress",
  binding: "PhoneNumberBinding",
  domain: "SIPDomainSetting",
};
const API = "/apis/emergency.twilio-operator.io/v1alpha1";
const PREFIX = "emergency.twilio-operator.io/";

export interface ConditionSeen {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

export function condition(object: Seen | undefined, type = "Ready"): ConditionSeen | undefined {
  const conditions = object?.status["conditions"] as readonly ConditionSeen[] | undefined;
  return conditions?.find((candidate) => candidate.type === type);
}

interface Slot {
  readonly emergency_address_sid: string | null;
  readonly emergency_address_status: string | null;
}

export class Site {
  readonly stage: Stage;
  readonly id: string;
  readonly sid: string;
  readonly options: SiteOptions;
  readonly namespace: string;
  #token = "token";
  #since = 0;

  constructor(stage: Stage, index: number, options: SiteOptions) {
    this.stage = stage;
    this.id = `s${index}`;
    this.namespace = stage.namespace;
    this.options = options;
    this.sid = `AC${String(index).padStart(32, "0")}`;
  }

  /** Numbers and domains have the same sids in every account but for its own part. */
  numberSid(index = 0): string {
    return `PN${this.sid.slice(14)}${String(index).padStart(12, "0")}`;
  }

  domainSid(index = 0): string {
    return `SD${this.sid.slice(14)}${String(index).padStart(12, "0")}`;
  }

  phoneNumber(index = 0): string {
    const line = 1000 + Number(this.sid.slice(-4)) * 20 + index;
    return `+1303555${String(line).padStart(4, "0")}`;
  }

  async open(): Promise<void> {
    const { numbers = 1, domains = 0, addresses = [], slots = [] } = this.options;
    await this.control.addAccount({
      sid: this.sid,
      authToken: this.#token,
      addresses,
      numbers: Array.from({ length: numbers }, (_, index) => ({
        sid: this.numberSid(index),
        phone_number: this.phoneNumber(index),
        ...slots[index],
      })),
      domains: Array.from({ length: domains }, (_, index) => ({
        sid: this.domainSid(index),
        domain_name: `${this.id}-${index}.sip.twilio.com`,
      })),
    });
    await this.secret({ authToken: this.#token });
    await this.apply("account", this.id, {
      accountSid: this.sid,
      credentialsSecretRef: { name: this.id },
      ...this.options.account,
    });
  }

  get control(): Stage["control"] {
    return this.stage.control;
  }

  /** Makes or replaces the Secret of the account. */
  async secret(data: Readonly<Record<string, string>>): Promise<void> {
    const path = `/api/v1/namespaces/${this.namespace}/secrets`;
    const body = { metadata: { name: this.id }, stringData: data };
    await this.stage.plane.send("DELETE", `${path}/${this.id}`);
    await this.#ok("POST", path, body);
  }

  /** Makes the object, or merges this into its spec. Names begin with the site's id. */
  async apply(kind: Kind, name: string, spec: object, metadata: object = {}): Promise<void> {
    const full = this.#name(kind, name);
    const exists = (await this.find(kind, name)) !== undefined;
    if (exists) {
      await this.patch(kind, name, { spec, metadata });
      return;
    }
    await this.#ok("POST", `${API}/namespaces/${this.namespace}/${PLURAL[kind]}`, {
      apiVersion: "emergency.twilio-operator.io/v1alpha1",
      kind: KIND[kind],
      metadata: { name: full, ...metadata },
      spec,
    });
  }

  /** An EmergencyAddress of the usual content. */
  address(name = "hq", spec: object = {}): Promise<void> {
    return this.apply("address", name, { accountRef: { name: this.id }, ...CONTENT, ...spec });
  }

  /** A binding of the number of this index to the address `hq`. */
  binding(name = "desk", index = 0, spec: object = {}): Promise<void> {
    return this.apply("binding", name, {
      accountRef: { name: this.id },
      phoneNumberSid: this.numberSid(index),
      addressRef: { name: this.#name("address", "hq") },
      ...spec,
    });
  }

  /** A domain object, enabled, with the binding as its caller where one is named. */
  domain(name = "sip", spec: object = {}, caller?: string): Promise<void> {
    const ref = caller === undefined ? {} : { emergencyCallerRef: { name: this.#name("binding", caller) } };
    return this.apply("domain", name, {
      accountRef: { name: this.id },
      domainSid: this.domainSid(),
      emergencyCallingEnabled: true,
      ...ref,
      ...spec,
    });
  }

  /** An address and `count` bindings to it, registered. */
  async settled(count = 1, binding: object = {}, address: object = {}): Promise<void> {
    await this.address("hq", address);
    for (let index = 0; index < count; index += 1) await this.binding(deskOf(index), index, binding);
    for (let index = 0; index < count; index += 1) await this.reason("binding", deskOf(index), "Registered");
    await this.quiet();
    await this.mark();
  }

  async find(kind: Kind, name: string): Promise<Seen | undefined> {
    const reply = await this.stage.plane.send("GET", this.#path(kind, name));
    if (reply.status === 404) return undefined;
    const object = JSON.parse(reply.body) as Seen;
    return { ...object, status: object.status ?? {} };
  }

  async get(kind: Kind, name: string): Promise<Seen> {
    const object = await this.find(kind, name);
    if (object === undefined) throw new Error(`${kind} ${name} does not exist`);
    return object;
  }

  async patch(kind: Kind, name: string, patch: object, subresource = ""): Promise<void> {
    await this.#ok("PATCH", `${this.#path(kind, name)}${subresource}`, patch);
  }

  async annotate(kind: Kind, name: string, annotation: string, value?: string): Promise<void> {
    const text = value ?? this.#name(kind, name);
    await this.patch(kind, name, { metadata: { annotations: { [`${PREFIX}${annotation}`]: text } } });
  }

  /** Approves what the object's pendingPlan asks for. */
  async approve(name: string): Promise<void> {
    const { status } = await this.get("binding", name);
    const { hash } = status["pendingPlan"] as { readonly hash: string };
    await this.annotate("binding", name, "approve", hash);
  }

  async delete(kind: Kind, name: string): Promise<void> {
    await this.#ok("DELETE", this.#path(kind, name));
  }

  /** Somebody wipes the status, as a restored backup does. */
  async wipe(kind: Kind, name: string): Promise<void> {
    const { status } = await this.get(kind, name);
    const nothing = Object.fromEntries(Object.keys(status).map((field) => [field, null]));
    await this.patch(kind, name, { status: { ...nothing, observedGeneration: -1 } }, "/status");
  }

  /** Waits until the object is as the test says, and returns it. */
  // oxlint-disable-next-line max-params -- it reads as a sentence
  async until(
    kind: Kind,
    name: string,
    what: string,
    test: (object: Seen) => boolean,
    ms = 10_000,
  ): Promise<Seen> {
    let last: Seen | undefined;
    const found = await eventually(async () => {
      last = await this.find(kind, name);
      return last !== undefined && test(last) ? last : undefined;
    }, ms);
    if (found !== undefined) return found;
    const { conditions: _, ...status } = last?.status ?? {};
    const tail = this.stage.operator.log.filter((line) => line.includes(`/${this.id}`)).slice(-8);
    const is = [JSON.stringify(condition(last)), JSON.stringify(status)];
    throw new Error([`${kind} ${name} did not become: ${what}`, ...is, ...tail].join("\n"));
  }

  /** Waits for this reason of Ready, of the present generation. */
  reason(kind: Kind, name: string, reason: string, ms?: number): Promise<Seen> {
    const isThat = (object: Seen): boolean =>
      condition(object)?.reason === reason &&
      object.status["observedGeneration"] === object.metadata.generation;
    return this.until(kind, name, reason, isThat, ms);
  }

  async gone(kind: Kind, name: string): Promise<void> {
    let last: Seen | undefined;
    const isGone = await eventually(async () => {
      last = await this.find(kind, name);
      return last === undefined ? true : undefined;
    });
    if (isGone === undefined)
      throw new Error(`${kind} ${name} is still there:\n${JSON.stringify(last, null, 1)}`);
  }

  /** What Twilio has now. */
  twilio(): Promise<AccountState> {
    return this.control.account(this.sid);
  }

  /** The number of this index at Twilio, as `AD… registered`. */
  async slot(index = 0): Promise<string> {
    const number = (await this.twilio()).numbers.find(({ sid }) => sid === this.numberSid(index));
    const { emergency_address_sid: sid, emergency_address_status: status } = number as unknown as Slot;
    return `${sid ?? ""} ${status ?? ""}`.trim();
  }

  async untilSlot(slot: string | RegExp, index = 0): Promise<void> {
    let last = "";
    const found = await eventually(async () => {
      last = await this.slot(index);
      return (typeof slot === "string" ? last === slot : slot.test(last)) ? true : undefined;
    });
    if (found === undefined) throw new Error(`number ${index} is "${last}", not "${String(slot)}"`);
  }

  edit(resourceSid: string, fields: object): Promise<unknown> {
    return this.control.edit(this.sid, resourceSid, fields);
  }

  editNumber(fields: object, index = 0): Promise<unknown> {
    return this.edit(this.numberSid(index), fields);
  }

  /** Writes are counted from here on. */
  async mark(): Promise<void> {
    const last = (await this.control.requests(this.#since)).at(-1);
    this.#since = last?.id ?? this.#since;
  }

  async records(): Promise<readonly RequestRecord[]> {
    const records = await this.control.requests(this.#since);
    return records.filter((record) => record.accountSid === this.sid);
  }

  /** The writes since the mark, in words: `create`, `associate 0`, `disassociate 0`, `delete`, `enable`, … */
  async writes(): Promise<readonly string[]> {
    const records = await this.control.writes(this.sid, this.#since);
    return records.map((record) => inWords(record));
  }

  async untilWrites(wanted: readonly string[]): Promise<void> {
    let last: readonly string[] = [];
    const found = await eventually(async () => {
      last = await this.writes();
      return last.length >= wanted.length ? true : undefined;
    });
    if (found === undefined || last.join() !== wanted.join())
      throw new Error(`written was [${last.join(", ")}], not [${wanted.join(", ")}]`);
  }

  /** Waits until the operator has listed the account twice more: whatever it would do by itself, it has begun. */
  async quiet(): Promise<void> {
    const from = (await this.control.requests()).at(-1)?.id ?? 0;
    const listed = await eventually(async () => {
      const records = await this.control.requests(from);
      const lists = records.filter(
        ({ accountSid, path }) => accountSid === this.sid && path.endsWith("/SIP/Domains.json"),
      );
      return lists.length >= 2 ? true : undefined;
    });
    if (listed === undefined) throw new Error("the account is not listed any more");
  }

  /** What must hold after every story. */
  async check(): Promise<void> {
    const account = await this.twilio();
    const sids = new Set(
      [...account.numbers, ...account.addresses, ...account.domains].map(({ sid }) => sid),
    );
    const { violations } = await this.control.timeline();
    const ours = violations.filter(({ sid }) => sids.has(sid));
    if (ours.length > 0) throw new Error(`what a careful client never does: ${JSON.stringify(ours)}`);
    const tags = account.addresses.map((address) => address["friendly_name"] as string);
    const twice = tags.filter((tag, index) => tag.startsWith("te") && tags.indexOf(tag) !== index);
    if (twice.length > 0) throw new Error(`more than one live Address of ${twice.join(", ")}`);
  }

  #name(kind: Kind, name: string): string {
    return kind === "account" ? name : `${this.id}-${name}`;
  }

  #path(kind: Kind, name: string): string {
    return `${API}/namespaces/${this.namespace}/${PLURAL[kind]}/${this.#name(kind, name)}`;
  }

  async #ok(method: string, path: string, body?: object): Promise<void> {
    const reply = await this.stage.plane.send(method, path, body);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.body}`);
  }
}

function inWords(record: RequestRecord): string {
  const { method, path } = record;
  if (path.endsWith("/Addresses.json")) return "create";
  if (path.includes("/Addresses/")) return method === "DELETE" ? "delete" : "update address";
  return path.includes("/IncomingPhoneNumbers/") ? toNumber(record) : toDomain(record);
}

function toNumber({ path, form }: RequestRecord): string {
  const index = Number(/(\d{3})\.json$/.exec(path)?.[1] ?? 0);
  if (form["EmergencyStatus"] !== undefined) return `ask ${form["EmergencyStatus"]} ${index}`;
  return `${form["EmergencyAddressSid"] === "" ? "disassociate" : "associate"} ${index}`;
}

function toDomain({ form }: RequestRecord): string {
  if (form["EmergencyCallingEnabled"] !== undefined)
    return form["EmergencyCallingEnabled"] === "true" ? "enable" : "disable";
  return form["EmergencyCallerSid"] === "" ? "clear caller" : "set caller";
}

export function deskOf(index: number): string {
  return index === 0 ? "desk" : `desk${index}`;
}

/** Asks again and again until there is an answer; undefined when there was none in time. */
export async function eventually<T>(ask: () => Promise<T | undefined>, ms = 10_000): Promise<T | undefined> {
  for (const until = Date.now() + ms; ;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() > until) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
