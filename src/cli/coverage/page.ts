/** The coverage as one page for an auditor: no outside resource, readable in print and with a screen reader. */
import type { Protection } from "../../plan/account.ts";
import { cureOf, WORST_FIRST, type Coverage, type Row } from "./assess.ts";
import { SCRIPT, STYLE } from "./page-assets.ts";

const STATES: readonly (readonly [Protection, string])[] = [
  ["registered", "Registered"],
  ["pending", "Pending"],
  ["failed", "Failed"],
  ["unregistered", "Not registered"],
  ["unsupported", "Country not supported"],
];

export function coverageAsPage(coverage: Coverage): string {
  const { account, takenAt, totals, numbers, addresses } = coverage;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Emergency coverage of ${escaped(account)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Emergency coverage</h1>
<p>Twilio account <code>${escaped(account)}</code>, as it was at <time datetime="${escaped(takenAt)}">${escaped(inWords(takenAt))}</time></p>
</header>
<main>
<section aria-labelledby="totals">
<h2 id="totals">${totals.registered} of ${totals.numbers} numbers are registered</h2>
${chart(totals)}
<dl>${STATES.map(([state, label]) => total(totals, state, label)).join("")}${total(totals, "unmanaged", "Not managed")}</dl>
</section>
${warningList(numbers)}
<section aria-labelledby="numbers">
<h2 id="numbers">Numbers</h2>
<form role="search" class="filters">
<label>Search <input type="search" id="search" autocomplete="off"></label>
<label>State <select id="state"><option value="">all</option>${STATES.map(([state, label]) => `<option value="${state}">${label}</option>`).join("")}</select></label>
<label><input type="checkbox" id="odd"> only with warnings</label>
<output id="shown" aria-live="polite">${numbers.length} of ${numbers.length} numbers</output>
</form>
<div class="scroll">
<table>
<caption class="hidden">Every number of the account with its protection</caption>
<thead><tr>${["Number", "State", "Address", "Managed", "Warnings", "What to do"].map((title) => `<th scope="col" aria-sort="none"><button type="button">${title}</button></th>`).join("")}</tr></thead>
<tbody>
${numbers.map((row) => tableRow(row, addresses.get(row.emergencyAddressSid) ?? "")).join("\n")}
</tbody>
</table>
</div>
</section>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** `25 November 2026, 04:15 UTC`. */
function inWords(time: string): string {
  const date = new Date(time);
  const options = { dateStyle: "long", timeStyle: "short", timeZone: "UTC" } as const;
  return `${date.toLocaleString("en-GB", options).replace(" at ", ", ")} UTC`;
}

function total(totals: Coverage["totals"], state: Protection | "unmanaged", label: string): string {
  const share = totals.numbers === 0 ? 0 : (totals[state] / totals.numbers) * 100;
  // Neither a share that is not quite all is all, nor one that is not quite nothing is nothing.
  const percent = share > 99 && share < 100 ? "> 99" : share > 0 && share < 1 ? "< 1" : share.toFixed(0);
  return `<div class="${state}"><dt>${label}</dt><dd><b>${totals[state]}</b> <small>${escaped(percent)} %</small></dd></div>`;
}

/** One bar, cut into parts; the numbers stand below it as text. */
function chart(totals: Coverage["totals"]): string {
  if (totals.numbers === 0) return "<p>The account has no numbers.</p>";
  const shown = STATES.filter(([state]) => totals[state] > 0);
  const label = shown.map(([state, text]) => `${text}: ${totals[state]}`).join(", ");
  let left = 0;
  const parts = shown.map(([state]) => {
    const width = (totals[state] / totals.numbers) * 100;
    const part = `<rect class="${state}" x="${left.toFixed(2)}%" width="${width.toFixed(2)}%" height="24"></rect>`;
    left += width;
    return part;
  });
  return `<svg class="bar" role="img" aria-label="${label}" width="100%" height="24">${parts.join("")}</svg>`;
}

function warningList(numbers: readonly Row[]): string {
  const counts = new Map<string, number>();
  for (const warning of numbers.flatMap((row) => row.warnings))
    counts.set(warning, (counts.get(warning) ?? 0) + 1);
  if (counts.size === 0) return "";
  const items = [...counts].map(([warning, count]) => `<li><b>${count}</b> ${escaped(warning)}</li>`);
  return `<section aria-labelledby="warnings"><h2 id="warnings">Warnings</h2><ul class="warnings">${items.join("")}</ul></section>`;
}

function tableRow(row: Row, address: string): string {
  const label = STATES.find(([state]) => state === row.state)?.[1] ?? row.state;
  const cells = [
    `<th scope="row">${escaped(row.phoneNumber)} <code>${escaped(row.sid)}</code></th>`,
    `<td data-key="${WORST_FIRST.indexOf(row.state)}"><span class="state ${row.state}">${label}</span></td>`,
    `<td>${escaped(address)} <code>${escaped(row.emergencyAddressSid)}</code></td>`,
    `<td>${row.managed ? "yes" : "no"}</td>`,
    `<td>${escaped(row.warnings.join(", "))}</td>`,
    `<td>${escaped(cureOf(row))}</td>`,
  ];
  return `<tr data-state="${row.state}"${row.warnings.length > 0 ? " data-odd" : ""}>${cells.join("")}</tr>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
