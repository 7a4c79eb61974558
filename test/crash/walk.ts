/** Walks a company through random actions, in any order, and sees it come right. */
import { eventually } from "../stories/eventually.ts";
import { fault } from "../stories/faults.ts";
import { condition, deskOf, type Seen, type Site } from "../stories/site.ts";
import type { Case } from "./case.ts";
import { FAILING } from "./ground.ts";
import { brokenPromises } from "./promises.ts";
import { ADDRESSES, STREETS, type Action } from "./walk-actions.ts";
import { FOREIGN } from "./steps.ts";

/** Walks, then lets everything come right with a person who helps; every sentence that was broken. */
export async function walk(one: Case, actions: readonly Action[]): Promise<readonly string[]> {
  const touched: Touched = new Map();
  try {
    await begin(one.site);
    for (const each of actions) await act(one, each, touched);
    await helped(one.site);
    await one.site.check(({ sid, at }) => (touched.get(sid) ?? []).some((then) => isSoonAfter(at, then)));
    return await brokenPromises(one.site, one.trace, { callerMayMove: true });
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** When somebody edited a number at Twilio, by its sid. */
type Touched = Map<string, readonly number[]>;

/** Longer than from one listing to the next: what the operator does until then, it does on what it has last seen. */
const UNSEEN_MS = 4_000;

function isSoonAfter(at: number, then: number): boolean {
  return at >= then && at - then < UNSEEN_MS;
}

async function begin(site: Site): Promise<void> {
  await Promise.all(ADDRESSES.map((name, index) => site.address(name, { street: STREETS[index] ?? "" })));
  await Promise.all(Array.from({ length: 4 }, (_, index) => site.binding(deskOf(index), index)));
  await site.reason("binding", "desk", "Registered", 20_000);
}

async function act(one: Case, each: Action, touched: Touched): Promise<void> {
  const { site } = one;
  switch (each.do) {
    case "bind":
      return ignoringConflicts(() =>
        site.binding(deskOf(each.number), each.number, {
          ...each.spec,
          addressRef: { name: site.named("address", nameAt(each.address)) },
        }),
      );
    case "move":
      return ignoringConflicts(() =>
        site.address(nameAt(each.address), { street: STREETS[each.street] ?? "" }),
      );
    case "budget":
      return site.patch("account", site.id, { spec: { maxUnprotected: each.maxUnprotected } });
    case "domain":
      return site.domain("sip", { emergencyCallingEnabled: each.isEnabled }, deskOf(each.caller));
    case "unbind":
      return ifThere(site, "binding", deskOf(each.number), (name) => site.delete("binding", name));
    case "drop":
      return ifThere(site, "address", nameAt(each.address), (name) => site.delete("address", name));
    case "approve":
      return approveAll(site);
    case "ask again":
      return ifThere(site, "binding", deskOf(each.number), (name) =>
        site.annotate("binding", name, "requested-at", String(Math.random())),
      );
    case "wait":
      return new Promise((resolve) => setTimeout(resolve, each.ms));
    case "by hand":
    case "edit address":
    case "lose status":
    case "restart":
    case "fault":
      return disturb(one, each, touched);
  }
}

type Disturbance = Extract<
  Action,
  { readonly do: "by hand" | "edit address" | "lose status" | "restart" | "fault" }
>;

async function disturb({ site, stage }: Case, each: Disturbance, touched: Touched): Promise<void> {
  switch (each.do) {
    case "by hand":
      touched.set(site.numberSid(each.number), [
        ...(touched.get(site.numberSid(each.number)) ?? []),
        Date.now(),
      ]);
      await site.editNumber(SLOTS[each.slot], each.number);
      return;
    case "edit address":
      return ifThere(site, "address", nameAt(each.address), async (name) => {
        const { status } = await site.get("address", name);
        if (status["sid"] !== undefined) await site.edit(status["sid"] as string, { street: "77 Wrong St" });
      });
    case "lose status":
      return ifThere(site, "binding", deskOf(each.number), (name) => site.wipe("binding", name));
    case "restart":
      stage.operator.send(each.signal);
      await stage.operator.ended;
      return;
    case "fault":
      await fault(site, { match: { path: each.path }, times: each.times, action: each.action });
  }
}

const SLOTS = {
  empty: { emergency_address_sid: null, emergency_address_status: "unregistered" },
  foreign: { emergency_address_sid: FOREIGN, emergency_address_status: "registered" },
  failed: { emergency_address_sid: FOREIGN, emergency_address_status: "registration-failure" },
};

const nameAt = (index: number): string => ADDRESSES[index] ?? "hq";

async function ifThere(
  site: Site,
  kind: "address" | "binding",
  name: string,
  use: (name: string) => Promise<unknown>,
): Promise<void> {
  if ((await site.find(kind, name)) !== undefined) await ignoringConflicts(() => use(name));
}

/** The object may go away between the look and the edit. */
async function ignoringConflicts(use: () => Promise<unknown>): Promise<void> {
  try {
    await use();
  } catch (error) {
    if (!/: (404|409) /.test(String(error))) throw error;
  }
}

async function approveAll(site: Site): Promise<void> {
  for (const object of await site.objects()) {
    const name = object.metadata.name.replace(`${site.id}-`, "");
    // As it stood when it was read: it may be gone by now, and then the approval is stale.
    const plan = object.status["pendingPlan"] as { readonly hash: string } | undefined;
    if (object.kind === "PhoneNumberBinding" && plan !== undefined)
      await ifThere(site, "binding", name, (found) => site.annotate("binding", found, "approve", plan.hash));
  }
}

const HELP_MS = 60_000;

/** A person puts right what only a person can: addresses that exist, budget, approvals, confirmations. Then all settles. */
async function helped(site: Site): Promise<void> {
  await site.control.removeFaults(site.id);
  await site.patch("account", site.id, { spec: { maxUnprotected: 3 } });
  let open: readonly string[] = [];
  const isSettled = await eventually(async () => {
    await help(site);
    open = (await site.objects()).filter((object) => !isAtRest(object)).map((object) => told(object));
    await new Promise((resolve) => setTimeout(resolve, 200));
    return open.length === 0 ? true : undefined;
  }, HELP_MS);
  if (isSettled === undefined) throw new Error(`not settled:\n${open.join("\n")}`);
}

async function help(site: Site): Promise<void> {
  for (const name of ADDRESSES) {
    const found = await site.find("address", name);
    if (found === undefined) await site.address(name);
    else if (found.spec["street"] === FAILING)
      await ifThere(site, "address", name, (failing) =>
        site.patch("address", failing, { spec: { street: "4 Fourth St" } }),
      );
  }
  for (const object of await site.objects()) {
    if (object.kind !== "PhoneNumberBinding") continue;
    const name = object.metadata.name.replace(`${site.id}-`, "");
    if (object.spec["suspend"] === true)
      await ifThere(site, "binding", name, (found) =>
        site.patch("binding", found, { spec: { suspend: false } }),
      );
    if (object.metadata.deletionTimestamp !== undefined)
      await ifThere(site, "binding", name, (found) => site.annotate("binding", found, "confirm-delete"));
    if (condition(object)?.status === "False")
      await ifThere(site, "binding", name, (found) =>
        site.annotate("binding", found, "requested-at", String(Math.floor(Date.now() / 5_000))),
      );
  }
  await approveAll(site);
}

/** Ready, or a domain whose caller has, by what the walk made of it, no registered address. */
function isAtRest(object: Seen): boolean {
  if (object.status["observedGeneration"] !== object.metadata.generation) return false;
  const ready = condition(object);
  if (ready?.status === "True") return object.metadata.deletionTimestamp === undefined;
  if (object.kind !== "SIPDomainSetting") return false;
  return ["CallerNotRegistered", "WaitingForNumber"].includes(ready?.reason ?? "");
}

function told(object: Seen): string {
  const { reason, message } = condition(object) ?? {};
  const { conditions: _, ...status } = object.status;
  return `${object.kind} ${object.metadata.name} ${reason}: ${message} ${JSON.stringify(status)}`;
}
