/** What the demo prints. */
import { folded, rowsOf } from "./view.ts";

/** Where the demo shows itself: a screen that is drawn anew on a terminal, plain lines anywhere else. */
export interface Screen {
  /** A sentence of the story. */
  say(text: string): void;
  /** A request to Twilio. */
  call(line: string): void;
  /** The objects as they are now; `news` are those whose state has changed. */
  table(rows: readonly string[], news: readonly string[]): void;
  /** Gives the terminal back. */
  close(): void;
}

export function openScreen(out: NodeJS.WriteStream): Screen {
  return out.isTTY ? new LiveScreen(out) : new PlainScreen(out);
}

class PlainScreen implements Screen {
  readonly #out: NodeJS.WritableStream;

  constructor(out: NodeJS.WritableStream) {
    this.#out = out;
  }

  say(text: string): void {
    this.#out.write(`\n${folded(`== ${text}`).join("\n")}\n`);
  }

  call(line: string): void {
    this.#out.write(`   ${line}\n`);
  }

  table(_rows: readonly string[], news: readonly string[]): void {
    for (const row of news) this.#out.write(` * ${row}\n`);
  }

  close(): void {}
}

const CLEAR = "\u001B[H\u001B[2J";
const HIDE_CURSOR = "\u001B[?25l";
const SHOW_CURSOR = "\u001B[?25h";
const BOLD = "\u001B[1m";
const PLAIN = "\u001B[0m";

/** Frames at most this often. */
const FRAME_MS = 60;
const MOST_CALLS = 200;

class LiveScreen implements Screen {
  readonly #out: NodeJS.WriteStream;
  readonly #story: string[] = [];
  readonly #calls: string[] = [];
  #rows: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    out.write(HIDE_CURSOR);
  }

  say(text: string): void {
    this.#story.push(...folded(text));
    this.#draw();
  }

  call(line: string): void {
    this.#calls.push(line);
    if (this.#calls.length > MOST_CALLS) this.#calls.shift();
    this.#draw();
  }

  table(rows: readonly string[]): void {
    this.#rows = rows;
    this.#draw();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#paint();
    this.#out.write(SHOW_CURSOR);
  }

  #draw(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#paint();
    }, FRAME_MS);
  }

  /** Table above, story below, and as many of the last calls as there is room for. */
  #paint(): void {
    const height = this.#out.rows ?? 24;
    const story = this.#story.slice(-6);
    const room = Math.max(3, height - this.#rows.length - rowsOf(story, this.#out.columns) - 4);
    const calls = this.#calls.slice(-room);
    const lines = [
      `${BOLD}${"OBJECT".padEnd(34)} READY    REASON${PLAIN}`,
      ...this.#rows,
      `${BOLD}TWILIO${PLAIN}`,
      ...calls,
      "",
      ...story.map((line, index) => (index === story.length - 1 ? `${BOLD}${line}${PLAIN}` : line)),
    ];
    this.#out.write(`${CLEAR}${lines.join("\n")}\n`);
  }
}
