/**
 * Every value that the planner can tell apart when it plans a SIPDomainSetting; how it is walked: choices.ts.
 *
 * What is not a dimension, and why that loses nothing:
 * - spec.domainName instead of spec.domainSid: the same record found by another index (plan/lookup.ts);
 * - why the caller's binding is about to lose its address: the domain asks the binding's own plan, which is walked in
 *   binding-world.ts; here there is one binding for each kind of answer;
 * - the account, credentials and modes around the rules: walked for every kind of step in exhaustive.test.ts.
 */
import type { PhoneNumberBinding, SIPDomainSetting } from "../../../src/api/objects.ts";
import type { UsableAccount } from "../../../src/plan/policy.ts";
import { TIMINGS } from "../../../src/plan/timings.ts";
import type { World } from "../../../src/plan/world.ts";
import type { AddressRecord, NumberRecord } from "../../../src/twilio/types.ts";
import { tagOf } from "../../support/builders.ts";
import {
  ACCOUNT,
  aBinding,
  addressRecord,
  aDomain,
  anAccount,
  anAddress,
  domainRecord,
  NOW,
  numberRecord,
  OWNER,
  sid,
} from "../../support/planning.ts";
import type { Choices } from "./choices.ts";
import { deletableMetadata } from "./metadata.ts";

export const DOMAIN_DIMENSIONS = {
  mode: ["manage", "observe", "suspend"],
  // What the spec and a person say.
  wantsEnabled: [true, false],
  callerRef: ["none", "desk", "unknown", "elsewhere"],
  deletionPolicy: ["Retain", "Disable"],
  deleting: [false, true],
  finalizer: [false, true],
  confirmed: [false, true],
  abandoned: [false, true],
  // What the domain is at Twilio.
  seen: ["present", "missing", "unknown"],
  absence: ["never", "beforeTrust", "afterTrust"],
  evidence: ["fresh", "beforeWrite", "beforeTrust"],
  enabled: [true, false],
  caller: ["none", "desk", "other"],
  // The numbers that may be its caller.
  desk: ["registered", "free", "pendingRegistration", "pendingUnregistration", "unknown"],
  other: ["registered", "free", "pendingUnregistration", "unknown"],
  /** What the plan of the wanted caller's binding comes to. */
  binding: ["stays", "moves", "waitsForBudget", "isChanging", "leaves"],
  // What the status remembers.
  applied: ["none", "desk", "other"],
  operation: ["none", "desk", "other"],
  retry: ["none", "waiting", "due"],
  lastError: [false, true],
  watched: ["none", "long"],
  // Another object that names the domain.
  rival: ["none", "winner", "claimant"],
} as const;

export type DomainChoices = Choices<typeof DOMAIN_DIMENSIONS>;

export const SIP = sid("SD", 1);
export const DESK = sid("PN", 1);
export const OTHER = sid("PN", 2);
const ABROAD = sid("PN", 9);
const [TARGET, OLD] = [sid("AD", 1), sid("AD", 2)];
const TRUSTED = NOW - 1_000_000;
const EARLIER = NOW - 500_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const NUMBERS = { none: undefined, desk: DESK, other: OTHER } as const;

const target = addressRecord({ sid: TARGET, friendlyName: tagOf("hq"), dateCreated: 1, dateUpdated: 1 });
const old = addressRecord({
  ...{ sid: OLD, street: "9 Old St", friendlyName: tagOf("hq", { street: "9 Old St" }) },
  ...{ dateCreated: 1, dateUpdated: 1 },
});
const ADDRESSES = new Map<string, AddressRecord>([
  [TARGET, target],
  [OLD, old],
]);

/** The World of one domain object, `sip`, whose parts are chosen as they are read. */
export class DomainWorld {
  readonly choices: DomainChoices;
  readonly object: SIPDomainSetting;
  readonly account: UsableAccount;
  readonly world: World;

  constructor(choices: DomainChoices) {
    this.choices = choices;
    this.object = domainObject(choices);
    this.account = accountState(choices);
    this.world = worldOf(choices, this.object, this.account);
  }
}

function domainObject(c: DomainChoices): SIPDomainSetting {
  const base = aDomain("sip");
  return {
    ...base,
    metadata: deletableMetadata(c, base.metadata),
    spec: {
      domainSid: SIP,
      get emergencyCallingEnabled() {
        return c.get("wantsEnabled");
      },
      get emergencyCallerRef() {
        const name = { none: undefined, desk: "desk", unknown: "nobody", elsewhere: "branch" }[
          c.get("callerRef")
        ];
        return name === undefined ? undefined : { name };
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
    status: domainStatus(c),
  } as unknown as SIPDomainSetting;
}

function domainStatus(c: DomainChoices): object {
  return {
    observedGeneration: 1,
    domainSid: SIP,
    get appliedCallerSid() {
      return NUMBERS[c.get("applied")];
    },
    get operation() {
      const number = NUMBERS[c.get("operation")];
      return number === undefined ? undefined : { type: "SetEmergencyCaller", target: number, begun: false };
    },
    get retry() {
      const retry = c.get("retry");
      if (retry === "none") return undefined;
      const nextTime = iso(retry === "waiting" ? NOW + 60_000 : NOW - 1);
      return { count: 1, lastTime: iso(EARLIER), nextTime };
    },
    get lastError() {
      return c.get("lastError") ? { message: "Twilio's words", code: 21617, requestId: "RQ1" } : undefined;
    },
  };
}

/** The binding of the number DESK. */
function deskBinding(c: DomainChoices): PhoneNumberBinding {
  const base = aBinding("desk");
  const operation = { type: "DisassociateAddress", target: OLD, startedAt: iso(EARLIER), begun: true };
  return {
    ...base,
    spec: {
      ...base.spec,
      changePolicy: "Rolling",
      get emergencyStatus() {
        return c.get("binding") === "leaves" ? "Inactive" : "Active";
      },
    },
    status: {
      observedGeneration: 1,
      appliedAddressSids: [TARGET, OLD],
      get operation() {
        return c.get("binding") === "isChanging" ? operation : undefined;
      },
    },
  } as unknown as PhoneNumberBinding;
}

function slot(kind: string, registeredAt: string): Partial<NumberRecord> {
  switch (kind) {
    case "registered":
      return { emergencyAddressSid: registeredAt, emergencyAddressStatus: "registered" };
    case "pendingRegistration":
      return { emergencyAddressSid: TARGET, emergencyAddressStatus: "pending-registration" };
    case "pendingUnregistration":
      return { emergencyAddressSid: OLD, emergencyAddressStatus: "pending-unregistration" };
    default:
      return {};
  }
}

function numberOf(c: DomainChoices, of: string): NumberRecord | undefined {
  const kind = of === DESK ? c.get("desk") : c.get("other");
  if (kind === "unknown") return undefined;
  const isAtTarget = of !== DESK || ["stays", "leaves"].includes(c.get("binding"));
  const phoneNumber = of === DESK ? "+13035550100" : "+13035550101";
  return numberRecord({ sid: of, phoneNumber, ...slot(kind, isAtTarget ? TARGET : OLD) });
}

const certain = <T>(value: T) => ({ value, observedAt: NOW, missing: false, direct: true });

function accountState(c: DomainChoices): UsableAccount {
  const domain = {
    ...domainRecord(),
    get emergencyCallingEnabled() {
      return c.get("enabled");
    },
    get emergencyCallerSid() {
      return NUMBERS[c.get("caller")] ?? null;
    },
  };
  const seen = {
    value: domain,
    direct: true,
    get observedAt() {
      return c.get("evidence") === "beforeTrust" ? TRUSTED - 1 : NOW - 1;
    },
    get missing() {
      return c.get("seen") === "missing";
    },
  };
  const view = {
    accountSid: ACCOUNT,
    listedAt: NOW,
    suspect: false,
    domain: () => (c.get("seen") === "unknown" ? undefined : seen),
    domains: () => (c.get("seen") === "unknown" ? [] : [domain]),
    number: (of: string) => {
      const number = of === ABROAD ? undefined : numberOf(c, of);
      return number === undefined ? undefined : certain(number);
    },
    numbersAt: () => [],
    address: (of: string) => {
      const record = ADDRESSES.get(of);
      return record === undefined ? undefined : certain(record);
    },
    addressesNamed: () => [...ADDRESSES.values()].map(certain),
    absentAt: () =>
      ({ never: undefined, beforeTrust: TRUSTED - 1, afterTrust: TRUSTED + 1 })[c.get("absence")],
    writtenAt: (of: string) => (of === SIP && c.get("evidence") === "beforeWrite" ? NOW : undefined),
  };
  return {
    object: anAccount(),
    credentials: { kind: "ok" },
    view,
    lastSuccessAt: NOW,
    get maxUnprotected() {
      return c.get("binding") === "waitsForBudget" ? 0 : 1;
    },
    maxStalenessMs: 1_800_000,
    sweepIntervalMs: 600_000,
  } as unknown as UsableAccount;
}

/** Older than ours by creation; a claimant is younger, and matters to a deletion only. */
function rivals(c: DomainChoices): readonly SIPDomainSetting[] {
  const rival = c.get("rival");
  if (rival === "none") return [];
  const creationTimestamp = rival === "winner" ? "2025-01-01T00:00:00Z" : "2026-02-01T00:00:00Z";
  return [aDomain("copy", { metadata: { creationTimestamp } })];
}

function worldOf(c: DomainChoices, object: SIPDomainSetting, account: UsableAccount): World {
  const binding = deskBinding(c);
  const hq = anAddress("hq");
  // Of another account at Twilio.
  const branch = aBinding("branch", { spec: { accountRef: { name: "elsewhere" }, phoneNumberSid: ABROAD } });
  const elsewhere = { object: anAccount({ spec: { accountSid: `AC${"9".repeat(32)}` } }) };
  return {
    ...{ now: NOW, ownerId: OWNER, trustedSince: TRUSTED, timings: TIMINGS, dryRun: false },
    objects: {
      binding: (_: string, name: string) => ({ desk: binding, branch })[name],
      address: () => hq,
      bindingsNaming: (_: string, { sid: of }: { readonly sid?: string }) => (of === DESK ? [binding] : []),
      bindingsOf: () => [binding],
      domainsOf: () => [object, ...rivals(c)],
    },
    account: (_: string, name: string) => (name === "elsewhere" ? elsewhere : account),
    lastWrite: () => undefined,
    watchedSince: () => (c.get("watched") === "long" ? NOW - 3_600_000 : undefined),
  } as unknown as World;
}
