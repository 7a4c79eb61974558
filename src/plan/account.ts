/** TwilioAccount: do its credentials work, and how many of its numbers are protected. */
import type { TwilioAccount } from "../api/objects.ts";
import { isNumberOf } from "../lib/phone.ts";
import type { AccountView, NumberRecord } from "../twilio/types.ts";
import { parseDuration } from "./duration.ts";
import { isStale } from "./policy.ts";
import { wholeSeconds } from "./retry.ts";
import { classOf, firstRuling, wait, type NamedRuling, type Rule, type Ruling } from "./rule.ts";
import { slotOf } from "./slot.ts";
import type { AccountState, World } from "./world.ts";

interface AccountFacts {
  readonly world: World;
  readonly object: TwilioAccount;
  readonly state: AccountState | undefined;
}

export function planAccount(world: World, object: TwilioAccount): NamedRuling {
  const { namespace, name } = object.metadata;
  const facts = { world, object, state: world.account(namespace, name) };
  const ruling = firstRuling(ACCOUNT_RULES, facts);
  const memory = { ...observationMemory(facts), ...ruling.memory };
  const observes = object.spec.managementPolicy === "Observe" && classOf(ruling).ready === "True";
  return observes ? { ...ruling, reason: "Observing", memory } : { ...ruling, memory };
}

export const ACCOUNT_RULES: readonly Rule<AccountFacts>[] = [
  { name: "the account behind the object has changed", rule: accountMismatch },
  { name: "maxStaleness is shorter than two sweeps", rule: invalidConfiguration },
  { name: "the Secret is missing or lacks its keys", rule: secretFault },
  { name: "Twilio refuses the credentials", rule: rejected },
  { name: "no successful observation for maxStaleness", rule: stale },
  { name: "not listed yet", rule: notListed },
  { name: "the last observation worked", rule: authenticated },
];

function accountMismatch({ object }: AccountFacts): Ruling | undefined {
  const pinned = object.status?.accountSid;
  if (pinned === undefined || pinned === object.spec.accountSid) return undefined;
  return wait(
    "AccountMismatch",
    `This object stood for ${pinned}, and now names ${object.spec.accountSid}. Use another object for another account.`,
  );
}

function invalidConfiguration({ object, state }: AccountFacts): Ruling | undefined {
  const { maxStaleness, sweepInterval } = object.spec;
  if (maxStaleness === undefined || state === undefined) return undefined;
  const sweep = state.sweepIntervalMs;
  if (parseDuration(maxStaleness) >= 2 * sweep) return undefined;
  const which = sweepInterval === undefined ? "the operator's --sweep-interval" : "spec.sweepInterval";
  return wait(
    "InvalidConfiguration",
    `spec.maxStaleness (${maxStaleness}) must be at least twice ${which} (${sweep / 1000}s).`,
  );
}

function secretFault({ state }: AccountFacts): Ruling | undefined {
  const credentials = state?.credentials;
  if (credentials?.kind === "secretNotFound") return wait("SecretNotFound", credentials.message);
  return credentials?.kind === "secretInvalid" ? wait("SecretInvalid", credentials.message) : undefined;
}

function rejected({ state, object }: AccountFacts): Ruling | undefined {
  if (state?.credentials.kind !== "rejected") return undefined;
  const { failure } = state.credentials;
  const code = failure.code === undefined ? "" : ` ${failure.code}`;
  const secret = object.spec.credentialsSecretRef.name;
  return wait(
    "CredentialsRejected",
    `Twilio refuses the credentials (error${code}, request ${failure.requestId ?? "unknown"}): ${failure.message}. Correct Secret "${secret}"; it is tried again at once when it changes.`,
  );
}

function stale({ world, state }: AccountFacts): Ruling | undefined {
  if (state?.lastSuccessAt === undefined || !isStale(state, world.now)) return undefined;
  const why = state.lastFailure === undefined ? "" : ` Last failure: ${state.lastFailure.message}`;
  return wait(
    "ObservationStale",
    `The account has not been observed since ${wholeSeconds(state.lastSuccessAt)}.${why}`,
  );
}

function notListed({ state, object }: AccountFacts): Ruling | undefined {
  if (state?.view?.listedAt !== undefined) return undefined;
  const why = state?.lastFailure === undefined ? "" : ` Last failure: ${state.lastFailure.message}`;
  const ruling = wait("Pending", `The account has not been listed yet.${why}`);
  const known = object.status?.observedGeneration === object.metadata.generation;
  return known && state?.lastFailure === undefined ? { ...ruling, keep: true } : ruling;
}

function authenticated({ state }: AccountFacts): Ruling {
  const partial =
    state?.view?.suspect === true
      ? " The last listing was much shorter than the one before and is not believed until a second one agrees."
      : "";
  return wait("Authenticated", `Twilio accepts the credentials.${partial}`);
}

/** The time is written at most once per maxStaleness/3: it is the only heartbeat there is. */
function observationMemory({ world, object, state }: AccountFacts): Readonly<Record<string, unknown>> {
  const view = state?.view;
  if (state === undefined || view?.listedAt === undefined) return {};
  const at = state.lastSuccessAt ?? view.listedAt;
  return {
    accountSid: object.status?.accountSid ?? view.accountSid,
    coverage: coverageOf(world, view),
    ...(isHeartbeatDue({ world, object, state }, at) ? { lastObservationTime: wholeSeconds(at) } : {}),
  };
}

function isHeartbeatDue(
  { world, object, state }: AccountFacts & { readonly state: AccountState },
  at: number,
): boolean {
  const last = Date.parse(object.status?.lastObservationTime ?? "");
  const interval = state.maxStalenessMs / 3;
  // A time yet to come, of a clock that ran ahead, is replaced too.
  return Number.isNaN(last) || at - last >= interval || last - world.now >= interval;
}

export type Protection = "registered" | "pending" | "failed" | "unregistered" | "unsupported";

/** numbers = registered + pending + failed + unregistered + unsupported; unmanaged = those without a binding. */
function coverageOf(world: World, view: AccountView): Readonly<Record<string, number>> {
  const count = {
    numbers: 0,
    registered: 0,
    pending: 0,
    failed: 0,
    unregistered: 0,
    unsupported: 0,
    unmanaged: 0,
  };
  for (const number of view.numbers()) {
    count.numbers += 1;
    count[protectionOf(number)] += 1;
    if (world.objects.bindingsNaming(view.accountSid, number).length === 0) count.unmanaged += 1;
  }
  return count;
}

export function protectionOf(number: NumberRecord): Protection {
  const slot = slotOf(number);
  switch (slot.kind) {
    case "registered":
      return "registered";
    case "pending":
      return "pending";
    case "failed":
    case "unregistrationFailed":
      return "failed";
    case "free":
      return slot.failed ? "failed" : whereNothingIs(number);
    case "lagging":
    case "notEnabled":
    case "unknown":
      return whereNothingIs(number);
  }
}

const supported = new WeakMap<NumberRecord, boolean>();

/** Addresses are registered for US, CA and GB only. */
function whereNothingIs(number: NumberRecord): "unregistered" | "unsupported" {
  const known =
    supported.get(number) ??
    (["US", "CA", "GB"] as const).some((country) => isNumberOf(country, number.phoneNumber) !== "no");
  supported.set(number, known);
  return known ? "unregistered" : "unsupported";
}
