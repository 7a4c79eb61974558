/** Errors that nobody has caught. */
import type { Logger } from "../telemetry/log.ts";

/**
 * An exception that nobody has caught is a fault of ours, and nobody knows what it has left half-done: the process ends
 * with 1. What Node would print of it may hold whatever hangs on the error, such as the headers of a request, so the line
 * is written by the logger, which leaves secrets out. Returns what takes the handlers away again.
 */
export function endOnCrash(
  source: NodeJS.EventEmitter,
  log: Logger,
  end: (code: number) => void,
): () => void {
  const crash = (error: unknown): void => {
    try {
      log.error({ error: error instanceof Error ? error : { thrown: String(error) } }, "crashed");
    } finally {
      end(1);
    }
  };
  const events = ["uncaughtException", "unhandledRejection"] as const;
  for (const event of events) source.on(event, crash);
  return () => {
    for (const event of events) source.removeListener(event, crash);
  };
}
