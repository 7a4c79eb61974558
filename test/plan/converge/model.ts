/**
 * A small company and a small Twilio: two numbers, two EmergencyAddresses, a SIP domain that has one of the numbers as
 * its caller, one number at a time without protection. The operator here is the real planner with the real functions of
 * outcome and status; what surrounds them (controllers/reconcile, execute, guarded) is told again in `pass`, without
 * time: every wait of the operator's own is over at once, but the slow retry never is.
 */
import { FINALIZER } from "../../../src/api/names.ts";
import { isDeleting, type AnyObject, type EmergencyAddress, type Managed } from "../../../src/api/objects.ts";
import { ObjectIndex } from "../../../src/controllers/object-index.ts";
import { signatureOf } from "../../../src/plan/convergence.ts";
import { afterWrite, markAfter, outcomeOf, recordBefore, type Outcome } from "../../../src/plan/outcome.ts";
import { plan } from "../../../src/plan/plan.ts";
import { classOf, type NamedRuling } from "../../../src/plan/rule.ts";
import { merge, nextStatus } from "../../../src/plan/status.ts";
import { isGuarded, isWrite, type Look, type Mark, type Write } from "../../../src/plan/step.ts";
import { OBJECT_PREFIX_LENGTH } from "../../../src/plan/address/tag.ts";
import type { World } from "../../../src/plan/world.ts";
import { AccountSnapshot } from "../../../src/twilio/snapshot.ts";
import type { AddressRecord, DomainRecord, NumberRecord } from "../../../src/twilio/types.ts";
import { ACCOUNT, accountsIn, NOW, OWNER } from "../../support/planning.ts";
import { numberOf, send } from "./small-twilio.ts";

export interface State {
  objects: AnyObject[];
  numbers: NumberRecord[];
  addresses: AddressRecord[];
  domains: DomainRecord[];
  /** Numbers that a lagging listing shows as they were before our last write, by sid. */
  lagging: Record<string, NumberRecord>;
  /** What the process knows and a restart forgets. */
  lastWrite: Record<string, string>;
  written: Record<string, NumberRecord>;
  /** How many Addresses were ever made. */
  made: number;
  /** How many more times somebody may interfere. */
  mischief: number;
  /** Somebody has undone at Twilio what we did. */
  undone: boolean;
}

/** What becomes of a write; `killed…`: the process with it. */
export type Answer = "done" | "lost" | "refused" | "killedBefore" | "killedAfter";

export interface Passed {
  readonly state: State;
  /** What was sent, if Twilio took it. */
  readonly write?: Write;
  readonly ruling: NamedRuling;
}

const TIMINGS = {
  grace: 0,
  slotLag: 0,
  ignoredAfter: 0,
  createLooks: [0],
  slowRetryMin: 3_600_000,
  slowRetryMax: 86_400_000,
};

export function worldOf(state: State): World {
  const index = new ObjectIndex();
  for (const object of state.objects) index.put(object);
  const snapshot = new AccountSnapshot(ACCOUNT, { tagPrefixLength: OBJECT_PREFIX_LENGTH });
  const { addresses, domains } = state;
  const shown = state.numbers.map((number) => state.lagging[number.sid] ?? number);
  for (const number of Object.keys(state.written)) snapshot.noteWrite(number, NOW - 1);
  snapshot.mergeListing({ numbers: shown, addresses, domains, startedAt: NOW });
  for (const number of state.numbers)
    if (state.lagging[number.sid] === undefined) snapshot.mergeNumber(number, NOW);
  return {
    now: NOW,
    ownerId: OWNER,
    trustedSince: 0,
    timings: TIMINGS,
    dryRun: false,
    objects: index,
    account: accountsIn(index, { view: snapshot, lastSuccessAt: NOW }),
    lastWrite: (object) => {
      const signature = state.lastWrite[object.metadata.name];
      return signature === undefined ? undefined : { signature, at: NOW };
    },
    watchedSince: () => NOW,
  };
}

export function find(state: State, name: string): Managed | undefined {
  return state.objects.find((object) => object.metadata.name === name) as Managed | undefined;
}

export function ruleOn(state: State, name: string): NamedRuling | undefined {
  const object = find(state, name);
  return object === undefined ? undefined : plan(worldOf(state), object);
}

/** One pass over one object. The state that comes in stays as it is. */
export function pass(before: State, name: string, answer: Answer = "done"): Passed | undefined {
  const state = structuredClone(before);
  const ruling = ruleOn(state, name);
  const object = find(state, name);
  if (ruling === undefined || object === undefined) return undefined;
  const { step } = ruling;
  if (step.type === "None") return reported(state, name, ruling);
  if (isWrite(step)) return written(state, object, { ruling, step, answer });
  if ("address" in step || step.type === "AddFinalizer" || step.type === "ReleaseFinalizer")
    mark(state, object, step);
  else look(state, step);
  return reported(state, name, ruling);
}

/** After a look or a write the planner is asked again, and that ruling makes the status. */
function reported(state: State, name: string, first: NamedRuling): Passed {
  const ruling = ruleOn(state, name);
  const object = find(state, name);
  if (ruling === undefined || object === undefined) return { state, ruling: first };
  setStatus(object, nextStatus(worldOf(state), object, ruling));
  const isAtRest = classOf(ruling).ready === "True" || ruling.settled === true;
  if (isAtRest && ruling.keep !== true && ruling.step.type === "None") delete state.lastWrite[name];
  return { state, ruling };
}

/** Conditions are output only: nothing is decided by them. */
function setStatus(object: AnyObject, status: Readonly<Record<string, unknown>>): void {
  (object as { status: unknown }).status = merge(status, { conditions: null });
}

function look(state: State, step: Look): void {
  if (step.type === "GetNumber") delete state.lagging[step.sid];
}

function mark(state: State, object: Managed, step: Mark): void {
  switch (step.type) {
    case "AddFinalizer":
      hold(object);
      break;
    case "ReleaseFinalizer":
      setFinalizers(object, []);
      if (isDeleting(object)) state.objects = state.objects.filter((other) => other !== object);
      break;
    case "RecordFailedTarget":
      editFailed(state, step.address.name, (failed) => [
        ...failed,
        { addressSid: step.addressSid, phoneNumberSid: step.phoneNumberSid, time: "now" },
      ]);
      break;
    case "ClearFailedTargets":
      editFailed(state, step.address.name, (failed) =>
        failed.filter(
          (entry) =>
            !step.entries.some(
              (spent) =>
                spent.addressSid === entry.addressSid && spent.phoneNumberSid === entry.phoneNumberSid,
            ),
        ),
      );
      break;
  }
}

type Failed = NonNullable<NonNullable<EmergencyAddress["status"]>["failedTargets"]>;

function editFailed(state: State, name: string, edit: (failed: Failed) => Failed): void {
  const address = find(state, name) as EmergencyAddress | undefined;
  if (address === undefined) return;
  const failed = edit(address.status?.failedTargets ?? []);
  setStatus(address, merge({ ...address.status }, { failedTargets: failed.length === 0 ? null : failed }));
}

function hold(object: AnyObject): void {
  if (!isDeleting(object)) setFinalizers(object, [FINALIZER]);
}

function setFinalizers(object: AnyObject, finalizers: readonly string[]): void {
  (object.metadata as { finalizers?: readonly string[] }).finalizers = finalizers;
}

interface Sending {
  readonly ruling: NamedRuling;
  readonly step: Write;
  readonly answer: Answer;
}

function written(state: State, object: Managed, { ruling, step, answer }: Sending): Passed {
  const { name } = object.metadata;
  if (isGuarded(step)) {
    // Looked at live, and planned again: another step than expected, and nothing is sent.
    state.lagging = {};
    const again = ruleOn(state, name);
    if (JSON.stringify(again?.step) !== JSON.stringify(step)) return { state, ruling };
  }
  record(state, object, { ruling, step });
  if (answer === "killedBefore") return { state: restarted(state), ruling };
  if (answer !== "refused") send(state, step);
  const write = answer === "refused" ? {} : { write: step };
  if (answer === "killedAfter") return { state: restarted(state), ruling, ...write };
  remember(state, object, { ruling, step, answer });
  return { ...reported(state, name, ruling), ...write };
}

function record(state: State, object: Managed, { ruling, step }: Omit<Sending, "answer">): void {
  if (step.type === "DisassociateAddress" && step.takesAway) {
    hold(object);
    const address =
      object.kind === "PhoneNumberBinding" ? find(state, object.spec.addressRef?.name ?? "") : undefined;
    if (address !== undefined) hold(address);
  }
  const number = "numberSid" in step ? numberOf(state, step.numberSid) : undefined;
  const first = recordBefore(object, step, { now: NOW, ...(number === undefined ? {} : { number }) });
  if (first !== undefined) setStatus(object, merge({ ...object.status }, { ...ruling.memory, ...first }));
}

const OUTCOMES: Readonly<Record<"lost" | "refused", Outcome>> = {
  lost: outcomeOf({ kind: "unknown", message: "no answer" }),
  refused: outcomeOf({ kind: "rejected", message: "refused", code: 21617 }),
};

function remember(state: State, object: Managed, { ruling, step, answer }: Sending): void {
  const value = step.type === "CreateAddress" ? state.addresses.at(-1) : {};
  const outcome: Outcome =
    answer === "lost" || answer === "refused" ? OUTCOMES[answer] : { kind: "done", startedAt: NOW, value };
  if (outcome.kind === "done") state.lastWrite[object.metadata.name] = signatureOf(object, step);
  const memory = {
    ...ruling.memory,
    ...afterWrite(worldOf(state), object, { step, inputs: ruling.inputs ?? "" }, outcome),
    observedGeneration: object.metadata.generation,
  };
  const failed = markAfter(object, step, outcome);
  if (failed !== undefined) mark(state, object, failed);
  setStatus(object, merge({ ...object.status }, memory));
}

export function restarted(state: State): State {
  return { ...state, lastWrite: {}, written: {} };
}
