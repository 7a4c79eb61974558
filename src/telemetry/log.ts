/** The log: JSON lines for collectors, or text for people at a terminal. */
import { createRequire } from "node:module";
import { Writable } from "node:stream";
import { pino } from "pino";
import { redact, type KnownSecrets } from "./redact.ts";

/**
 * Log for operators: a constant message plus fields. Users read conditions and Events instead. Secrets are removed from
 * the fields at every level, streets and phone numbers at every level above debug (redact.ts); the message is never
 * touched, so keep it constant.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** A logger that adds these fields to every line. */
  child(fields: object): Logger;
}

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

export interface LogOptions {
  readonly level: LogLevel;
  /** json: one object a line, for collectors. pretty: for people at a terminal. */
  readonly format: "json" | "pretty";
  /** Left out by their values, whatever their fields are called. */
  readonly secrets?: KnownSecrets;
  /** Where lines go; standard output if absent. */
  readonly destination?: { write(line: string): void };
}

/** A logger on standard output. Writes are synchronous: the last line before an exit is not lost. */
export function createLogger(options: LogOptions): Logger {
  const sink =
    options.format === "pretty"
      ? prettySink(options)
      : (options.destination ?? pino.destination({ dest: 1, sync: true }));
  const base = pino(
    {
      level: options.level,
      // Host name and pid are the collector's business.
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
  return wrap(base, {}, options.secrets);
}

/** A logger that says nothing. */
export const silentLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLogger,
};

function wrap(base: pino.Logger, bindings: object, secrets: KnownSecrets | undefined): Logger {
  const line =
    (level: "debug" | "info" | "warn" | "error") =>
    (fields: object, message: string): void => {
      // Checked first: copying fields for a line that nobody writes would cost more than the line.
      if (!base.isLevelEnabled(level)) return;
      base[level](redact({ ...bindings, ...named(fields) }, level === "debug", secrets) as object, message);
    };
  return {
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    child: (fields) => wrap(base, { ...bindings, ...named(fields) }, secrets),
  };
}

/** An Error has no enumerable fields: spread, it would vanish from the line. */
function named(fields: object): object {
  return fields instanceof Error ? { error: fields } : fields;
}

function prettySink(options: LogOptions): pino.DestinationStream {
  // Loaded here and not by an import: JSON is the rule, and a controller should not carry what it does not use.
  const pretty = createRequire(import.meta.url)("pino-pretty") as (
    settings: object,
  ) => pino.DestinationStream;
  return pretty({
    sync: true,
    colorize: options.destination === undefined && process.stdout.isTTY,
    translateTime: "SYS:HH:MM:ss.l",
    singleLine: true,
    ...(options.destination === undefined ? {} : { destination: toStream(options.destination) }),
  });
}

function toStream(destination: { write(line: string): void }): object {
  return new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      destination.write(String(chunk));
      done();
    },
  });
}
