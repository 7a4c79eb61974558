/** What the demo shows, as text: pure functions from objects and requests to lines of at most 80 columns. */
import type { AnyObject } from "../src/api/objects.ts";
import { findCondition } from "../src/api/conditions.ts";
import type { Protection, RequestRecord } from "../test/support/emulator.ts";

const WIDTH = 80;

const SHORT: Readonly<Record<AnyObject["kind"], string>> = {
  TwilioAccount: "account",
  EmergencyAddress: "address",
  PhoneNumberBinding: "number",
  SIPDomainSetting: "domain",
};

/** `number san-francisco-sales`: how the demo calls an object. */
export function nameOf(object: AnyObject): string {
  return `${SHORT[object.kind]} ${object.metadata.name}`;
}

/** Ready's status and reason; before the first look there is none. */
export function stateOf(object: AnyObject): { readonly ready: string; readonly reason: string } {
  const condition = findCondition(object.status?.conditions, "Ready");
  return { ready: condition?.status ?? "-", reason: condition?.reason ?? "not looked at yet" };
}

export function tableRow(object: AnyObject): string {
  const { ready, reason } = stateOf(object);
  return fit(`${nameOf(object).padEnd(34)} ${ready.padEnd(8)} ${reason.padEnd(20)} ${detail(object)}`);
}

function detail(object: AnyObject): string {
  switch (object.kind) {
    case "TwilioAccount":
      return protectedOf(object.status?.coverage);
    case "EmergencyAddress":
      return object.spec.isoCountry;
    case "PhoneNumberBinding":
      return object.status?.emergencyAddressStatus ?? "";
    case "SIPDomainSetting":
      return object.status?.emergencyCallingEnabled === true ? "enabled" : "disabled";
  }
}

function protectedOf(
  coverage: { readonly registered?: number; readonly numbers?: number } | undefined,
): string {
  return coverage === undefined ? "" : `${coverage.registered}/${coverage.numbers} registered`;
}

/** One request to Twilio: what was asked, and what it said. */
export function callLine(record: RequestRecord, startedAt: number): string {
  const seconds = ((record.beganAt - startedAt) / 1000).toFixed(1).padStart(5);
  const path = record.path.replace(/^\/2010-04-01\/Accounts\/[^/]+/, "").replace(/\.json$/, "") || "/";
  const shown = SHOWN_FIELDS.flatMap((name) =>
    record.form[name] === undefined ? [] : [`${name}=${record.form[name]}`],
  );
  const said = record.code === undefined ? String(record.status) : `${record.status} error ${record.code}`;
  return fit(
    `${seconds}s ${record.method.padEnd(6)} ${shortSids(`${path} ${shown.join(" ")}`).trim()} → ${said}`,
  );
}

/** The fields that say what a write is for. */
const SHOWN_FIELDS = [
  "Street",
  "EmergencyAddressSid",
  "EmergencyStatus",
  "EmergencyCallingEnabled",
  "EmergencyCallerSid",
];

/** PN0000…0100: enough to tell them apart. */
export function shortSids(text: string): string {
  return text.replaceAll(/\b([A-Z]{2})[0-9a-f]{28}([0-9a-f]{4})\b/gi, "$1…$2");
}

function fit(line: string): string {
  return line.length <= WIDTH ? line.trimEnd() : `${line.slice(0, WIDTH - 1)}…`;
}

/** Folded at spaces to the width; what is indented is to be copied and stays whole. */
export function folded(text: string, width = WIDTH): readonly string[] {
  return text.split("\n").flatMap((line) => {
    if (line.startsWith(" ")) return [line];
    const lines = [""];
    for (const word of line.split(" ")) {
      const last = lines.at(-1) ?? "";
      const joined = last === "" ? word : `${last} ${word}`;
      if (last === "" || joined.length <= width) lines[lines.length - 1] = joined;
      else lines.push(`  ${word}`);
    }
    return lines;
  });
}

/** Rows that these lines take on a terminal of this width. */
export function rowsOf(lines: readonly string[], width = WIDTH): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / width)), 0);
}

/** One time without protection of one number; `ms` is undefined while it lasts. */
export interface Gap {
  readonly numberSid: string;
  readonly from: number;
  readonly ms: number | undefined;
}

/** The times from a loss of protection after `since` to its return. */
export function gaps(timeline: readonly Protection[], since: number): readonly Gap[] {
  const found: Gap[] = [];
  for (const [index, lost] of timeline.entries()) {
    if (lost.registeredAt !== null || lost.at < since) continue;
    const back = timeline
      .slice(index + 1)
      .find((next) => next.numberSid === lost.numberSid && next.registeredAt !== null);
    found.push({
      numberSid: lost.numberSid,
      from: lost.at,
      ms: back === undefined ? undefined : back.at - lost.at,
    });
  }
  return found;
}

/** How many of the gaps overlap at most: what maxUnprotected bounds. */
export function mostAtOnce(all: readonly Gap[]): number {
  const until = (gap: Gap): number => gap.from + (gap.ms ?? Number.POSITIVE_INFINITY);
  return Math.max(
    0,
    ...all.map((one) => all.filter((other) => other.from <= one.from && one.from < until(other)).length),
  );
}
