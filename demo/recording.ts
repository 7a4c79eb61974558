/** A terminal session as an SVG that plays by itself: pure, from lines with their times to text. */

export interface RecordedLine {
  /** Since the beginning, in ms. */
  readonly at: number;
  readonly text: string;
}

const COLUMNS = 84;
const ROWS = 30;
const ROW_HEIGHT = 17;
const COLUMN_WIDTH = 7.85;
const PADDING = 14;
const TITLE_HEIGHT = 28;
/** Nobody wants to watch a server start. */
const LONGEST_PAUSE_MS = 900;
/** The last picture stays for so long before it begins anew. */
const REST_MS = 8_000;

const INK = {
  plain: "#c9d1d9",
  story: "#ffffff",
  read: "#6e7681",
  write: "#79c0ff",
  good: "#7ee787",
  bad: "#ff7b72",
  wait: "#e3b341",
} as const;

/** The whole session, without pauses longer than a second. Where nothing moves, its last screen. */
export function renderRecording(lines: readonly RecordedLine[], title: string): string {
  const shown = withShortPauses(lines);
  const width = Math.round(COLUMNS * COLUMN_WIDTH + 2 * PADDING);
  const height = TITLE_HEIGHT + ROWS * ROW_HEIGHT + 2 * PADDING;
  const texts = shown.map(({ text }, index) => lineOf(text, (index + 1) * ROW_HEIGHT)).join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre; }
#lines { transform: translateY(${offsetOf(shown.length)}px); animation: play ${seconds(durationOf(shown))}s step-end infinite; }
@keyframes play {
${keyframes(shown)}
}
@media (prefers-reduced-motion: reduce) { #lines { animation: none; } }
</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<circle cx="18" cy="15" r="5" fill="#ff5f56"/><circle cx="34" cy="15" r="5" fill="#ffbd2e"/><circle cx="50" cy="15" r="5" fill="#27c93f"/>
<text x="${width / 2}" y="19" text-anchor="middle" fill="#8b949e">${escaped(title)}</text>
<clipPath id="window"><rect x="0" y="0" width="${width}" height="${ROWS * ROW_HEIGHT + 5}"/></clipPath>
<g transform="translate(${PADDING} ${TITLE_HEIGHT + PADDING / 2})" clip-path="url(#window)"><g id="lines">
${texts}
</g></g>
</svg>
`;
}

function withShortPauses(lines: readonly RecordedLine[]): readonly RecordedLine[] {
  let now = 0;
  return lines.map((line, index) => {
    const pause = line.at - (lines[index - 1]?.at ?? 0);
    now += Math.min(Math.max(0, pause), LONGEST_PAUSE_MS);
    return { ...line, at: now };
  });
}

function durationOf(lines: readonly RecordedLine[]): number {
  return (lines.at(-1)?.at ?? 0) + REST_MS;
}

/** The last of `count` lines stands in the bottom row; those to come are below the window. */
function offsetOf(count: number): number {
  return (ROWS - count) * ROW_HEIGHT;
}

function keyframes(lines: readonly RecordedLine[]): string {
  const duration = durationOf(lines);
  const stops = new Map<string, number>([["0.00", 0]]);
  for (const [index, { at }] of lines.entries()) stops.set(((at / duration) * 100).toFixed(2), index + 1);
  return [...stops]
    .map(([percent, count]) => `${percent}% { transform: translateY(${offsetOf(count)}px); }`)
    .join("\n");
}

function lineOf(text: string, y: number): string {
  const weight = text.startsWith("==") ? ' font-weight="bold"' : "";
  return `<text y="${y}" fill="${inkOf(text)}"${weight}>${escaped(text.slice(0, COLUMNS))}</text>`;
}

function inkOf(text: string): string {
  if (text.startsWith("==") || text.startsWith("$ ")) return INK.story;
  if (/→ [45]\d\d/.test(text) || / False /.test(text)) return INK.bad;
  if (/ (POST|DELETE) /.test(text)) return INK.write;
  if (/ GET /.test(text)) return INK.read;
  if (text.startsWith(" * ")) return / True /.test(text) ? INK.good : INK.wait;
  return INK.plain;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
