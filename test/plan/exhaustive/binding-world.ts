/**
 * Every value that the planner can tell apart when it plans a PhoneNumberBinding. The objects here are made once; each
 * of their fields asks the walk for its value at the moment it is read (see choices.ts).
 *
 * What is not a dimension, and why that loses nothing:
 * - sids, names, texts: the planner only compares them, so one of each kind stands for all;
 * - spec.phoneNumber instead of spec.phoneNumberSid: the same record found by another index (plan/lookup.ts);
 * - how an Address is known to be ours, edited or a duplicate: that is plan/ownership.ts, walked in address-world.ts;
 *   here there is one Address of each kind it can come to;
 * - more than one other binding, domain or rival: their rules look at each alone (`some`, `filter`) and the budget
 *   counts; what several of them do together is the convergence model's matter (test/plan/converge).
 */
import { ANNOTATION, FINALIZER } from "../../../src/api/names.ts";
import type { EmergencyAddress, PhoneNumberBinding, SIPDomainSetting } from "../../../src/api/objects.ts";
import { BindingFacts, NumberFacts } from "../../../src/plan/change.ts";
import { signatureOf } from "../../../src/plan/convergence.ts";
import { permission } from "../../../src/plan/permission.ts";
import { plan } from "../../../src/plan/plan.ts";
import type { UsableAccount } from "../../../src/plan/policy.ts";
import { isWrite } from "../../../src/plan/step.ts";
import { TIMINGS } from "../../../src/plan/timings.ts";
import type { AccountState, LastWrite, World } from "../../../src/plan/world.ts";
import type { AccountView, AddressRecord, DomainRecord, NumberRecord } from "../../../src/twilio/types.ts";
import { tagOf } from "../../support/builders.ts";
import {
  ACCOUNT,
  aBinding,
  addressRecord,
  aDomain,
  anAccount,
  CONTENT,
  domainRecord,
  NOW,
  numberRecord,
  OWNER,
  sid,
} from "../../support/planning.ts";
import type { Choices } from "./choices.ts";

export const BINDING_DIMENSIONS = {
  // May anything be done at all?
  account: ["usable", "absent", "mismatch", "stale", "unlisted"],
  credentials: ["ok", "rejected", "secretInvalid"],
  failure: [false, true],
  mode: ["manage", "suspend", "observe", "accountObserves", "dryRun"],
  ready: [false, true],
  // What the spec and a person say.
  wants: ["Active", "Inactive"],
  changePolicy: ["Rolling", "Manual"],
  deletionPolicy: ["Retain", "Unregister"],
  deleting: [false, true],
  finalizer: [false, true],
  confirmed: [false, true],
  abandoned: [false, true],
  generation: ["observed", "changed"],
  requestedAt: ["none", "new"],
  approval: ["none", "this", "other"],
  // What the number is at Twilio.
  number: ["present", "missing", "unknown"],
  absence: ["never", "beforeTrust", "afterTrust"],
  evidence: ["fresh", "beforeWrite", "beforeTrust"],
  // Shown by a direct look, or by a listing alone, which may lag behind a write of ours.
  direct: [true, false],
  wrote: [false, true],
  sid: ["none", "target", "twin", "old", "edited", "foreign", "gone"],
  // null is the same as unregistered: plan/slot.ts has a table of its own.
  status: [
    "registered",
    "unregistered",
    "pending-registration",
    "pending-unregistration",
    "registration-failure",
    "unregistration-failure",
    "a new word of Twilio's",
  ],
  reported: ["Active", "Inactive", "Pending Activation"],
  country: ["same", "other", "unknown"],
  // Its EmergencyAddress.
  addressObject: ["live", "deleting", "missing"],
  current: ["target", "none"],
  targetSeen: ["present", "missing"],
  old: ["live", "absent", "disabled"],
  failed: ["nowhere", "here", "elsewhere"],
  // What the status remembers.
  operation: ["none", "open", "begun"],
  operationTarget: ["slot", "old"],
  previous: ["none", "old", "foreign", "gone"],
  numberKnown: [true, false],
  applied: [false, true],
  pendingPlan: ["this", "none"],
  usedApproval: ["none", "this"],
  requested: ["none", "this", "other"],
  requestedLongAgo: [false, true],
  retry: ["none", "waiting", "due", "startedOver"],
  retryCount: [1, 2],
  lastError: [false, true],
  // What the process remembers.
  lastWrite: ["none", "same", "associatedTarget"],
  watched: ["none", "short", "long"],
  // The others.
  rival: ["none", "winner"],
  // Those that lose matter to a deletion only.
  claimant: ["none", "younger", "terminating"],
  maxUnprotected: [1, 0, 2],
  other: ["none", "changing", "going", "failed", "firstInLine", "lastInLine"],
  caller: ["none", "this", "another"],
  domainObject: [
    "none",
    "stays",
    "leaving",
    "stuck",
    "suspended",
    "deletingConfirmed",
    "deletingUnconfirmed",
  ],
} as const;

export type BindingChoices = Choices<typeof BINDING_DIMENSIONS>;

export const TARGET = sid("AD", 1);
export const OLD = sid("AD", 2);
export const TWIN = sid("AD", 3);
export const EDITED = sid("AD", 4);
export const FOREIGN = sid("AD", 9);
export const GONE = sid("AD", 8);
export const DESK = sid("PN", 1);
const OTHER = sid("PN", 2);
const SIP = sid("SD", 1);

/** After every observation that counts, before NOW. */
const TRUSTED = NOW - 1_000_000;
const EARLIER = NOW - 500_000;
const LONG_AGO = NOW - 100 * 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

const sids = {
  none: null,
  target: TARGET,
  twin: TWIN,
  old: OLD,
  edited: EDITED,
  foreign: FOREIGN,
  gone: GONE,
};

const content = { ...CONTENT, streetSecondary: "" };
const OLD_CONTENT = { ...content, street: "9 Old St" };
const records: Readonly<Record<string, AddressRecord>> = {
  target: addressRecord({ sid: TARGET, friendlyName: tagOf("hq"), dateCreated: 1, dateUpdated: 1 }),
  // An edited Address or a twin is there only where the number is at it: elsewhere it is one more `old` or `target`.
  twin: addressRecord({ sid: TWIN, friendlyName: tagOf("hq", {}, 1) }),
  old: addressRecord({ ...OLD_CONTENT, sid: OLD, friendlyName: tagOf("hq", OLD_CONTENT) }),
  disabled: addressRecord({
    ...OLD_CONTENT,
    sid: OLD,
    friendlyName: tagOf("hq", OLD_CONTENT),
    emergencyEnabled: false,
  }),
  edited: addressRecord({
    sid: EDITED,
    friendlyName: tagOf("hq", {}, 2),
    street: "7 Scribble St",
    dateUpdated: NOW,
  }),
  foreign: addressRecord({ sid: FOREIGN, friendlyName: "Front desk" }),
};

const PHONES = { same: "+13035550100", other: "+442079460000", unknown: "+18005550100" };

/** The World of one binding, `desk`, whose parts are chosen as they are read. */
export class BindingWorld {
  readonly choices: BindingChoices;
  readonly object: PhoneNumberBinding;
  readonly world: World;
  readonly account: UsableAccount;
  readonly #addressObject: EmergencyAddress;
  /** While the hash or signature is computed that an annotation or the memory shall hold. */
  #computing = false;

  constructor(choices: BindingChoices) {
    this.choices = choices;
    this.object = this.#binding();
    this.#addressObject = this.#addressOf();
    this.account = this.#accountState() as UsableAccount;
    this.world = this.#world();
  }

  get slotSid(): string | null {
    return sids[this.choices.get("sid")];
  }

  #binding(): PhoneNumberBinding {
    const c = this.choices;
    const base = aBinding("desk");
    return {
      ...base,
      metadata: this.#metadata(base.metadata),
      spec: {
        phoneNumberSid: DESK,
        addressRef: { name: "hq" },
        get emergencyStatus() {
          return c.get("wants");
        },
        get changePolicy() {
          return c.get("changePolicy");
        },
        get deletionPolicy() {
          return c.get("deletionPolicy");
        },
        get suspend() {
          return c.get("mode") === "suspend";
        },
        get managementPolicy() {
          return c.get("mode") === "observe" ? "Observe" : undefined;
        },
      },
      status: this.#status(),
    } as unknown as PhoneNumberBinding;
  }

  #metadata(base: object): object {
    const c = this.choices;
    const approve = (): string | undefined => this.#approve();
    return {
      ...base,
      name: "desk",
      get deletionTimestamp() {
        return c.get("deleting") ? iso(EARLIER) : undefined;
      },
      get finalizers() {
        return c.get("finalizer") ? [FINALIZER] : [];
      },
      annotations: {
        get [ANNOTATION.confirmDelete]() {
          return c.get("confirmed") ? "desk" : undefined;
        },
        get [ANNOTATION.confirmAbandon]() {
          return c.get("abandoned") ? "desk" : undefined;
        },
        get [ANNOTATION.requestedAt]() {
          return c.get("requestedAt") === "none" ? undefined : "now";
        },
        get [ANNOTATION.approve]() {
          return approve();
        },
      },
    };
  }

  #status(): object {
    const c = this.choices;
    const hash = (): string | undefined => this.#hash();
    const slotSid = (): string | null => this.slotSid;
    const operation = {
      type: "DisassociateAddress",
      get target() {
        return c.get("operationTarget") === "slot" ? (slotSid() ?? GONE) : OLD;
      },
      startedAt: iso(EARLIER),
      get begun() {
        return c.get("operation") === "begun";
      },
    };
    return {
      get conditions() {
        return c.get("ready") ? [{ type: "Ready", status: "True" }] : [];
      },
      get accountSid() {
        return c.get("account") === "mismatch" ? "AC00000000000000000000000000000009" : undefined;
      },
      get observedGeneration() {
        return c.get("generation") === "observed" ? 1 : 0;
      },
      get phoneNumberSid() {
        return c.get("numberKnown") ? DESK : undefined;
      },
      get operation() {
        return c.get("operation") === "none" ? undefined : operation;
      },
      get previousAddressSid() {
        return { none: undefined, old: OLD, foreign: FOREIGN, gone: GONE }[c.get("previous")];
      },
      get appliedAddressSids() {
        return c.get("applied") ? [slotSid() ?? GONE] : [];
      },
      get pendingPlan() {
        return c.get("pendingPlan") === "this" ? { hash: hash() } : undefined;
      },
      get usedApproval() {
        return c.get("usedApproval") === "this" ? hash() : undefined;
      },
      get requestedEmergencyStatus() {
        return requestedStatus(c);
      },
      get retry() {
        return storedRetry(c);
      },
      get lastError() {
        return c.get("lastError") ? { message: "Twilio's words", code: 21617, requestId: "RQ1" } : undefined;
      },
    };
  }

  #approve(): string | undefined {
    if (this.#computing) return undefined;
    const approval = this.choices.get("approval");
    if (approval === "none") return undefined;
    return approval === "this" ? this.#hash() : "the hash of another plan";
  }

  /** The hash that the plan would have if it were asked for. */
  #hash(): string | undefined {
    // Nobody has asked for the plan: the annotation and the status are only compared with each other.
    if (!this.choices.has("caller")) return "the plan's hash";
    return this.#apart(() => {
      const facts = new BindingFacts(this.world, this.account, this.object);
      if (facts.seen === undefined) return undefined;
      const known = new NumberFacts(facts, facts.seen);
      const asked = permission(known, this.slotSid ?? known.object.status?.operation?.target ?? "");
      return asked.kind === "asked" ? asked.ruling.pendingPlan?.hash : undefined;
    });
  }

  #apart<T>(compute: () => T): T {
    const before = this.#computing;
    this.#computing = true;
    const result = compute();
    this.#computing = before;
    return result;
  }

  #lastWrite(): LastWrite | undefined {
    const last = this.#computing ? "none" : this.choices.get("lastWrite");
    if (last === "none") return undefined;
    if (last === "associatedTarget")
      return { signature: `AssociateAddress ${DESK} ${TARGET} 1  0`, at: EARLIER };
    const { step } = this.#apart(() => plan(this.world, this.object));
    return isWrite(step) ? { signature: signatureOf(this.object, step), at: EARLIER } : undefined;
  }

  #addressOf(): EmergencyAddress {
    const c = this.choices;
    const time = iso(EARLIER);
    return {
      kind: "EmergencyAddress",
      metadata: {
        name: "hq",
        namespace: "site",
        uid: "uid-hq",
        generation: 1,
        get deletionTimestamp() {
          return c.get("addressObject") === "deleting" ? time : undefined;
        },
      },
      spec: { ...CONTENT },
      status: {
        get failedTargets() {
          const failed = c.get("failed");
          const phoneNumberSid = failed === "here" ? DESK : OTHER;
          return failed === "nowhere" ? [] : [{ addressSid: TARGET, phoneNumberSid, time }];
        },
      },
    } as unknown as EmergencyAddress;
  }

  #accountState(): AccountState {
    const c = this.choices;
    const view = this.#view();
    return {
      object: {
        ...anAccount(),
        spec: {
          accountSid: ACCOUNT,
          get managementPolicy() {
            return c.get("mode") === "accountObserves" ? "Observe" : "Manage";
          },
        },
      },
      get credentials() {
        return credentials(c);
      },
      get view() {
        return c.get("account") === "unlisted" ? undefined : view;
      },
      get lastSuccessAt() {
        return c.get("account") === "stale" ? LONG_AGO : NOW;
      },
      get lastFailure() {
        return c.get("failure") ? { kind: "unknown", message: "no answer" } : undefined;
      },
      get maxUnprotected() {
        return c.get("maxUnprotected");
      },
      maxStalenessMs: 1_800_000,
      sweepIntervalMs: 600_000,
    } as unknown as AccountState;
  }

  #view(): AccountView {
    const c = this.choices;
    const seen = this.#seenNumber();
    const address = (of: string): AddressRecord | undefined => presentAddress(c, of);
    const other = (): NumberRecord => otherNumber(c);
    const domain = (caller: string): DomainRecord => domainRecord({ sid: SIP, emergencyCallerSid: caller });
    return {
      accountSid: ACCOUNT,
      listedAt: NOW,
      suspect: false,
      number: (of: string) => {
        if (of === OTHER) return { value: other(), observedAt: NOW, missing: false, direct: true };
        return c.get("number") === "unknown" ? undefined : seen;
      },
      numbersAt: () => [],
      address: (of: string) => {
        const value = address(of);
        const missing = of === TARGET && value !== undefined && c.get("targetSeen") === "missing";
        return value === undefined ? undefined : { value, observedAt: NOW, missing };
      },
      addressesNamed: () =>
        [TARGET, TWIN, OLD, EDITED].flatMap((of) => {
          const value = address(of);
          return value === undefined ? [] : [{ value, observedAt: NOW, missing: false }];
        }),
      domain: (of: string) => ({ value: { ...domain(DESK), sid: of }, observedAt: NOW, missing: false }),
      domains: () => ({ none: [], this: [domain(DESK)], another: [domain(OTHER)] })[c.get("caller")],
      absentAt: () =>
        ({ never: undefined, beforeTrust: TRUSTED - 1, afterTrust: TRUSTED + 1 })[c.get("absence")],
      writtenAt: () => {
        if (c.get("evidence") === "beforeWrite") return NOW;
        return c.get("direct") || !c.get("wrote") ? undefined : EARLIER;
      },
    } as unknown as AccountView;
  }

  #seenNumber(): object {
    const c = this.choices;
    return {
      value: {
        ...numberRecord(),
        get phoneNumber() {
          return PHONES[c.get("country")];
        },
        get emergencyStatus() {
          return c.get("reported");
        },
        get emergencyAddressSid() {
          return sids[c.get("sid")];
        },
        get emergencyAddressStatus() {
          return c.get("status");
        },
      },
      get observedAt() {
        return c.get("evidence") === "beforeTrust" ? TRUSTED - 1 : NOW - 1;
      },
      get missing() {
        return c.get("number") === "missing";
      },
      get direct() {
        return c.get("direct");
      },
    };
  }

  #world(): World {
    const c = this.choices;
    const lastWrite = (): LastWrite | undefined => this.#lastWrite();
    return {
      now: NOW,
      ownerId: OWNER,
      trustedSince: TRUSTED,
      timings: TIMINGS,
      get dryRun() {
        return c.get("mode") === "dryRun";
      },
      objects: {
        address: () => (c.get("addressObject") === "missing" ? undefined : this.#addressObject),
        bindingsNaming: (_: string, { sid: of }: { readonly sid?: string }) =>
          of === OTHER ? [] : [this.object, ...rivals(c)],
        bindingsOf: () => [this.object, ...others(c)],
        domainsOf: () => domainObjects(c),
      },
      account: () => (c.get("account") === "absent" ? undefined : this.account),
      lastWrite,
      watchedSince: () => ({ none: undefined, short: NOW - 1, long: NOW - 3_600_000 })[c.get("watched")],
    } as unknown as World;
  }
}

function credentials(c: BindingChoices): object {
  const kind = c.get("credentials");
  if (kind === "rejected") return { kind, failure: { kind: "unauthorized", message: "Authenticate" } };
  return { kind, message: "the Secret lacks authToken" };
}

function requestedStatus(c: BindingChoices): object | undefined {
  const requested = c.get("requested");
  if (requested === "none") return undefined;
  const other = c.get("wants") === "Active" ? "Inactive" : "Active";
  return {
    value: requested === "other" ? other : c.get("wants"),
    generation: 1,
    get firstSeen() {
      return iso(c.get("requestedLongAgo") ? NOW - 3_600_000 : NOW - 60_000);
    },
  };
}

function storedRetry(c: BindingChoices): object | undefined {
  const retry = c.get("retry");
  if (retry === "none") return undefined;
  return {
    get count() {
      return c.get("retryCount");
    },
    lastTime: iso(EARLIER),
    nextTime: iso(retry === "waiting" ? NOW + 60_000 : NOW - 1),
    // Another target than the one that failed; what else starts over is walked by itself, see retry-world.ts.
    inputs: retry === "startedOver" ? "another target" : undefined,
  };
}

/** The record of this sid, if Twilio has it. */
function presentAddress(c: BindingChoices, of: string): AddressRecord | undefined {
  switch (of) {
    case TARGET:
      return c.get("current") === "none" ? undefined : records["target"];
    case TWIN:
      return c.get("current") === "none" || c.get("sid") !== "twin" ? undefined : records["twin"];
    case OLD:
      return { live: records["old"], disabled: records["disabled"], absent: undefined }[c.get("old")];
    case EDITED:
      return c.get("sid") === "edited" ? records["edited"] : undefined;
    case FOREIGN:
      return records["foreign"];
    default:
      return undefined;
  }
}

/** In mid-change, and every Address is one that it put there: no other claim is better (plan/claims.ts). */
const winning = {
  previousAddressSid: FOREIGN,
  appliedAddressSids: [TARGET, TWIN, OLD, EDITED, FOREIGN, GONE],
};

/** Another object that names the same number. */
function rivals(c: BindingChoices): readonly PhoneNumberBinding[] {
  const spec = { addressRef: { name: "elsewhere" } };
  const older = { creationTimestamp: "2025-01-01T00:00:00Z" };
  if (c.get("rival") === "winner") return [aBinding("copy", { metadata: older, spec, status: winning })];
  const claimant = c.get("deleting") ? c.get("claimant") : "none";
  const deletionTimestamp = claimant === "terminating" ? { deletionTimestamp: iso(EARLIER) } : {};
  const younger = { creationTimestamp: "2026-02-01T00:00:00Z", ...deletionTimestamp };
  return claimant === "none" ? [] : [aBinding("copy", { metadata: younger, spec })];
}

function otherNumber(c: BindingChoices): NumberRecord {
  const at = (emergencyAddressSid: string | null, emergencyAddressStatus: string): NumberRecord =>
    numberRecord({ sid: OTHER, phoneNumber: "+13035550101", emergencyAddressSid, emergencyAddressStatus });
  switch (c.get("other")) {
    case "none":
    case "changing":
      return at(null, "unregistered");
    case "going":
      return at(OLD, "pending-unregistration");
    case "failed":
      return at(OLD, "unregistration-failure");
    case "firstInLine":
    case "lastInLine":
      return at(FOREIGN, "registered");
  }
}

/** Another number of the account: it may use the budget, or wait for it. */
function others(c: BindingChoices): readonly PhoneNumberBinding[] {
  const other = c.get("other");
  if (other === "none") return [];
  const operation = { type: "DisassociateAddress", target: OLD, startedAt: iso(EARLIER), begun: true };
  const status =
    other === "changing" ? { operation } : other.endsWith("InLine") ? { appliedAddressSids: [FOREIGN] } : {};
  // In the stable order of those that wait for the budget.
  const name = other === "lastInLine" ? "zebra" : "aardvark";
  // Unregistered and wanted so would not count.
  const emergencyStatus = other === "changing" ? "Active" : "Inactive";
  return [aBinding(name, { spec: { phoneNumberSid: OTHER, emergencyStatus }, status })];
}

const leavingMetadata = { deletionTimestamp: iso(EARLIER), finalizers: [FINALIZER] };

function domainObjects(c: BindingChoices): readonly SIPDomainSetting[] {
  const off = { emergencyCallingEnabled: false };
  const disable = { deletionPolicy: "Disable" };
  switch (c.get("domainObject")) {
    case "none":
      return [];
    case "stays":
      return [aDomain("sip", { spec: { emergencyCallerRef: { name: "desk" } } })];
    case "leaving":
      return [aDomain("sip", { spec: off })];
    case "stuck":
      return [aDomain("sip", { spec: off, status: { retry: { count: 1, lastTime: "", nextTime: "" } } })];
    case "suspended":
      return [aDomain("sip", { spec: { ...off, suspend: true } })];
    case "deletingConfirmed": {
      const annotations = { [ANNOTATION.confirmDelete]: "sip" };
      return [aDomain("sip", { metadata: { ...leavingMetadata, annotations }, spec: disable })];
    }
    case "deletingUnconfirmed":
      return [aDomain("sip", { metadata: leavingMetadata, spec: disable })];
  }
}
