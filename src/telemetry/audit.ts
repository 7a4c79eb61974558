/** The audit log: one JSON line for every write to Twilio, whatever the level and format of the other lines. */
import { createLogger, type LogOptions } from "./log.ts";

/** No secret, street address or phone number: sids, and hashes by which records can be compared. */
export interface AuditLine {
  /** `Kind/namespace/name` of the object for which it was written. */
  readonly object: string;
  /** The TwilioAccount object, `namespace/name`. */
  readonly account: string;
  readonly operation: string;
  /** What was written to: a sid, or the FriendlyName of an Address to be created. */
  readonly target: string;
  /** Hash of the record as it was last seen before the write; null if there was none. */
  readonly before: string | null;
  /** Hash of the record in Twilio's answer; null after a deletion, and if there was no answer. */
  readonly after: string | null;
  /** Of Twilio's answer, null without one. */
  readonly requestId: string | null;
  /** `done`, or how it failed; after `unknown` nobody knows whether it took effect. */
  readonly result: string;
  readonly code: number | null;
  readonly httpStatus: number | null;
  readonly ms: number;
}

export type Audit = (line: AuditLine) => void;

export function createAudit(destination?: LogOptions["destination"]): Audit {
  const sink = destination === undefined ? {} : { destination };
  const log = createLogger({ level: "info", format: "json", ...sink }).child({ log: "audit" });
  return (line) => log.info(line, "write to Twilio");
}
