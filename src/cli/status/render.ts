/** The status as text: what needs attention with one line of cure each, then the tree. */
import type { AnyObject } from "../../api/objects.ts";
import type { Reason } from "../../api/reasons.ts";
import { ageOf } from "./age.ts";
import { cureOf } from "./cure.ts";
import { detailsOf } from "./details.ts";
import { problemsOf, readyOf, severityOf, treeOf, type Node, type Severity } from "./tree.ts";

/** Formats as util.styleText knows them; the identity where there is no colour. */
export type Paint = (format: "red" | "yellow" | "cyan" | "green" | "bold" | "dim", text: string) => string;

export interface Surroundings {
  readonly now: number;
  readonly paint: Paint;
  /** Columns of the terminal; Infinity where lines may be as long as they are. */
  readonly columns: number;
}

const MARK = { 0: "✗", 1: "!", 2: "…", 3: "✓" } as const satisfies Record<Severity, string>;
const COLOR = { 0: "red", 1: "yellow", 2: "cyan", 3: "green" } as const satisfies Record<Severity, string>;

/** All lines, without a line break at their ends. */
export function renderStatus(objects: readonly AnyObject[], surroundings: Surroundings): readonly string[] {
  if (objects.length === 0) return ["No objects of emergency.twilio-operator.io here."];
  const tree = treeOf(objects).flatMap((node) => nodeLines(node, "", surroundings));
  return [...problemLines(objects, surroundings), ...tree, "", summary(objects, surroundings)];
}

function problemLines(objects: readonly AnyObject[], surroundings: Surroundings): readonly string[] {
  const problems = problemsOf(objects);
  if (problems.length === 0) return [];
  const { paint } = surroundings;
  const title = `Needs attention: ${problems.length}`;
  return [paint("bold", title), ...problems.flatMap((object) => problem(object, surroundings)), ""];
}

function problem(object: AnyObject, { now, paint, columns }: Surroundings): readonly string[] {
  const { severity, text } = headOf(object, now);
  const where = `${object.kind}/${object.metadata.name} in ${object.metadata.namespace}`;
  const head = `${MARK[severity]} ${where}: ${text}`;
  const message = firstSentence(readyOf(object)?.message ?? "");
  const cure = cureOf(object, (readyOf(object)?.reason ?? "Pending") as Reason);
  return [
    paint(COLOR[severity], fit(head, columns)),
    ...(message === "" ? [] : [fit(`    ${message}`, columns)]),
    // Never cut: it is there to be copied.
    ...(cure === undefined ? [] : [`    → ${cure}`]),
  ];
}

/** Messages carry the way out in later sentences; the cure stands on a line of its own. */
function firstSentence(message: string): string {
  return /^.*?[.!?](?=\s+[A-Z])/.exec(message)?.[0] ?? message;
}

function nodeLines(node: Node, indent: string, surroundings: Surroundings): readonly string[] {
  const below = node.children.flatMap((child, index) => {
    const isLast = index === node.children.length - 1;
    const [first = "", ...rest] = nodeLines(child, "", surroundings);
    return [
      `${indent}${isLast ? "└─ " : "├─ "}${first}`,
      ...rest.map((line) => `${indent}${isLast ? "   " : "│  "}${line}`),
    ];
  });
  return [line(node, surroundings), ...below];
}

function line({ object, heading }: Node, { now, paint }: Surroundings): string {
  if (object === undefined) return paint("dim", heading ?? "");
  const { severity, text } = headOf(object, now);
  const details = detailsOf(object)
    .map((detail) => `  ${detail}`)
    .join("");
  const { namespace, name } = object.metadata;
  const title = object.kind === "TwilioAccount" ? `${namespace}/${name}` : name;
  const mark = paint(COLOR[severity], MARK[severity]);
  return `${mark} ${paint("dim", SHORT[object.kind])} ${paint("bold", title)} ${text}${paint("dim", details)}`;
}

const SHORT = {
  TwilioAccount: "account",
  EmergencyAddress: "address",
  PhoneNumberBinding: "number",
  SIPDomainSetting: "domain",
} as const satisfies Record<AnyObject["kind"], string>;

/** `Registered 3d`, with what else is true of it. */
function headOf(object: AnyObject, now: number): { readonly severity: Severity; readonly text: string } {
  const ready = readyOf(object);
  const age = ageOf(ready?.lastTransitionTime ?? object.metadata.creationTimestamp, now);
  const more = (object.status?.conditions ?? [])
    .filter(({ type, status }) => status === "True" && SAYS_MORE.has(type))
    .map(({ type }) => type);
  const leaving = object.metadata.deletionTimestamp === undefined ? [] : ["being deleted"];
  const notes = [...more, ...leaving].map((note) => `, ${note}`).join("");
  return { severity: severityOf(object), text: `${ready?.reason ?? "Pending"} ${age}${notes}` };
}

/** Conditions that add something to Ready; the others repeat it. */
const SAYS_MORE: ReadonlySet<string> = new Set(["Unprotected", "Drifted"]);

function summary(objects: readonly AnyObject[], { paint }: Surroundings): string {
  const count = (severity: Severity): number =>
    objects.filter((object) => severityOf(object) === severity).length;
  const parts = [
    [0, "failed"],
    [1, "waiting for somebody or unprotected"],
    [2, "under way"],
    [3, "settled"],
  ] as const;
  return parts
    .map(([severity, words]) => [severity, count(severity), words] as const)
    .filter(([severity, n]) => n > 0 || severity === 3)
    .map(([severity, n, words]) => paint(COLOR[severity], `${n} ${words}`))
    .join(", ");
}

function fit(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(1, columns - 1))}…`;
}
