/** The workflows that are crashed, each as a person plays it; the points are found by playing it once undisturbed. */
import type { Seen, Site, SiteOptions } from "../stories/site.ts";
import { condition } from "../stories/site.ts";
import { FAILING, type Mode } from "./ground.ts";
import type { Expected } from "./promises.ts";
import {
  approved,
  confirmed,
  FOREIGN,
  gone,
  LONG_MS,
  move,
  moved,
  reason,
  settled,
  stored,
  tidy,
  withDomain,
} from "./steps.ts";

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

const INACTIVE = [{ emergency_status: "Inactive" }];

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
