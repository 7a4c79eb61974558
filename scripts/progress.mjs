// @ts-check
/**
 * One line per step, and while a long step runs a sign of life with the time it has taken: every second on a terminal,
 * where the line is drawn over, every ten seconds as a plain line elsewhere.
 */

const PLAIN_INTERVAL_MS = 10_000;
const TERMINAL_INTERVAL_MS = 1_000;

/** @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs `work` and shows that it is going on.
 *
 * @template T
 * @param {string} label what is done, e.g. "Building kubectl"
 * @param {() => Promise<T>} work
 * @param {() => string} [detail] how far it is, asked each time a line is written; "" for nothing to say
 * @returns {Promise<T>}
 */
export async function withProgress(label, work, detail = () => "") {
  const begun = Date.now();
  const terminal = process.stderr.isTTY === true;
  const line = () => [`${label}: ${elapsed(begun)}`, detail()].filter((part) => part !== "").join(", ");
  if (!terminal) say(`${label} …`);
  const show = () => {
    if (terminal) process.stderr.write(`\r\u001B[2K${line()}`);
    else say(`  ${line()}`);
  };
  const timer = setInterval(show, terminal ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS);
  let end = "failed after";
  try {
    const result = await work();
    end = "done in";
    return result;
  } finally {
    clearInterval(timer);
    say(`${terminal ? "\r\u001B[2K" : ""}${label}: ${end} ${elapsed(begun)}`);
  }
}

/** @param {number} begun milliseconds since the epoch */
function elapsed(begun) {
  const seconds = (Date.now() - begun) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}
