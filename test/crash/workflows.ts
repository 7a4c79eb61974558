/** The workflows that are crashed, each as a person plays it; the points are found by playing it once undisturbed. */
import type { Kind, Seen, Site, SiteOptions } from "../stories/site.ts";
import { condition } from "../stories/site.ts";
import { CONTENT } from "../support/planning.ts";
import { FAILING, type Mode } from "./ground.ts";
import type { Expected } from "./promises.ts";

export interface Workflow {
  readonly name: string;
  readonly mode?: Mode;
  readonly site?: SiteOptions;
  /** What stands before; not crashed, other workflows do that. */
  readonly given?: (site: Site) => Promise<unknown>;
  /** Up to the moment when nothing is under way any more. */
  readonly play: (site: Site) => Promise<unknown>;
  readonly expected?: Expected;
}

/** Crashes, faults and busy machines take their time. */
const LONG_MS = 40_000;
const INACTIVE = [{ emergency_status: "Inactive" }];
export const FOREIGN = `AD${"f".repeat(32)}`;

const settled = (site: Site): Promise<void> => site.settled();

function reason(site: Site, kind: Kind, name: string, wanted: string): Promise<Seen> {
  return site.reason(kind, name, wanted, LONG_MS);
}

/** The address has its numbers at the present content, and what it replaced is gone. */
async function tidy(site: Site, name: string, numbers: number): Promise<void> {
  const isTidy = ({ status, metadata }: Seen): boolean =>
    status["retiringSids"] === undefined &&
    status["boundNumbers"] === numbers &&
    status["observedGeneration"] === metadata.generation &&
    condition({ status, metadata } as Seen)?.reason === "Validated";
  await site.until("address", name, `tidy with ${numbers} numbers`, isTidy, LONG_MS);
}

async function approved(site: Site, name = "desk"): Promise<void> {
  const asks = ({ status }: Seen): boolean => status["pendingPlan"] !== undefined;
  await site.until("binding", name, "a plan to approve", asks, LONG_MS);
  await site.approve(name);
}

async function moved(site: Site, numbers = 1): Promise<void> {
  await tidy(site, "hq", numbers);
  for (let index = 0; index < numbers; index += 1)
    await reason(site, "binding", index === 0 ? "desk" : `desk${index}`, "Registered");
}

const move = (site: Site, street: string): Promise<void> => site.patch("address", "hq", { spec: { street } });

async function withDomain(site: Site, binding: object = {}, domain: object = {}): Promise<void> {
  await site.settled(1, binding);
  await site.domain("sip", domain, "desk");
  await reason(site, "domain", "sip", "Configured");
}

async function confirmed(site: Site, kind: Kind, name: string): Promise<void> {
  await site.annotate(kind, name, "confirm-delete");
  await site.delete(kind, name);
}

async function gone(site: Site, kind: Kind, name: string): Promise<void> {
  const isGone = async (): Promise<boolean> => (await site.find(kind, name)) === undefined;
  for (const until = Date.now() + LONG_MS; !(await isGone()) && Date.now() < until;)
    await new Promise((resolve) => setTimeout(resolve, 50));
  await site.gone(kind, name);
}

export const WORKFLOWS: readonly Workflow[] = [
  {
    name: "register a number",
    site: { domains: 1 },
    play: async (site) => {
      await site.address();
      await site.domain("sip", {}, "desk");
      await site.binding();
      await reason(site, "domain", "sip", "Configured");
      await moved(site);
    },
  },
  {
    name: "register a number whose EmergencyStatus is asked for",
    mode: "legacy",
    site: { slots: INACTIVE },
    play: async (site) => {
      await site.address();
      await site.binding();
      const isActive = ({ status }: Seen): boolean => status["emergencyStatus"] === "Active";
      await site.until("binding", "desk", "Active", isActive, LONG_MS);
      await moved(site);
    },
  },
  {
    name: "change addressRef",
    given: async (site) => {
      await site.settled();
      await site.address("branch", { street: "7 Branch St" });
      await reason(site, "address", "branch", "Validated");
    },
    play: async (site) => {
      await site.binding("desk", 0, { addressRef: { name: `${site.id}-branch` } });
      await reason(site, "binding", "desk", "Registered");
      await tidy(site, "branch", 1);
      await tidy(site, "hq", 0);
    },
    expected: { atMostUnprotected: 1 },
  },
  {
    name: "change the content of the address of two numbers",
    site: { numbers: 2 },
    given: (site) => site.settled(2),
    play: async (site) => {
      await move(site, "2 Side St");
      await moved(site, 2);
    },
    expected: { atMostUnprotected: 1 },
  },
  {
    name: "fail at the new Address and go back",
    given: settled,
    play: async (site) => {
      await move(site, FAILING);
      const isBack = (object: Seen): boolean =>
        condition(object)?.reason === "RegistrationFailed" &&
        condition(object, "Unprotected")?.status === "False" &&
        object.status["operation"] === undefined;
      await site.until("binding", "desk", "back at its old address", isBack, LONG_MS);
      await site.untilSlot(/ registered$/);
    },
    expected: { atMostUnprotected: 1 },
  },
  {
    name: "correct an address that failed",
    given: async (site) => {
      await site.settled();
      await move(site, FAILING);
      await reason(site, "binding", "desk", "RegistrationFailed");
      await site.untilSlot(/ registered$/);
    },
    play: async (site) => {
      await move(site, "2 Side St");
      await moved(site);
    },
    expected: { atMostUnprotected: 1 },
  },
  {
    name: "correct an address that Twilio refused",
    play: async (site) => {
      await site.address("hq", { street: "1 Nowhere Lane" });
      await site.binding();
      await reason(site, "address", "hq", "AddressRejected");
      await move(site, "2 Side St");
      await moved(site);
    },
  },
  {
    name: "unregister by Inactive with its domain",
    mode: "legacy",
    site: { domains: 1 },
    given: withDomain,
    play: async (site) => {
      await site.domain("sip", { emergencyCallingEnabled: false }, "desk");
      await site.binding("desk", 0, { emergencyStatus: "Inactive" });
      await reason(site, "binding", "desk", "Unregistered");
      const isInactive = (object: Seen): boolean => object.status["emergencyStatus"] === "Inactive";
      await site.until("binding", "desk", "Inactive at Twilio", isInactive, LONG_MS);
      await reason(site, "domain", "sip", "Configured");
    },
    expected: { callerMayMove: true },
  },
  {
    name: "delete a binding with Unregister",
    given: (site) => site.settled(1, { deletionPolicy: "Unregister" }),
    play: async (site) => {
      await confirmed(site, "binding", "desk");
      await gone(site, "binding", "desk");
      await tidy(site, "hq", 0);
    },
  },
  {
    name: "delete everything",
    site: { domains: 1 },
    given: async (site) => {
      await site.settled(1, { deletionPolicy: "Unregister" }, { deletionPolicy: "Delete" });
      await site.domain("sip", { deletionPolicy: "Disable" }, "desk");
      await reason(site, "domain", "sip", "Configured");
    },
    play: async (site) => {
      await confirmed(site, "domain", "sip");
      await confirmed(site, "address", "hq");
      await gone(site, "domain", "sip");
      await confirmed(site, "binding", "desk");
      await gone(site, "binding", "desk");
      await gone(site, "address", "hq");
    },
  },
  {
    name: "delete a binding in mid-change",
    given: settled,
    play: async (site) => {
      await move(site, "2 Side St");
      await site.untilSlot(/unregist|2 Side/);
      await site.delete("binding", "desk");
      await gone(site, "binding", "desk");
      await tidy(site, "hq", 1);
    },
    expected: { atMostUnprotected: 1 },
  },
  {
    name: "move a domain's caller with approval",
    site: { domains: 1 },
    given: withDomain,
    play: async (site) => {
      await move(site, "2 Side St");
      await approved(site);
      await moved(site);
      await reason(site, "domain", "sip", "Configured");
    },
    expected: { atMostUnprotected: 1, callerMayMove: true },
  },
  {
    name: "enable a domain, change its caller, take it away",
    site: { numbers: 2, domains: 1 },
    given: (site) => site.settled(2),
    play: async (site) => {
      await site.domain("sip", {}, "desk");
      await reason(site, "domain", "sip", "Configured");
      await site.domain("sip", {}, "desk1");
      await reason(site, "domain", "sip", "Configured");
      await site.patch("domain", "sip", { spec: { emergencyCallerRef: null } });
      const isCleared = ({ status, metadata }: Seen): boolean =>
        status["emergencyCallerSid"] === undefined &&
        status["appliedCallerSid"] === undefined &&
        status["observedGeneration"] === metadata.generation;
      await site.until("domain", "sip", "without a caller", isCleared, LONG_MS);
      await reason(site, "domain", "sip", "Configured");
    },
  },
  {
    name: "adopt by sid and replace what differs",
    site: {
      addresses: [{ sid: FOREIGN, friendly_name: "Head office", ...stored("99 Old St") }],
      slots: [{ emergency_address_sid: FOREIGN, emergency_address_status: "registered" }],
    },
    play: async (site) => {
      await site.address("hq", { sid: FOREIGN });
      await site.binding();
      await approved(site);
      await moved(site);
    },
    expected: { atMostUnprotected: 1 },
  },
  {
    name: "retire two superseded Addresses",
    site: { account: { maxUnprotected: 0 } },
    given: settled,
    play: async (site) => {
      await move(site, "2 Side St");
      await reason(site, "binding", "desk", "WaitingForBudget");
      await move(site, "3 Third St");
      await reason(site, "address", "hq", "Validated");
      await site.patch("account", site.id, { spec: { maxUnprotected: 1 } });
      await moved(site);
    },
    expected: { atMostUnprotected: 1 },
  },
  {
    name: "change by changePolicy Manual",
    given: (site) => site.settled(1, { changePolicy: "Manual" }),
    play: async (site) => {
      await move(site, "2 Side St");
      await approved(site);
      await moved(site);
    },
    expected: { atMostUnprotected: 1 },
  },
  {
    name: "replace an Address that was edited by hand",
    given: settled,
    play: async (site) => {
      const { status } = await site.get("address", "hq");
      await site.edit(status["sid"] as string, { street: "77 Wrong St" });
      await approved(site);
      await moved(site);
      await site.until("binding", "desk", "over", (object) => object.status["operation"] === undefined);
    },
    expected: { atMostUnprotected: 1 },
  },
];

/** The usual content in Twilio's names. */
export function stored(street: string): object {
  const { customerName, city, region, postalCode, isoCountry } = CONTENT;
  return {
    customer_name: customerName,
    street,
    city,
    region,
    postal_code: postalCode,
    iso_country: isoCountry,
  };
}
