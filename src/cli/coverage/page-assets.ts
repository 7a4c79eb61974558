/** Style and script of the coverage page; they stand in the page itself, which asks for nothing outside. */

export const STYLE = `
:root { color-scheme: light dark; --registered: #1a7f37; --pending: #0969da; --failed: #cf222e; --unregistered: #bc4c00; --unsupported: #6e7781; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1, h2 { line-height: 1.2; }
code { font-size: .8em; }
.bar { border-radius: 4px; display: block; }
.bar .registered { fill: var(--registered); } .bar .pending { fill: var(--pending); } .bar .failed { fill: var(--failed); }
.bar .unregistered { fill: var(--unregistered); } .bar .unsupported { fill: var(--unsupported); }
dl { display: flex; flex-wrap: wrap; gap: 1rem 2rem; }
dl div { border-left: 4px solid #8884; padding-left: .5rem; }
dl .registered { border-color: var(--registered); } dl .pending { border-color: var(--pending); } dl .failed { border-color: var(--failed); }
dl .unregistered { border-color: var(--unregistered); } dl .unsupported { border-color: var(--unsupported); }
dt { font-size: .85rem; } dd { margin: 0; font-size: 1.5rem; font-weight: 600; }
.filters { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; margin-bottom: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #8884; padding: .4rem .6rem; text-align: left; vertical-align: top; }
thead button { all: unset; cursor: pointer; font-weight: 600; }
thead button:focus-visible { outline: 2px solid; }
th[aria-sort=ascending] button::after { content: " ▲"; } th[aria-sort=descending] button::after { content: " ▼"; }
tbody th { font-weight: 600; white-space: nowrap; }
.state { border: 1px solid; border-radius: 1rem; padding: 0 .6rem; white-space: nowrap; }
.state.registered { color: var(--registered); } .state.pending { color: var(--pending); } .state.failed { color: var(--failed); }
.state.unregistered { color: var(--unregistered); } .state.unsupported { color: var(--unsupported); }
.hidden { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
@media print { .filters, thead button::after { display: none; } body { margin: 0; max-width: none; font-size: 11px; } tr { break-inside: avoid; } .bar { print-color-adjust: exact; } }
`;

export const SCRIPT = `
"use strict";
const rows = [...document.querySelectorAll("tbody tr")];
const search = document.getElementById("search"), state = document.getElementById("state"), odd = document.getElementById("odd");
function filter() {
  const words = search.value.toLowerCase();
  let shown = 0;
  for (const row of rows) {
    row.hidden = (state.value !== "" && row.dataset.state !== state.value) || (odd.checked && !("odd" in row.dataset)) || !row.textContent.toLowerCase().includes(words);
    if (!row.hidden) shown += 1;
  }
  document.getElementById("shown").value = shown + " of " + rows.length + " numbers";
}
for (const input of [search, state, odd]) input.addEventListener("input", filter);
document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
const heads = [...document.querySelectorAll("thead th")];
heads.forEach((head, column) => head.addEventListener("click", () => {
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of heads) other.setAttribute("aria-sort", "none");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const text = (row) => row.cells[column].textContent;
  const sorted = [...rows].sort((a, b) => text(a).localeCompare(text(b), undefined, { numeric: true }) * (down ? -1 : 1));
  document.querySelector("tbody").append(...sorted);
}));
`;
