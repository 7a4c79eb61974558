/** One story's world: a Twilio account at the emulator and the objects that stand for it. */
import type { AccountState, RequestRecord, Violation } from "../support/emulator.ts";
import { falselyRegistered, violationsOf } from "../support/kstatus.ts";
import { CONTENT } from "../support/planning.ts";
import { eventually } from "./eventually.ts";
import { SiteObjects } from "./objects.ts";
import type { Stage } from "./stage.ts";
import { inWords } from "./words.ts";

export { condition, type Kind, type Seen } from "./objects.ts";
export { eventually } from "./eventually.ts";

export interface SiteOptions {
  /** How many numbers the account has; default 1. */
  readonly numbers?: number;
  readonly domains?: number;
  /** Where the objects are; default: the namespace of the stage. */
  readonly namespace?: string;
  /** false: the TwilioAccount object comes from elsewhere. */
  readonly accountObject?: false;
  /** So many further numbers, without an object, that Twilio lists before them. */
  readonly before?: number;
  /** Addresses in Twilio's JSON names, foreign to the operator. */
  readonly addresses?: readonly object[];
  /** Of the TwilioAccount object. */
  readonly account?: object;
  /** Fields of the numbers in Twilio's JSON names, by index. */
  readonly slots?: readonly object[];
}

interface Slot {
  readonly emergency_address_sid: string | null;
  readonly emergency_address_status: string | null;
}

export class Site extends SiteObjects {
  readonly sid: string;
  readonly options: SiteOptions;
  #token = "token";
  #since = 0;

  constructor(stage: Stage, index: number, options: SiteOptions) {
    super(stage, `s${index}`, options.namespace);
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
    const line = 1000 + (Number(this.sid.slice(-4)) % 400) * 20 + index;
    return `+1303555${String(line).padStart(4, "0")}`;
  }

  async open(): Promise<void> {
    const { numbers = 1, domains = 0, addresses = [], slots = [], before = 0 } = this.options;
    const others = Array.from({ length: before }, (_, index) => ({
      sid: `PN${this.sid.slice(14)}9${String(index).padStart(11, "0")}`,
      phone_number: `+1720${String(2_000_000 + index)}`,
    }));
    const own = Array.from({ length: numbers }, (_, index) => ({
      sid: this.numberSid(index),
      phone_number: this.phoneNumber(index),
      ...slots[index],
    }));
    await this.control.addAccount({
      sid: this.sid,
      authToken: this.#token,
      addresses,
      numbers: [...others, ...own],
      domains: Array.from({ length: domains }, (_, index) => ({
        sid: this.domainSid(index),
        domain_name: `${this.id}-${index}.sip.twilio.com`,
      })),
    });
    await this.#name();
  }

  /** The same account, named in another namespace that the stage serves as well. */
  async alsoIn(namespace: string): Promise<Site> {
    const same = new Site(this.stage, Number(this.id.slice(1)), { ...this.options, namespace });
    await same.#name();
    return same;
  }

  /** The TwilioAccount object and its Secret. */
  async #name(): Promise<void> {
    await this.secret({ authToken: this.#token });
    if (this.options.accountObject === false) return;
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
    await this.ok("POST", path, body);
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
      addressRef: { name: this.named("address", "hq") },
      ...spec,
    });
  }

  /** A domain object, enabled, with the binding as its caller where one is named. */
  domain(name = "sip", spec: object = {}, caller?: string): Promise<void> {
    const ref = caller === undefined ? {} : { emergencyCallerRef: { name: this.named("binding", caller) } };
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
    const last = (await this.control.requests(this.#since, this.sid)).at(-1);
    this.#since = last?.id ?? this.#since;
  }

  async records(): Promise<readonly RequestRecord[]> {
    return this.control.requests(this.#since, this.sid);
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
    const from = (await this.control.requests(this.#since, this.sid)).at(-1)?.id ?? this.#since;
    const listed = await eventually(async () => {
      const records = await this.control.requests(from, this.sid);
      const lists = records.filter(({ path }) => path.endsWith("/SIP/Domains.json"));
      return lists.length >= 2 ? true : undefined;
    });
    if (listed === undefined) throw new Error("the account is not listed any more");
  }

  /** What must hold after every story. Excused is what the story itself has provoked. */
  async check(isExcused: (violation: Violation) => boolean = () => false): Promise<void> {
    const account = await this.twilio();
    const sids = new Set(
      [...account.numbers, ...account.addresses, ...account.domains].map(({ sid }) => sid),
    );
    const { violations } = await this.control.timeline();
    const ours = violations.filter((violation) => sids.has(violation.sid) && !isExcused(violation));
    if (ours.length > 0) throw new Error(`what a careful client never does: ${JSON.stringify(ours)}`);
    const tags = account.addresses.map((address) => address["friendly_name"] as string);
    const twice = tags.filter((tag, index) => tag.startsWith("te") && tags.indexOf(tag) !== index);
    if (twice.length > 0) throw new Error(`more than one live Address of ${twice.join(", ")}`);
    await this.#checkStatuses();
  }

  /** At once, but for what a story did at Twilio a moment ago: that may take the operator a listing to see. */
  async #checkStatuses(): Promise<void> {
    let found: readonly string[] = [];
    const isSo = await eventually(async () => {
      const [objects, twilio] = await Promise.all([this.objects(), this.twilio()]);
      const broken = objects.flatMap((object) => violationsOf(object));
      if (broken.length > 0) throw new Error(broken.join("\n"));
      found = falselyRegistered(objects, twilio);
      return found.length === 0 ? true : undefined;
    }, 3_000);
    if (isSo === undefined) throw new Error(found.join("\n"));
  }
}

export function deskOf(index: number): string {
  return index === 0 ? "desk" : `desk${index}`;
}
