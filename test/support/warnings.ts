/** A log of which a test reads the warnings. */
import { createLogger, type Logger } from "../../src/telemetry/log.ts";

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly reason: string;
}

/** `warnings` are the lines so far, each as `message: reason`. */
export function recorder(): { readonly log: Logger; readonly warnings: () => readonly string[] } {
  const lines: string[] = [];
  const destination = { write: (line: string): void => void lines.push(line) };
  const log = createLogger({ level: "warn", format: "json", destination });
  const warnings = (): readonly string[] =>
    lines
      .map((line) => JSON.parse(line) as Line)
      .filter(({ level }) => level === "warn")
      .map(({ msg, reason }) => `${msg}: ${reason}`);
  return { log, warnings };
}
