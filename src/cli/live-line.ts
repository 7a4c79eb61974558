/** One line on standard error that says how far something has come: drawn over on a terminal, now and then in a log. */
import type { Clock } from "../lib/clock.ts";

/** Where there is no terminal, a line this often, in ms. */
const LINE_MS = 30_000;
/** On a terminal the line is drawn anew this often, in ms. */
const DRAW_MS = 1_000;

const ANEW = "\r\u001B[K";

export class LiveLine {
  readonly #clock: Clock;
  #shownAt: number;
  #isDrawn = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#shownAt = clock.uptime();
  }

  /** Shows the text unless something was shown just before. */
  show(text: () => string): void {
    const now = this.#clock.uptime();
    const { isTTY, columns } = process.stderr;
    if (now - this.#shownAt < (isTTY ? DRAW_MS : LINE_MS)) return;
    this.#shownAt = now;
    if (!isTTY) return this.line(text());
    process.stderr.write(`${ANEW}${text().slice(0, columns - 1)}`);
    this.#isDrawn = true;
  }

  /** A line that stays, above what is drawn. */
  line(text: string): void {
    this.clear();
    process.stderr.write(`${text}\n`);
  }

  clear(): void {
    if (this.#isDrawn) process.stderr.write(ANEW);
    this.#isDrawn = false;
  }
}
