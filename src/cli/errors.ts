/** What ends a command: one readable line for each thing that is wrong, with a way out. */
import type { Failure } from "../twilio/types.ts";

/** The command was called in a way that cannot work; nothing was sent. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Twilio did not give what the command needs. */
export class TwilioRefusal extends Error {
  override readonly name = "TwilioRefusal";

  constructor(accountSid: string, failure: Failure) {
    super(`account ${accountSid}: ${failure.message}${detailOf(failure)}${CURES[failure.kind] ?? ""}`);
  }
}

const CURES: Readonly<Partial<Record<Failure["kind"], string>>> = {
  unauthorized: "; check the auth token or the API key, and that it belongs to this account",
  forbidden: "; the API key lacks this permission: use another key, or the auth token",
  notFound: "; check the account sid",
  unknown: "; check the network, and --twilio-base-url if you gave one",
  throttled: "; try again in a minute",
};

function detailOf({ code, httpStatus, requestId }: Failure): string {
  const parts = [
    code === undefined ? undefined : `error ${code}`,
    httpStatus === undefined ? undefined : `HTTP ${httpStatus}`,
    requestId === undefined ? undefined : `request ${requestId}`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

/** The stack is for `--log-level debug` alone. */
export function readable(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // Manifests may have several faults: a line for each.
  return error instanceof Error && error.name === "ManifestError" ? text : (text.split("\n", 1)[0] ?? text);
}
