/** What the operator processes of a case have sent, in their own order, and what of it was persisted when. */
import { objectOf, patchOf, type Call, type Message, type Sent } from "./calls.ts";

/** A disassociation that was sent while its record or a finalizer was missing. */
export interface Bare {
  readonly path: string;
  readonly at: number;
  readonly missing: string;
}

export class Trace {
  readonly bare: Bare[] = [];
  readonly #operations = new Set<string>();
  readonly #finalizers = new Set<string>();
  #open: Sent[] = [];

  add(message: Message): void {
    if (message.type === "armed") return;
    if (message.type === "sent") this.#sent(message);
    else this.#ended(message);
  }

  /** Whether a patch under way was carried out nobody knows: the benefit of the doubt goes to the operator. */
  died(): void {
    for (const { call } of this.#open) this.#persisted(call, "in doubt");
    this.#open = [];
  }

  #sent(message: Sent): void {
    if (message.call.to === "kube") this.#open.push(message);
    else if (new URLSearchParams(message.call.body).get("EmergencyAddressSid") === "") this.#look(message);
  }

  #ended({ id, call, type }: Sent): void {
    this.#open = this.#open.filter((sent) => sent.id !== id);
    if (call.to === "kube" && type !== "refused")
      this.#persisted(call, type === "lost" ? "in doubt" : "answered");
  }

  #persisted(call: Call, how: "answered" | "in doubt"): void {
    const { name } = objectOf(call);
    const { status, metadata } = patchOf(call);
    note(this.#operations, name, { value: status?.["operation"], how });
    const { finalizers } = metadata ?? {};
    note(this.#finalizers, name, { value: finalizers?.length === 0 ? null : finalizers, how });
  }

  /** Before a registered address is taken away: the finalizer and the record of the binding. */
  #look({ call, at }: Sent): void {
    const index = Number(/(\d{3})\.json$/.exec(call.path)?.[1] ?? 0);
    const name = index === 0 ? "desk" : `desk${index}`;
    const missing = [
      ...(this.#operations.has(name) ? [] : ["status.operation"]),
      ...(this.#finalizers.has(name) ? [] : ["the finalizer"]),
    ].join(" and ");
    if (missing !== "") this.bare.push({ path: call.path, at, missing });
  }
}

function note(
  known: Set<string>,
  name: string,
  { value, how }: { readonly value: unknown; readonly how: "answered" | "in doubt" },
): void {
  if (value === undefined) return;
  if (value !== null) known.add(name);
  else if (how === "answered") known.delete(name);
}
