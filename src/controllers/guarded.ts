/**
 * The one procedure for steps that may take protection away, under the account's lock, every time:
 *
 *   live read of the objects → GET at Twilio → plan again → the same step, or drop it → finalizers and record → send
 */
import { isDeleting, type AnyObject, type EmergencyAddress, type Managed } from "../api/objects.ts";
import { equal } from "../lib/equal.ts";
import { hasFinalizer } from "../plan/deletion.ts";
import { addressObjectOf } from "../plan/lookup.ts";
import { plan } from "../plan/plan.ts";
import { accountName } from "../plan/policy.ts";
import type { NamedRuling } from "../plan/rule.ts";
import { isWrite, type Look, type Step, type Write } from "../plan/step.ts";
import type { AccountSnapshot } from "../twilio/snapshot.ts";
import type { Failure } from "../twilio/types.ts";
import type { AccountEntry } from "./accounts.ts";
import { observe, type Context } from "./context.ts";
import { mark, sendPrepared, type Executed } from "./execute.ts";
import { lookOnce, noteRejection } from "./looks.ts";
import { objectKey } from "./objects.ts";

const AT_A_TIME = 20;
/** Who waits longer for others of the account comes back later, and leaves the worker to somebody else. */
const LOCK_PATIENCE_MS = 60_000;
/** What was looked at longer ago says too little of now. */
const LOOKS_MS = 60_000;

interface Guarded {
  readonly entry: AccountEntry;
  readonly object: Managed;
  readonly ruling: NamedRuling;
}

export function guarded(context: Context, { entry, object, ruling }: Guarded): Promise<Executed> {
  return inTurn(context, entry, async () => {
    await readLive(context, object);
    const failure = await lookAgain(context, entry, ruling.step);
    if (failure !== undefined) return { kind: "failed", failure };
    const fresh = context.source.get(objectKey(object)) as Managed | undefined;
    if (fresh === undefined) return { kind: "dropped" };
    // Started over meanwhile: the looks went into a snapshot that the plan no longer sees.
    if (context.accounts.entry(fresh.metadata.namespace, accountName(fresh)) !== entry)
      return { kind: "dropped" };
    const world = observe(context, fresh);
    const again = plan(world, fresh);
    if (!equal(again.step, ruling.step)) return { kind: "dropped" };
    return carryOut(context, { entry, object: fresh, ruling: again }, world.trustedSince);
  });
}

/** Lets an object go after the same live reads. Its account may be gone: then there is no lock, and nobody to race. */
export function letGo(context: Context, object: Managed, ruling: NamedRuling): Promise<Executed> {
  const entry = context.accounts.entry(object.metadata.namespace, accountName(object));
  const release = async (): Promise<Executed> => {
    await readLive(context, object);
    const fresh = context.source.get(objectKey(object));
    if (fresh === undefined || ruling.step.type !== "ReleaseFinalizer") return { kind: "dropped" };
    if (plan(observe(context, fresh), fresh).step.type !== "ReleaseFinalizer") return { kind: "dropped" };
    return { kind: "done", object: await mark(context, fresh, ruling.step) };
  };
  return entry === undefined ? release() : inTurn(context, entry, release);
}

async function inTurn(
  { clock }: Context,
  { shared }: AccountEntry,
  work: () => Promise<Executed>,
): Promise<Executed> {
  return (await shared.lock.runWithin(LOCK_PATIENCE_MS, clock, work)) ?? { kind: "dropped" };
}

async function carryOut(
  context: Context,
  { entry, object, ruling }: Guarded,
  trustedSince: number,
): Promise<Executed> {
  const { step } = ruling;
  if (!isWrite(step)) return { kind: "dropped" };
  const held =
    step.type === "DisassociateAddress" && step.takesAway ? await holdObjects(context, object) : object;
  return sendPrepared(context, { entry, object: held, ruling, step, trustedSince });
}

/** The object, its address object, its account, and every domain object: what a change of theirs could forbid. */
async function readLive(context: Context, object: Managed): Promise<void> {
  const { source } = context;
  const { namespace } = object.metadata;
  const reads: Promise<unknown>[] = [
    source.refresh(objectKey(object)),
    source.refresh({ kind: "TwilioAccount", namespace, name: accountName(object) }),
    source.refreshAll("SIPDomainSetting"),
  ];
  const address = object.kind === "PhoneNumberBinding" ? object.spec.addressRef?.name : undefined;
  if (address !== undefined)
    reads.push(source.refresh({ kind: "EmergencyAddress", namespace, name: address }));
  await Promise.all(reads);
}

/**
 * From before the disassociation until protection is back, neither the binding nor its address object may vanish. The
 * binding comes first: with it held, nothing releases the other in between.
 */
async function holdObjects(context: Context, object: Managed): Promise<Managed> {
  const held = (await hold(context, object)) as Managed;
  if (object.kind !== "PhoneNumberBinding") return held;
  const address: EmergencyAddress | undefined = addressObjectOf(observe(context, object), object);
  if (address !== undefined) await hold(context, address);
  return held;
}

async function hold(context: Context, object: AnyObject): Promise<AnyObject> {
  if (hasFinalizer(object) || isDeleting(object)) return object;
  return (await context.source.setFinalizer(object, true)) ?? object;
}

/** GET of all that the step concerns. Stops at the first failure. */
async function lookAgain(context: Context, entry: AccountEntry, step: Step): Promise<Failure | undefined> {
  if (!isWrite(step)) return undefined;
  if (step.type === "DeleteAddress") return lookForUsers(context, entry, step.sid);
  const began = context.clock.uptime();
  for (const look of looksFor(entry, step)) {
    const failure = await lookOnce(context, entry, look);
    if (failure !== undefined) return failure;
    if (context.clock.uptime() - began > LOOKS_MS)
      return { kind: "notSent", message: "Twilio's answers took so long that the first of them is old." };
  }
  return undefined;
}

function looksFor(entry: AccountEntry, step: Write): readonly Look[] {
  const { snapshot } = entry.shared;
  if ("domainSid" in step) {
    const caller = snapshot.domain(step.domainSid)?.value.emergencyCallerSid;
    const numbers = new Set([caller, "numberSid" in step ? step.numberSid : undefined]);
    const looks: Look[] = [{ type: "GetDomain", sid: step.domainSid }];
    for (const sid of numbers) if (sid !== undefined && sid !== null) looks.push({ type: "GetNumber", sid });
    return looks;
  }
  if (!("numberSid" in step)) return [];
  return [{ type: "GetNumber", sid: step.numberSid }, ...domainsToLookAt(snapshot, step.numberSid)];
}

/** Domains that have the number as their caller, or may have it behind a listing that lags what we wrote to them. */
function domainsToLookAt(snapshot: AccountSnapshot, numberSid: string): readonly Look[] {
  return snapshot
    .domains()
    .filter(({ sid, emergencyCallerSid }) => {
      const isDoubtful = snapshot.writtenAt(sid) !== undefined && snapshot.domain(sid)?.direct !== true;
      return emergencyCallerSid === numberSid || isDoubtful;
    })
    .map(({ sid }) => ({ type: "GetDomain", sid }));
}

/**
 * Before an Address is deleted: a complete listing that begins now, a GET of each number that we know carried it, and
 * Twilio's own list of its dependants. Any user at all is an answer of its own.
 */
async function lookForUsers(
  context: Context,
  entry: AccountEntry,
  sid: string,
): Promise<Failure | undefined> {
  const { client } = entry;
  if (client === undefined) return { kind: "notSent", message: "The account has no credentials." };
  const listed = await context.list(entry);
  if (listed !== undefined) return listed;
  const unseen = await lookAtNumbers(context, entry, knownCarriers(context, entry, sid));
  if (unseen !== undefined) return unseen;
  const dependants = await client.listDependentNumbers(sid);
  if (!dependants.ok) {
    const failure = noteRejection(context, entry, dependants.failure);
    return failure.kind === "notFound" ? gone(context, entry, sid) : failure;
  }
  if (dependants.value.length === 0) return undefined;
  const numbers = dependants.value.slice(0, 5).join(", ");
  return { kind: "busy", message: `Twilio still lists numbers that depend on ${sid}: ${numbers}` };
}

/** A GET of each, a handful at a time: thousands may have carried one Address, and the lock is held meanwhile. */
async function lookAtNumbers(
  context: Context,
  entry: AccountEntry,
  sids: readonly string[],
): Promise<Failure | undefined> {
  for (let from = 0; from < sids.length; from += AT_A_TIME) {
    const looks = sids
      .slice(from, from + AT_A_TIME)
      .map((sid) => lookOnce(context, entry, { type: "GetNumber", sid }));
    const failure = (await Promise.all(looks)).find((result) => result !== undefined);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

async function gone(context: Context, entry: AccountEntry, sid: string): Promise<Failure | undefined> {
  return lookOnce(context, entry, { type: "GetAddress", sid });
}

function knownCarriers(context: Context, entry: AccountEntry, sid: string): readonly string[] {
  const bindings = context.source.objects.bindingsOf(entry.shared.accountSid);
  return bindings
    .filter(
      ({ status }) =>
        status?.appliedAddressSids?.includes(sid) === true || status?.emergencyAddressSid === sid,
    )
    .flatMap(({ status }) => status?.phoneNumberSid ?? []);
}
