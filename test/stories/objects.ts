/** The objects of one site at the API server, whose names begin with the site's id. */
import type { AnyObject, ObjectOf } from "../../src/api/objects.ts";
import type { ConditionSeen } from "../support/kstatus.ts";
import { eventually } from "./eventually.ts";
import type { Stage } from "./stage.ts";

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

export function condition(object: Seen | undefined, type = "Ready"): ConditionSeen | undefined {
  const conditions = object?.status["conditions"] as readonly ConditionSeen[] | undefined;
  return conditions?.find((candidate) => candidate.type === type);
}

export class SiteObjects {
  readonly stage: Stage;
  readonly id: string;
  readonly namespace: string;

  constructor(stage: Stage, id: string, namespace = stage.namespace) {
    this.stage = stage;
    this.id = id;
    this.namespace = namespace;
  }

  /** Makes the object, or merges this into its spec. Names begin with the site's id. */
  async apply(kind: Kind, name: string, spec: object, metadata: object = {}): Promise<void> {
    const full = this.named(kind, name);
    const exists = (await this.find(kind, name)) !== undefined;
    if (exists) {
      await this.patch(kind, name, { spec, metadata });
      return;
    }
    await this.ok("POST", `${API}/namespaces/${this.namespace}/${PLURAL[kind]}`, {
      apiVersion: "emergency.twilio-operator.io/v1alpha1",
      kind: KIND[kind],
      metadata: { name: full, ...metadata },
      spec,
    });
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
    await this.ok("PATCH", `${this.#path(kind, name)}${subresource}`, patch);
  }

  async annotate(kind: Kind, name: string, annotation: string, value?: string): Promise<void> {
    const text = value ?? this.named(kind, name);
    await this.patch(kind, name, { metadata: { annotations: { [`${PREFIX}${annotation}`]: text } } });
  }

  /** Approves what the object's pendingPlan asks for. */
  async approve(name: string): Promise<void> {
    const { status } = await this.get("binding", name);
    const { hash } = status["pendingPlan"] as { readonly hash: string };
    await this.annotate("binding", name, "approve", hash);
  }

  async delete(kind: Kind, name: string): Promise<void> {
    await this.ok("DELETE", this.#path(kind, name));
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
    ms = 30_000,
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

  async gone(kind: Kind, name: string, ms?: number): Promise<void> {
    let last: Seen | undefined;
    const isGone = await eventually(async () => {
      last = await this.find(kind, name);
      return last === undefined ? true : undefined;
    }, ms);
    if (isGone === undefined)
      throw new Error(`${kind} ${name} is still there:\n${JSON.stringify(last, null, 1)}`);
  }

  /** All objects of this site. */
  async objects(): Promise<readonly Seen[]> {
    const lists = await Promise.all(
      (Object.keys(PLURAL) as Kind[]).map(async (kind) => {
        const path = `${API}/namespaces/${this.namespace}/${PLURAL[kind]}`;
        const { items } = JSON.parse((await this.stage.plane.send("GET", path)).body) as {
          readonly items: readonly Seen[];
        };
        return items.map((item) => ({ ...item, kind: KIND[kind], status: item.status ?? {} }) as Seen);
      }),
    );
    return lists
      .flat()
      .filter(({ metadata: { name } }) => name === this.id || name.startsWith(`${this.id}-`));
  }

  named(kind: Kind, name: string): string {
    return kind === "account" ? name : `${this.id}-${name}`;
  }

  #path(kind: Kind, name: string): string {
    return `${API}/namespaces/${this.namespace}/${PLURAL[kind]}/${this.named(kind, name)}`;
  }

  protected async ok(method: string, path: string, body?: object): Promise<void> {
    const reply = await this.stage.plane.send(method, path, body);
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.body}`);
  }
}
