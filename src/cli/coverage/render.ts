/** The coverage as text for people, JSON for programs, and CSV for spreadsheets. */
import type { Protection } from "../../plan/account.ts";
import { cureOf, type Coverage, type Row } from "./assess.ts";

export type Paint = (format: "red" | "yellow" | "cyan" | "green" | "bold" | "dim", text: string) => string;

const MARK: Readonly<Record<Protection, string>> = {
  registered: "✓",
  pending: "…",
  failed: "✗",
  unregistered: "✗",
  unsupported: "–",
};

const COLOR = {
  registered: "green",
  pending: "cyan",
  failed: "red",
  unregistered: "red",
  unsupported: "dim",
} as const satisfies Record<Protection, string>;

export function coverageAsText({ account, takenAt, totals, numbers }: Coverage, paint: Paint): string {
  const { registered, pending, failed, unregistered, unsupported, unmanaged } = totals;
  const lines = numbers.flatMap((row) => {
    const head = `${MARK[row.state]} ${row.phoneNumber.padEnd(16)} ${row.state.padEnd(12)}`;
    const rest = [
      row.emergencyAddressSid,
      row.managed ? "" : "not managed",
      row.warnings.length === 0 ? "" : paint("yellow", row.warnings.join(", ")),
    ].filter((part) => part !== "");
    const cure = row.state === "registered" ? "" : cureOf(row);
    const line = `${paint(COLOR[row.state], head)} ${rest.join("  ")}`.trimEnd();
    return cure === "" ? [line] : [line, `    → ${cure}`];
  });
  return [
    paint("bold", `Account ${account}, ${takenAt}`),
    `${totals.numbers} numbers: ${registered} registered, ${pending} pending, ${failed} failed, ${unregistered} unregistered, ${unsupported} not supported in their country; ${unmanaged} not managed`,
    ...(lines.length === 0 ? [] : ["", ...lines]),
    "",
  ].join("\n");
}

export function coverageAsJson({ account, totals, numbers }: Coverage): string {
  return `${JSON.stringify({ account, totals, numbers }, undefined, 2)}\n`;
}

const COLUMNS = [
  "phoneNumber",
  "sid",
  "state",
  "emergencyAddressSid",
  "managed",
  "warnings",
] as const satisfies readonly (keyof Row)[];

/** RFC 4180: lines end with CRLF. */
export function coverageAsCsv({ numbers }: Coverage): string {
  const rows = numbers.map((row) => COLUMNS.map((column) => cell(row[column])).join(","));
  return [COLUMNS.join(","), ...rows, ""].join("\r\n");
}

function cell(value: string | boolean | readonly string[]): string {
  const text = Array.isArray(value) ? value.join("; ") : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
