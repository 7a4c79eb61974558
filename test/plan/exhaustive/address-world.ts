/**
 * Every value that the planner can tell apart when it plans an EmergencyAddress; how it is walked: choices.ts.
 *
 * What is not a dimension, and why that loses nothing:
 * - how an Address is known to be edited or equal: content and tags are compared by plan/address/ownership.ts, which the golden
 *   pairs and its own tests show; here there is one Address of each kind that it can come to;
 * - more than one binding or superseded Address: the rules ask `every` and `some` of them, one by one;
 * - the account, credentials and modes around the rules: walked for every kind of step in exhaustive.test.ts.
 */
import type { EmergencyAddress, PhoneNumberBinding } from "../../../src/api/objects.ts";
import type { UsableAccount } from "../../../src/plan/policy.ts";
import { TIMINGS } from "../../../src/plan/timings.ts";
import type { World } from "../../../src/plan/world.ts";
import type { AddressRecord, NumberRecord } from "../../../src/twilio/types.ts";
import { tagOf } from "../../support/builders.ts";
import {
  ACCOUNT,
  aBinding,
  addressRecord,
  anAccount,
  anAddress,
  CONTENT,
  NOW,
  numberRecord,
  OWNER,
  sid,
} from "../../support/planning.ts";
import type { Choices } from "./choices.ts";
import { deletableMetadata } from "./metadata.ts";

export const ADDRESS_DIMENSIONS = {
  mode: ["manage", "observe"],
  // What the spec and a person say.
  deletionPolicy: ["Retain", "Delete"],
  deleting: [false, true],
  finalizer: [false, true],
  confirmed: [false, true],
  abandoned: [false, true],
  /** The Address that spec.sid names, if it names one. */
  adopt: ["none", "asDesired", "otherContent", "disabled", "absent"],
  // What there is at Twilio with the tags of this object.
  wanted: ["none", "unedited", "edited", "twice"],
  old: ["none", "live"],
  listing: ["complete", "lacksOne", "suspect", "beforeTrust"],
  lookedUp: ["never", "beforeTrust", "afterTrust"],
  wrote: [false, true],
  // Who uses them.
  binding: ["none", "atTarget", "atOld", "free", "changing", "inactive"],
  wayBack: [false, true],
  stranger: [false, true],
  // What the status remembers.
  knows: ["nothing", "wanted", "another"],
  adopted: [false, true],
  operation: ["none", "young", "old", "ofAnotherTag"],
  failed: ["nowhere", "spent", "standing"],
  retry: ["none", "waiting", "due"],
  lastError: [false, true],
  watched: ["none", "long"],
  // Another object with the same spec.sid.
  rival: ["none", "winner"],
} as const;

export type AddressChoices = Choices<typeof ADDRESS_DIMENSIONS>;

export const [WANTED, TWIN, OLD, START] = [sid("AD", 1), sid("AD", 2), sid("AD", 3), sid("AD", 9)];
const [DESK, STRANGER] = [sid("PN", 1), sid("PN", 2)];
const TRUSTED = NOW - 1_000_000;
const EARLIER = NOW - 500_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const untouched = { dateCreated: 1, dateUpdated: 1 };
const elsewhere = { street: "9 Old St" };

const unedited = addressRecord({ sid: WANTED, friendlyName: tagOf("hq"), ...untouched });
const edited = addressRecord({
  ...{ sid: WANTED, friendlyName: tagOf("hq"), street: "7 Scribble St" },
  ...{ dateCreated: 1, dateUpdated: NOW },
});
const twin = addressRecord({ sid: TWIN, friendlyName: tagOf("hq", {}, 1), ...untouched });
const old = addressRecord({ sid: OLD, ...elsewhere, friendlyName: tagOf("hq", elsewhere), ...untouched });
const start = addressRecord({ sid: START, friendlyName: "Front desk", ...untouched });

/** The World of one address object, `hq`, whose parts are chosen as they are read. */
export class AddressWorld {
  readonly choices: AddressChoices;
  readonly object: EmergencyAddress;
  readonly account: UsableAccount;
  readonly world: World;

  constructor(choices: AddressChoices) {
    this.choices = choices;
    this.object = addressObject(choices);
    this.account = accountState(choices);
    this.world = worldOf(choices, this.object, this.account);
  }
}

function addressObject(c: AddressChoices): EmergencyAddress {
  const base = anAddress("hq");
  return {
    ...base,
    metadata: deletableMetadata(c, base.metadata),
    spec: {
      ...CONTENT,
      get sid() {
        return c.get("adopt") === "none" ? undefined : START;
      },
      get deletionPolicy() {
        return c.get("deletionPolicy");
      },
      get managementPolicy() {
        return c.get("mode") === "observe" ? "Observe" : undefined;
      },
    },
    status: addressStatus(c),
  } as unknown as EmergencyAddress;
}

function addressStatus(c: AddressChoices): object {
  return {
    observedGeneration: 1,
    get sid() {
      return { nothing: undefined, wanted: WANTED, another: sid("AD", 7) }[c.get("knows")];
    },
    get adoptedSid() {
      return c.get("adopted") ? START : undefined;
    },
    get operation() {
      return operationOf(c);
    },
    get failedTargets() {
      const failed = c.get("failed");
      if (failed === "nowhere") return undefined;
      const phoneNumberSid = failed === "spent" ? sid("PN", 9) : DESK;
      return [{ addressSid: WANTED, phoneNumberSid, time: iso(EARLIER) }];
    },
    get retry() {
      const retry = c.get("retry");
      if (retry === "none") return undefined;
      const nextTime = iso(retry === "waiting" ? NOW + 60_000 : NOW - 1);
      return { count: 1, lastTime: iso(EARLIER), nextTime };
    },
    get lastError() {
      return c.get("lastError") ? { message: "Twilio's words", code: 21629, requestId: "RQ1" } : undefined;
    },
  };
}

/** A create in doubt: of the tag that would be created now, or of one that another content had. */
function operationOf(c: AddressChoices): object | undefined {
  const operation = c.get("operation");
  if (operation === "none") return undefined;
  const target =
    operation === "ofAnotherTag"
      ? tagOf("hq", elsewhere)
      : tagOf("hq", {}, c.get("wanted") === "none" ? 0 : 1);
  return { type: "CreateAddress", target, startedAt: iso(operation === "young" ? NOW - 1_000 : EARLIER) };
}

function tagged(c: AddressChoices): readonly AddressRecord[] {
  const ofWanted = { none: [], unedited: [unedited], edited: [edited], twice: [unedited, twin] }[
    c.get("wanted")
  ];
  return c.get("old") === "live" ? [...ofWanted, old] : ofWanted;
}

function startRecord(c: AddressChoices): AddressRecord | undefined {
  switch (c.get("adopt")) {
    case "asDesired":
      return start;
    case "otherContent":
      return { ...start, ...elsewhere };
    case "disabled":
      return { ...start, emergencyEnabled: false };
    case "none":
    case "absent":
      return undefined;
  }
}

function at(addressSid: string | null, number = DESK): NumberRecord {
  const emergencyAddressStatus = addressSid === null ? "unregistered" : "registered";
  return numberRecord({ sid: number, emergencyAddressSid: addressSid, emergencyAddressStatus });
}

function desk(c: AddressChoices): NumberRecord {
  const where = c.get("binding");
  if (where === "atTarget") return at(WANTED);
  return where === "atOld" ? at(OLD) : at(null);
}

/** The binding that refers to the object. */
function bindings(c: AddressChoices): readonly PhoneNumberBinding[] {
  const state = c.get("binding");
  if (state === "none") return [];
  const emergencyStatus = state === "inactive" ? "Inactive" : "Active";
  const operation = { type: "DisassociateAddress", target: OLD, startedAt: iso(EARLIER), begun: true };
  const status = {
    ...(state === "changing" ? { operation } : {}),
    ...(c.get("wayBack") ? { previousAddressSid: OLD } : {}),
  };
  return [aBinding("desk", { spec: { phoneNumberSid: DESK, emergencyStatus }, status })];
}

function accountState(c: AddressChoices): UsableAccount {
  const seen = (value: AddressRecord) => ({
    value,
    observedAt: NOW - 1,
    direct: true,
    missing: value.sid === WANTED && c.get("listing") === "lacksOne",
  });
  const view = {
    accountSid: ACCOUNT,
    get listedAt() {
      return c.get("listing") === "beforeTrust" ? TRUSTED - 1 : NOW - 10;
    },
    get suspect() {
      return c.get("listing") === "suspect";
    },
    number: () => ({ value: desk(c), observedAt: NOW - 1, missing: false, direct: true }),
    numbersAt: (of: string) => {
      const numbers = [desk(c), ...(c.get("stranger") ? [at(OLD, STRANGER)] : [])];
      return numbers.filter(({ emergencyAddressSid }) => emergencyAddressSid === of);
    },
    address: (of: string) => {
      const record = of === START ? startRecord(c) : tagged(c).find((each) => each.sid === of);
      return record === undefined ? undefined : seen(record);
    },
    addressesNamed: () => tagged(c).map(seen),
    absentAt: () => ({ never: undefined, beforeTrust: TRUSTED - 1, afterTrust: NOW - 5 })[c.get("lookedUp")],
    writtenAt: () => (c.get("wrote") ? NOW - 2 : undefined),
  };
  return {
    object: anAccount(),
    ...{ credentials: { kind: "ok" }, view, lastSuccessAt: NOW, maxUnprotected: 1 },
    ...{ maxStalenessMs: 1_800_000, sweepIntervalMs: 600_000 },
  } as unknown as UsableAccount;
}

function worldOf(c: AddressChoices, object: EmergencyAddress, account: UsableAccount): World {
  const rival = anAddress("copy", {
    metadata: { creationTimestamp: "2025-01-01T00:00:00Z" },
    spec: { sid: START },
    status: { adoptedSid: START },
  });
  return {
    ...{ now: NOW, ownerId: OWNER, trustedSince: TRUSTED, timings: TIMINGS, dryRun: false },
    objects: {
      bindingsReferringTo: () => bindings(c),
      bindingsOf: () => bindings(c),
      addressesOf: () => (c.get("rival") === "winner" ? [object, rival] : [object]),
    },
    account: () => account,
    lastWrite: () => undefined,
    watchedSince: () => (c.get("watched") === "long" ? NOW - 3_600_000 : undefined),
  } as unknown as World;
}
