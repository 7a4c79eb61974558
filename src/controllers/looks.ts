/** Looks at Twilio outside a listing of the account: what they change is spread to all whom it concerns. */
import type { Look } from "../plan/step.ts";
import type { Failure } from "../twilio/types.ts";
import type { AccountEntry } from "./accounts.ts";
import type { Context } from "./context.ts";
import { lookAt } from "./twilio-steps.ts";

const NO_CLIENT: Failure = { kind: "notSent", message: "The account has no credentials." };

/** One look; the failure if there was no answer. */
export async function lookOnce(
  context: Context,
  entry: AccountEntry,
  step: Look,
): Promise<Failure | undefined> {
  if (step.type === "ListAccount") return context.list(entry);
  if (entry.client === undefined) return NO_CLIENT;
  const result = await lookAt(entry.client, entry.shared.snapshot, step);
  if (!result.ok) return noteRejection(context, entry, result.failure);
  context.spread(entry.shared.accountSid, result.changes);
  return undefined;
}

/** All numbers of the account, and nothing else. */
export async function listNumbers(context: Context, entry: AccountEntry): Promise<Failure | undefined> {
  if (entry.client === undefined) return NO_CLIENT;
  const answer = await entry.client.listNumbers("poll");
  if (!answer.ok) return noteRejection(context, entry, answer.failure);
  const { value: numbers, startedAt } = answer;
  context.spread(entry.shared.accountSid, entry.shared.snapshot.mergeListing({ numbers, startedAt }));
  return undefined;
}

/** 401 on any call opens the circuit: the planner sees it, and nothing more is sent until a probe works. */
export function noteRejection(context: Context, entry: AccountEntry, failure: Failure): Failure {
  if (failure.kind !== "unauthorized") return failure;
  const isNews = entry.credentials.kind !== "rejected";
  entry.credentials = { kind: "rejected", failure };
  if (isNews) context.rejected(entry);
  return failure;
}
