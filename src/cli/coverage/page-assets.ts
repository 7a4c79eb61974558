/** Style and script of the coverage page; they stand in the page itself, which asks for nothing outside. */

export const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ground: #f6f7f9; --ink: #1c2128; --soft: #57606a; --line: #d8dde3; --registered: #1a7f37; --pending: #0969da; --failed: #cf222e; --unregistered: #a84300; --unsupported: #59636e; }
@media (prefers-color-scheme: dark) { :root { --paper: #161b22; --ground: #0d1117; --ink: #e6edf3; --soft: #9aa4af; --line: #30363d; --registered: #3fb950; --pending: #58a6ff; --failed: #ff7b72; --unregistered: #f0883e; --unsupported: #9aa4af; } }
* { box-sizing: border-box; }
body { background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 88rem; padding: 2rem 1.5rem; }
h1, h2, p { margin: 0; }
h1 { font-size: 1.75rem; line-height: 1.2; } h2 { font-size: 1.15rem; line-height: 1.3; }
header p { color: var(--soft); margin-top: .25rem; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; margin-top: 1.25rem; padding: 1.25rem; }
code { font: .8em/1.4 ui-monospace, monospace; color: var(--soft); overflow-wrap: anywhere; }
.registered { --tone: var(--registered); } .pending { --tone: var(--pending); } .failed { --tone: var(--failed); }
.unregistered { --tone: var(--unregistered); } .unsupported { --tone: var(--unsupported); }
.bar { border-radius: 6px; display: block; margin: 1rem 0; } .bar rect { fill: var(--tone); stroke: var(--paper); stroke-width: 2px; }
dl { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); margin: 0; }
dl div { border-top: 3px solid var(--tone, var(--line)); padding-top: .35rem; }
dt { color: var(--soft); font-size: .85rem; line-height: 1.3; } dd { margin: 0; } dd b { font-size: 1.6rem; line-height: 1.3; } dd small { color: var(--soft); }
.warnings { margin: .5rem 0 0; padding: 0; list-style: none; } .warnings li { padding: .15rem 0; } .warnings b { display: inline-block; min-width: 2.5rem; }
.filters { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: center; margin: .75rem 0; }
.filters input, .filters select { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; color: inherit; font: inherit; padding: .3rem .5rem; }
.filters output { color: var(--soft); margin-left: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; } table code { font-size: .72rem; white-space: nowrap; }
th, td { border-top: 1px solid var(--line); padding: .5rem .6rem; text-align: left; vertical-align: top; }
thead th { border: 0; white-space: nowrap; } thead button { all: unset; color: var(--soft); cursor: pointer; font-size: .85rem; font-weight: 600; }
:focus-visible { outline: 2px solid var(--pending); outline-offset: 2px; }
thead button::after { content: " ↕"; opacity: .4; } th[aria-sort=ascending] button::after { content: " ▲"; opacity: 1; } th[aria-sort=descending] button::after { content: " ▼"; opacity: 1; }
tbody th { font-weight: 600; } td code, th code { display: block; } td:nth-child(5) { min-width: 9rem; } td:nth-child(6) { min-width: 19rem; }
.state { border: 1px solid; border-radius: 1rem; color: var(--tone); display: inline-block; font-size: .85rem; padding: 0 .6rem; white-space: nowrap; }
.hidden { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
@page { margin: 12mm; }
@media print {
  :root { color-scheme: light; --paper: #fff; --ground: #fff; --ink: #000; --soft: #444; --line: #999; }
  .filters, thead button::after { display: none; } body { max-width: none; padding: 0; font-size: 10px; } section { border: 0; padding: 0; }
  thead { display: table-header-group; } tr { break-inside: avoid; } .bar { print-color-adjust: exact; } table code { white-space: normal; } td:nth-child(n) { min-width: 0; } .scroll { overflow: visible; }
}
`;

export const SCRIPT = `
"use strict";
const rows = [...document.querySelectorAll("tbody tr")];
const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
const search = document.getElementById("search"), state = document.getElementById("state"), odd = document.getElementById("odd");
function filter() {
  const words = search.value.toLowerCase();
  let shown = 0;
  for (const row of rows) {
    row.hidden = (state.value !== "" && row.dataset.state !== state.value) || (odd.checked && !("odd" in row.dataset)) || !texts.get(row).includes(words);
    if (!row.hidden) shown += 1;
  }
  document.getElementById("shown").value = shown + " of " + rows.length + " numbers";
}
for (const input of [search, state, odd]) input.addEventListener("input", filter);
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
const heads = [...document.querySelectorAll("thead th")];
const order = new Intl.Collator(undefined, { numeric: true });
heads.forEach((head, column) => head.addEventListener("click", () => {
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of heads) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const keys = new Map(rows.map((row) => [row, row.cells[column].dataset.key ?? row.cells[column].textContent]));
  const sorted = [...rows].sort((a, b) => order.compare(keys.get(a), keys.get(b)) * (down ? -1 : 1));
  document.querySelector("tbody").append(...sorted);
}));
filter();
`;
