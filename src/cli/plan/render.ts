/** A plan as text for a terminal, as JSON (docs/reference/plan.schema.json) and as Markdown for a pull request. */
import type { Forecast, PlannedCall } from "./foresee.ts";

export type Paint = (format: "red" | "yellow" | "green" | "cyan" | "bold" | "dim", text: string) => string;

export interface TextOptions {
  readonly accounts: readonly string[];
  readonly paint: Paint;
}

/** What Twilio says a registration may take. */
const ALLOWED: Readonly<Record<string, string>> = { US: "30 minutes", CA: "30 minutes", GB: "72 hours" };
const FORECAST = "Forecast, if Twilio does all it is asked";

export function planAsJson(
  { steps, forecast, approvals, faults, waiting }: Forecast,
  accounts: readonly string[],
): string {
  const step = ({
    object,
    operation,
    method,
    path,
    fields,
    before,
    why,
    unprotects,
  }: PlannedCall): object => ({
    ...{ object, operation, method, path, fields, before, why },
    ...(unprotects === undefined ? {} : { unprotects: { ...unprotects, upTo: allowed(unprotects.country) } }),
  });
  const account = accounts.length === 1 ? accounts[0] : accounts.join(" ");
  return JSON.stringify(
    { account, steps: steps.map(step), forecast: forecast.map(step), approvals, faults, waiting },
    null,
    2,
  );
}

export function planAsText(plan: Forecast, { accounts, paint }: TextOptions): string {
  const { steps, forecast, approvals, faults, waiting } = plan;
  const lines = [
    paint("bold", `${accounts.length === 1 ? "Account" : "Accounts"} ${accounts.join(", ")}`),
    "",
  ];
  for (const { object, reason, message } of faults)
    lines.push(paint("red", `✗ ${object}: ${reason}`), `    ${message}`, "");
  for (const { object, hash, takesAway, domains } of approvals) {
    const callers = domains.length === 0 ? "" : `, the emergency caller of ${domains.join(", ")}`;
    lines.push(
      paint("yellow", `! ${object} waits for approval`),
      `    It would lose the registered address ${takesAway}${callers}.`,
      `    → --approve ${hash}`,
      "",
    );
  }
  for (const { object, reason, message } of waiting)
    lines.push(paint("yellow", `! ${object} still waits: ${reason}`), `    ${message}`, "");
  lines.push(...section("Now", steps, paint), ...section(FORECAST, forecast, paint));
  lines.push(summary(plan));
  return lines.join("\n");
}

function section(title: string, calls: readonly PlannedCall[], paint: Paint): readonly string[] {
  if (calls.length === 0) return [];
  return [paint("bold", title), "", ...calls.flatMap((call, index) => callLines(call, index + 1, paint)), ""];
}

function callLines(call: PlannedCall, number: number, paint: Paint): readonly string[] {
  const { object, method, path, fields, before, why, unprotects } = call;
  const loss = unprotects === undefined ? [] : [paint("yellow", `     ! ${lossOf(unprotects)}`)];
  return [
    `${String(number).padStart(3)}. ${paint("bold", object)}`,
    `     ${paint("cyan", `${method} ${path}`)}`,
    ...Object.entries(fields).map(([field, after]) => `       ${field}: ${difference(before[field], after)}`),
    paint("dim", `     ${why}`),
    ...loss,
  ];
}

function difference(before: string | undefined, after: string): string {
  return before === undefined ? quoted(after) : `${quoted(before)} → ${quoted(after)}`;
}

function quoted(text: string): string {
  return text === "" ? "(empty)" : text;
}

function allowed(country: string): string {
  return ALLOWED[country] ?? "72 hours";
}

/** Said at the step itself: from here on the number is unprotected, until the one that gives protection back. */
function lossOf({ number, country }: NonNullable<PlannedCall["unprotects"]>): string {
  return `${number} has no registered address from here until it is registered again: Twilio may take ${allowed(country)}.`;
}

export function isNothingToDo({ steps, forecast, approvals, faults, waiting }: Forecast): boolean {
  return [steps, forecast, approvals, faults, waiting].every((part) => part.length === 0);
}

function summary(plan: Forecast): string {
  const { steps, forecast, approvals, faults, waiting } = plan;
  if (isNothingToDo(plan)) return "Nothing to do: Twilio is as the manifests say.";
  const losses = new Set([...steps, ...forecast].flatMap(({ unprotects }) => unprotects?.number ?? [])).size;
  const parts = [
    `${steps.length} ${steps.length === 1 ? "call" : "calls"} now`,
    `${forecast.length} to follow`,
    ...(losses === 0
      ? []
      : [`${losses} ${losses === 1 ? "number is" : "numbers are"} without a registered address on the way`]),
    ...(approvals.length === 0 ? [] : [`${approvals.length} to be approved`]),
    ...(faults.length === 0 ? [] : [`${faults.length} at fault`]),
    ...(waiting.length === 0 ? [] : [`${waiting.length} still waiting`]),
  ];
  return `${parts.join(", ")}.`;
}

export function planAsMarkdown(plan: Forecast, accounts: readonly string[]): string {
  const { steps, forecast, approvals, faults, waiting } = plan;
  const lines = [
    `### Emergency addresses: ${summary(plan)}`,
    "",
    `Account ${accounts.map(code).join(", ")}`,
    "",
  ];
  for (const { object, reason, message } of faults)
    lines.push(`- ❌ **${object}** ${reason}: ${cell(message)}`);
  for (const { object, hash, takesAway } of approvals)
    lines.push(`- ✋ **${object}** waits for approval ${code(hash)}: it would lose ${code(takesAway)}`);
  for (const { object, reason, message } of waiting)
    lines.push(`- ⏳ **${object}** ${reason}: ${cell(message)}`);
  if (lines.at(-1) !== "") lines.push("");
  lines.push(...table("Now", steps), ...table(FORECAST, forecast));
  return lines.join("\n").trimEnd();
}

function table(title: string, calls: readonly PlannedCall[]): readonly string[] {
  if (calls.length === 0) return [];
  const rows = calls.map(({ object, method, path, fields, before, why, unprotects }) => {
    const changes = Object.entries(fields).map(
      ([field, after]) => `${field}: ${cell(difference(before[field], after))}`,
    );
    const loss = unprotects === undefined ? "" : `<br>⚠️ ${cell(lossOf(unprotects))}`;
    return `| ${object} | ${code(`${method} ${path}`)} | ${changes.join("<br>")} | ${cell(why)}${loss} |`;
  });
  return [`**${title}**`, "", "| Object | Call | Fields | Why |", "|---|---|---|---|", ...rows, ""];
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}
