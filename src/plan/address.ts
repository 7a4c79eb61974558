/**
 * EmergencyAddress: Twilio has one unedited Address of the desired content. An Address is never edited in place: new
 * content is a new Address, its numbers move one by one, and the old one goes once nothing uses it.
 */
import { isDeleting, type EmergencyAddress } from "../api/objects.ts";
import type { NewAddress } from "../twilio/types.ts";
import {
  addressFacts,
  addressInputs,
  creationStart,
  unlistedSid,
  type AddressFacts,
} from "./address/facts.ts";
import { ADDRESS_DELETION_RULES } from "./address/deletion.ts";
import { addressMemory } from "./address/memory.ts";
import { rivalOfAddress } from "./claims.ts";
import { CONTENT_FIELDS, contentOf } from "./address/content.ts";
import { notConverging } from "./convergence.ts";
import { addFinalizer, asksForWork, hasFinalizer } from "./deletion.ts";
import { adoptsSecond } from "./address/ownership.ts";
import { underPolicy, usableAccount } from "./policy.ts";
import { retirement } from "./address/retirement.ts";
import { firstRuling, look, stillWorking, wait, type NamedRuling, type Rule, type Ruling } from "./rule.ts";
import { makeTag } from "./address/tag.ts";
import type { World } from "./world.ts";

export function planAddress(world: World, object: EmergencyAddress): NamedRuling {
  const account = usableAccount(world, object);
  if ("reason" in account) return account;
  const facts = addressFacts(world, account, object);
  const ruling = firstRuling(isDeleting(object) ? ADDRESS_DELETION_RULES : ADDRESS_RULES, facts);
  const remembered = {
    ...ruling,
    inputs: addressInputs(object),
    memory: { ...addressMemory(facts, ruling), ...ruling.memory },
  };
  return underPolicy(world, object, account, notConverging(world, object, remembered));
}

export const ADDRESS_RULES: readonly Rule<AddressFacts>[] = [
  { name: "another object owns the Address", rule: conflict },
  { name: "spec.sid on an object that already has another Address", rule: secondAddress },
  { name: "failed targets that say nothing any more are cleared", rule: clearFailedTargets },
  { name: "a deletionPolicy that asks for work needs the finalizer", rule: addFinalizer },
  { name: "a finalizer that nothing needs any more is released", rule: releaseUnneeded },
  { name: "an adopted Address that is missing is looked for, then a fault", rule: adoptedMissing },
  { name: "an Address missing from a listing is looked at directly", rule: lookForMissing },
  { name: "current: superseded Addresses go, one by one", rule: retire },
  { name: "current: settled", rule: validated },
  { name: "the content was refused: tried again slowly", rule: rejected },
  { name: "a create in doubt is looked for 5, 15 and 60 seconds after its start", rule: lookAfterDoubt },
  { name: "before every create: a look-up begun after our last one", rule: lookBeforeCreate },
  { name: "no unedited Address of this content is ours: create it", rule: create },
];

function conflict({ world, account, object }: AddressFacts): Ruling | undefined {
  const rival = rivalOfAddress(world, account, object);
  if (rival === undefined) return undefined;
  const { namespace, name } = rival.metadata;
  return wait(
    "Conflict",
    `EmergencyAddress ${namespace}/${name} already stands for ${object.spec.sid}: this one writes nothing. Delete one of the two.`,
  );
}

function secondAddress({ object }: AddressFacts): Ruling | undefined {
  const [named, present] = [object.spec.sid, object.status?.sid];
  if (!adoptsSecond(object)) return undefined;
  return wait(
    "Conflict",
    `spec.sid names ${named}, but this object already has ${present}. Nothing is written: adopt ${named} with an object of its own.`,
  );
}

function clearFailedTargets(facts: AddressFacts): Ruling | undefined {
  const entries = facts.spentFailures;
  if (entries.length === 0 || facts.mode !== "manage") return undefined;
  const { namespace, name } = facts.object.metadata;
  return {
    step: { type: "ClearFailedTargets", address: { kind: "EmergencyAddress", namespace, name }, entries },
    reason: "Pending",
    message: "Failures recorded for another content or another wish are cleared.",
    keep: true,
  };
}

/** A binding's finalizer that its deletionPolicy does not ask for is the first sign of a change: see `guarded`. */
function releaseUnneeded({ object, mode, waiting, bindings }: AddressFacts): Ruling | undefined {
  if (!hasFinalizer(object) || waiting.length > 0 || (asksForWork(object) && mode !== "observe"))
    return undefined;
  if (bindings.some((binding) => hasFinalizer(binding) && !asksForWork(binding))) return undefined;
  return {
    step: { type: "ReleaseFinalizer" },
    reason: "Pending",
    message: "No change is open: the finalizer is released.",
    keep: true,
  };
}

function adoptedMissing(facts: AddressFacts): Ruling | undefined {
  const { account, object, world } = facts;
  const { sid } = object.spec;
  if (sid === undefined || !isAdoptionOpen(facts) || account.view.address(sid) !== undefined)
    return undefined;
  const absent = account.view.absentAt(sid);
  if (absent === undefined || absent < world.trustedSince) return look(object, { type: "GetAddress", sid });
  return addressNotFound(facts, sid);
}

/** Nothing of this object is current yet, and spec.sid has not been replaced by an Address of its own. */
function isAdoptionOpen({ object, owned }: AddressFacts): boolean {
  const { adoptedSid, sid } = object.status ?? {};
  return owned.current === undefined && (adoptedSid !== object.spec.sid || sid === object.spec.sid);
}

function addressNotFound({ world, account, object }: AddressFacts, sid: string): Ruling {
  const until = (world.watchedSince(object, "AddressNotFound") ?? world.now) + world.timings.grace;
  const message = `spec.sid names ${sid}, which is not in account ${account.view.accountSid}. Correct or remove the object.`;
  const ruling = wait("AddressNotFound", message, { watch: "AddressNotFound" });
  if (world.now >= until) return ruling;
  return stillWorking({ ...ruling, wakeAt: until, poll: { type: "GetAddress", sid } });
}

function lookForMissing(facts: AddressFacts): Ruling | undefined {
  const { account, object, owned } = facts;
  const missing = [owned.current, ...owned.superseded].find(
    (record) => record !== undefined && account.view.address(record.sid)?.missing === true,
  );
  const sid = missing?.sid ?? unlistedSid(facts);
  return sid === undefined ? undefined : look(object, { type: "GetAddress", sid });
}

function retire(facts: AddressFacts): Ruling | undefined {
  const settled = validated(facts);
  if (settled === undefined) return undefined;
  const next = retirement(facts);
  if (next === undefined) return undefined;
  const { retry } = facts;
  if (retry.kind === "waiting") return { ...settled, wakeAt: retry.retry.nextTime };
  if (next.step.type !== "DeleteAddress") return { ...settled, ...next };
  return {
    ...settled,
    ...next,
    message: `${settled.message} ${next.step.sid}, which nothing uses any more, is removed.`,
  };
}

function validated({ owned }: AddressFacts): Ruling | undefined {
  if (owned.current === undefined) return undefined;
  const said = `${owned.current.sid} exists at Twilio with this content.`;
  const twins = owned.duplicates.map((record) => record.sid);
  if (twins.length === 0) return wait("Validated", said);
  const more = `Twilio also has ${twins.join(", ")} of the same content, which is not used: see \`twilio-emergency orphans\`.`;
  return wait("Validated", `${said} ${more}`, { twins });
}

function rejected({ object, retry }: AddressFacts): Ruling | undefined {
  const { lastError: error, suggestedAddress: suggestion } = object.status ?? {};
  if (retry.kind !== "waiting" || error === undefined) return undefined;
  const code =
    error.code === undefined ? "" : ` (error ${error.code}, request ${error.requestId ?? "unknown"})`;
  const cure =
    suggestion === undefined
      ? "Correct the address."
      : `Twilio suggests: ${readable(suggestion)}. Put that into the spec, or set spec.autoCorrect.`;
  return wait(
    "AddressRejected",
    `Twilio refused the address${code}: ${firstSentence(error.message)} ${cure}`,
    { wakeAt: retry.retry.nextTime },
  );
}

function firstSentence(message: string): string {
  return message.split(" | ")[0] ?? message;
}

/** In the order of the spec, whatever the object's: the API server returns fields in another than they were written in. */
export function readable(suggestion: Readonly<Partial<Record<string, string>>>): string {
  return CONTENT_FIELDS.filter((field) => suggestion[field] !== undefined)
    .map((field) => `${field}: ${JSON.stringify(suggestion[field])}`)
    .join(", ");
}

function lookAfterDoubt({ world, account, object, owned }: AddressFacts): Ruling | undefined {
  const doubt = object.status?.operation;
  if (doubt?.type !== "CreateAddress" || doubt.target !== tagOf(owned)) return undefined;
  const started = creationStart(world, doubt);
  const looked = Math.max(account.view.absentAt(doubt.target) ?? 0, started);
  const next = world.timings.createLooks.map((after) => started + after).find((at) => at > looked);
  if (next === undefined) return undefined;
  if (world.now >= next)
    return { ...look(object, { type: "FindAddress", friendlyName: doubt.target }), keep: true };
  return wait(
    "Pending",
    "Twilio's answer to the creation was lost: looking for the Address before it is sent again.",
    {
      wakeAt: next,
    },
  );
}

function tagOf(owned: AddressFacts["owned"]): string {
  return makeTag(owned.prefix, owned.wantedHash, owned.nextRevision);
}

function lookBeforeCreate({ world, account, object, owned }: AddressFacts): Ruling | undefined {
  const tag = tagOf(owned);
  const written = Math.max(world.trustedSince, (account.view.writtenAt(tag) ?? 0) + 1);
  const listed = account.view.suspect ? 0 : (account.view.listedAt ?? 0);
  const looked = Math.max(listed, account.view.absentAt(tag) ?? 0);
  if (looked >= written) return undefined;
  return look(object, { type: "FindAddress", friendlyName: tag });
}

function create({ object, owned }: AddressFacts): Ruling {
  const address: NewAddress = {
    ...contentOf(object.spec),
    friendlyName: tagOf(owned),
    autoCorrectAddress: object.spec.autoCorrect === true,
  };
  const drifted = owned.drifted.map((record) => record.sid);
  const edited =
    drifted.length === 0
      ? ""
      : `${drifted.join(", ")} was edited by hand and is replaced: its numbers move only with approval. `;
  const ruling: Ruling = {
    step: { type: "CreateAddress", address },
    reason: "Pending",
    message: `${edited}The Address is being created and validated.`,
  };
  const known = object.status?.driftedSids ?? [];
  const replaced =
    drifted.length === 0 ? {} : { driftedSids: [...new Set([...known, ...drifted])].slice(-8) };
  // The Address in spec.sid was the starting point, and stays accepted as that when its successor takes its place.
  const adopted = object.spec.sid === undefined ? {} : { adoptedSid: object.spec.sid };
  const memory = { ...replaced, ...adopted };
  return drifted.length === 0 ? { ...ruling, memory } : { ...ruling, drifted: edited.trim(), memory };
}
