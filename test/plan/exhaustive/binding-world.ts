/** The World of one binding, whose every part is a choice of the walk: the choices stand in binding-choices.ts. */
import { ANNOTATION } from "../../../src/api/names.ts";
import type { EmergencyAddress, Managed, ObjectMeta, PhoneNumberBinding } from "../../../src/api/objects.ts";
import { BindingFacts, NumberFacts } from "../../../src/plan/binding/facts.ts";
import { signatureOf } from "../../../src/plan/convergence.ts";
import { permission } from "../../../src/plan/binding/permission.ts";
import { plan } from "../../../src/plan/plan.ts";
import type { UsableAccount } from "../../../src/plan/policy.ts";
import { isWrite } from "../../../src/plan/step.ts";
import { TIMINGS } from "../../../src/plan/timings.ts";
import type { LastWrite, World } from "../../../src/plan/world.ts";
import { aBinding, NOW, OWNER } from "../../support/planning.ts";
import { accountOf } from "./binding-account.ts";
import {
  DESK,
  EARLIER,
  FOREIGN,
  GONE,
  iso,
  OLD,
  OTHER,
  sids,
  TARGET,
  TRUSTED,
  type BindingChoices,
} from "./binding-choices.ts";
import { addressObject, domainObjects, others, rivals } from "./binding-others.ts";
import { deletableMetadata } from "./metadata.ts";

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
    this.#addressObject = addressObject(choices);
    this.account = accountOf(choices) as UsableAccount;
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

  #metadata(base: ObjectMeta): object {
    const c = this.choices;
    const approve = (): string | undefined => this.#approve();
    return deletableMetadata(c, base, {
      get [ANNOTATION.requestedAt]() {
        return c.get("requestedAt") === "none" ? undefined : "now";
      },
      get [ANNOTATION.approve]() {
        return approve();
      },
    });
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

  #world(): World {
    const c = this.choices;
    // What others wrote is a matter of src/plan/binding/budget.test.ts and src/plan/domain/domains-of-number.test.ts.
    const lastWrite = ({ metadata }: Managed): LastWrite | undefined =>
      metadata.name === this.object.metadata.name ? this.#lastWrite() : undefined;
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
    // Another target than the one that failed; what else starts over (a changed spec, a request, a new Secret) is in src/plan/retry.test.ts.
    inputs: retry === "startedOver" ? "another target" : undefined,
  };
}
