/** How a case ended, without what differs from run to run: what must be equal with and without a crash. */
import type { AccountState, TwilioJson } from "../support/emulator.ts";
import { conditionsOf } from "../support/kstatus.ts";
import type { Seen, Site } from "../stories/site.ts";

export interface End {
  readonly twilio: readonly string[];
  readonly objects: readonly string[];
}

export async function endOf(site: Site): Promise<End> {
  const [account, objects] = await Promise.all([site.twilio(), site.objects()]);
  return {
    twilio: [
      ...account.addresses.map((address) => `Address ${streetOf(address)}`).toSorted(),
      ...account.numbers
        .filter(({ sid }) => indexOf(site, sid) >= 0)
        .map((number) => `number ${indexOf(site, number.sid)}: ${slotOf(account, number)}`),
      ...account.domains.map((domain, index) => `domain ${index}: ${callingOf(site, domain)}`),
    ],
    objects: objects.map((object) => inShort(site, object)).toSorted(),
  };
}

function streetOf(address: TwilioJson | undefined): string {
  return address === undefined ? "of nobody" : String(address["street"]);
}

function slotOf({ addresses }: AccountState, number: TwilioJson): string {
  const sid = number["emergency_address_sid"];
  const at = sid === null ? "free" : `at ${streetOf(addresses.find((address) => address.sid === sid))}`;
  return `${at}, ${String(number["emergency_address_status"])}, ${String(number["emergency_status"])}`;
}

/** Of the case's own numbers; -1 for every other. */
function indexOf(site: Site, sid: unknown): number {
  const { numbers = 1 } = site.options;
  return Array.from({ length: numbers }, (_, index) => site.numberSid(index)).indexOf(String(sid));
}

function callingOf(site: Site, domain: TwilioJson): string {
  const caller = indexOf(site, domain["emergency_caller_sid"]);
  return `${domain["emergency_calling_enabled"] === true ? "enabled" : "disabled"}, caller ${caller}`;
}

/** Memory that is there only while something is under way, or that says what failed. */
const MEMORY = [
  "operation",
  "previousAddressSid",
  "retiringSids",
  "failedTargets",
  "pendingPlan",
  "lastError",
];

/**
 * Says that EmergencyStatus was asked for. A crash between that request and its record loses it, at no cost: where Twilio
 * reports the value by then, nothing is asked again and nothing waits.
 */
const INFORMATIONAL = "EmergencyStatusApplied";

function inShort(site: Site, object: Seen): string {
  const conditions = conditionsOf(object)
    .filter(({ type }) => type !== INFORMATIONAL)
    .map(({ type, status, reason }) => `${type}=${status}/${reason}`);
  const memory = MEMORY.filter((field) => object.status[field] !== undefined);
  const held = (object.metadata.finalizers ?? []).length > 0 ? ["held"] : [];
  const name = object.metadata.name.replace(site.id, "site");
  return `${object.kind} ${name}: ${[...conditions.toSorted(), ...memory, ...held].join(" ")}`;
}

/** What differs, in words; empty where they are equal. */
export function differences(is: End, shouldBe: End): readonly string[] {
  const [a, b] = [is, shouldBe].map(({ twilio, objects }) => [...twilio, ...objects]) as [string[], string[]];
  return [
    ...a.filter((line) => !b.includes(line)).map((line) => `is: ${line}`),
    ...b.filter((line) => !a.includes(line)).map((line) => `should be: ${line}`),
  ];
}
