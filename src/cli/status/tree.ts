/** The objects as a tree: account → addresses → numbers → domains, what needs attention first at every level. */
import { findCondition } from "../../api/conditions.ts";
import { DEFAULT_ACCOUNT } from "../../api/names.ts";
import { keyOf, type AnyObject, type Managed } from "../../api/objects.ts";
import type { Condition } from "../../api/types.gen.ts";

export interface Node {
  /** Absent: a heading for those that belong below nothing that exists. */
  readonly object?: AnyObject;
  readonly heading?: string;
  readonly children: readonly Node[];
  /** Of the node and all below it. */
  readonly severity: Severity;
}

/** 0: a person must act; 1: unprotected or waiting for somebody; 2: under way; 3: settled. */
export type Severity = 0 | 1 | 2 | 3;

/** Reasons that are "under way", but only until somebody does something. */
const WAITS_FOR_SOMEBODY: ReadonlySet<string> = new Set([
  "AwaitingApproval",
  "InUse",
  "DeletionBlocked",
  "CredentialsRejected",
  "ObservationStale",
]);

/** Ready as it stands; one of an older generation says nothing about the present spec. */
export function readyOf(object: AnyObject): Condition | undefined {
  return findCondition(object.status?.conditions, "Ready");
}

export function severityOf(object: AnyObject): Severity {
  const { status, reason } = readyOf(object) ?? NOT_LOOKED_AT;
  if (status === "False" || isTrue(object, "Stalled")) return 0;
  const isOpen = isTrue(object, "Unprotected") || isTrue(object, "Drifted");
  if (isOpen || WAITS_FOR_SOMEBODY.has(reason)) return 1;
  return status === "True" && isCurrent(object) ? 3 : 2;
}

const NOT_LOOKED_AT = { status: "Unknown", reason: "Pending" };

function isTrue({ status }: AnyObject, type: string): boolean {
  return findCondition(status?.conditions, type)?.status === "True";
}

function isCurrent({ status, metadata }: AnyObject): boolean {
  return status?.observedGeneration === metadata.generation;
}

/** Problems of all objects, the worst and the longest first. */
export function problemsOf(objects: readonly AnyObject[]): readonly AnyObject[] {
  return objects
    .filter((object) => severityOf(object) < 2)
    .toSorted(
      (a, b) =>
        severityOf(a) - severityOf(b) ||
        (readyOf(a)?.lastTransitionTime ?? "").localeCompare(readyOf(b)?.lastTransitionTime ?? "") ||
        keyOf(a).localeCompare(keyOf(b)),
    );
}

export function treeOf(objects: readonly AnyObject[]): readonly Node[] {
  const index = new Below(objects);
  const accounts = index.ofKind("TwilioAccount").map((account) => index.node(account));
  const orphaned = objects.filter((object) => !index.isPlaced(object)).map((object) => index.node(object));
  const rest = orphaned.length === 0 ? [] : [group("objects whose account does not exist", orphaned)];
  return sorted([...accounts, ...rest]);
}

/** What hangs below what; every object hangs at one place. */
class Below {
  readonly #objects: readonly AnyObject[];
  readonly #children = new Map<string, AnyObject[]>();
  readonly #placed = new Set<AnyObject>();

  constructor(objects: readonly AnyObject[]) {
    this.#objects = objects;
    const known = new Set(objects.map((object) => keyOf(object)));
    for (const object of objects) {
      if (object.kind === "TwilioAccount") this.#placed.add(object);
      else this.#place(object, known);
    }
  }

  #place(object: Managed, known: ReadonlySet<string>): void {
    const parent = parentsOf(object).find((key) => known.has(key));
    if (parent === undefined) return;
    this.#placed.add(object);
    const siblings = this.#children.get(parent);
    if (siblings === undefined) this.#children.set(parent, [object]);
    else siblings.push(object);
  }

  ofKind(kind: AnyObject["kind"]): readonly AnyObject[] {
    return this.#objects.filter((object) => object.kind === kind);
  }

  isPlaced(object: AnyObject): boolean {
    return this.#placed.has(object);
  }

  node(object: AnyObject): Node {
    const children = (this.#children.get(keyOf(object)) ?? []).map((child) => this.node(child));
    if (object.kind !== "TwilioAccount") return withSeverity({ object, children: sorted(children) });
    // Right below an account: addresses, then what hangs at no address.
    const loose = children.filter((child) => child.object?.kind !== "EmergencyAddress");
    const homes = children.filter((child) => child.object?.kind === "EmergencyAddress");
    const rest = loose.length === 0 ? [] : [group("at no address", loose)];
    return withSeverity({ object, children: sorted([...homes, ...rest]) });
  }
}

/** Keys of what an object may hang below, the nearest first. */
function parentsOf(object: Managed): readonly string[] {
  const { namespace } = object.metadata;
  const account = `TwilioAccount/${namespace}/${object.spec.accountRef?.name ?? DEFAULT_ACCOUNT}`;
  switch (object.kind) {
    case "EmergencyAddress":
      return [account];
    case "PhoneNumberBinding":
      return [`EmergencyAddress/${namespace}/${object.spec.addressRef?.name ?? ""}`, account];
    case "SIPDomainSetting":
      return [`PhoneNumberBinding/${namespace}/${object.spec.emergencyCallerRef?.name ?? ""}`, account];
  }
}

function group(heading: string, children: readonly Node[]): Node {
  return withSeverity({ heading, children: sorted(children) });
}

function withSeverity(node: Omit<Node, "severity">): Node {
  const own = node.object === undefined ? 3 : severityOf(node.object);
  const severity = node.children.reduce<Severity>((worst, child) => min(worst, child.severity), own);
  return { ...node, severity };
}

function min(a: Severity, b: Severity): Severity {
  return a < b ? a : b;
}

function sorted(nodes: readonly Node[]): readonly Node[] {
  return nodes.toSorted((a, b) => a.severity - b.severity || labelOf(a).localeCompare(labelOf(b)));
}

function labelOf({ object }: Node): string {
  // "~" comes after all letters: a group stands last among its equals.
  return object === undefined ? "~" : keyOf(object);
}
