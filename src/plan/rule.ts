/** The form of all planning: an ordered list of named rules; the first that rules, rules. Silence is a fault. */
import { REASONS, WORKING, type Class, type Reason } from "../api/reasons.ts";
import type { AnyObject } from "../api/objects.ts";
import { NONE, type Look, type Step } from "./step.ts";

/** The plan that waits for approval, as it stands in status.pendingPlan. */
export interface PendingPlan {
  readonly hash: string;
  readonly steps: readonly string[];
  /** Sids of the enabled domains that have (or whose object names) the number as their caller. */
  readonly domains: readonly string[];
}

/** The slow retry as it stands in status.retry; times are ms since the epoch. */
export interface Retry {
  readonly count: number;
  readonly lastTime: number;
  readonly nextTime: number;
}

/** What a rule says: what to do now, and what is true meanwhile. */
export interface Ruling {
  readonly step: Step;
  readonly reason: Reason;
  /** Only where the reason's own class does not hold: the first minutes of NotFound, policies, deletions. */
  readonly class?: Class;
  /** One or two sentences for a person: what is the case, and the cure where there is one. */
  readonly message: string;
  /** Look again at this time (ms since the epoch) although nothing may have changed. */
  readonly wakeAt?: number;
  /** Twilio is working on it: look there again at the polling interval. */
  readonly poll?: Look;
  /** A name for the state that is being timed; see World.watchedSince. */
  readonly watch?: string;
  readonly pendingPlan?: PendingPlan;
  /** Fields of the status memory that change with this ruling; null clears. */
  readonly memory?: Readonly<Record<string, unknown>>;
  /** The difference a policy keeps standing, in words. */
  readonly drifted?: string;
  /** Sids of Addresses of the same content beside the one in use: two processes made one each. Told when first seen. */
  readonly twins?: readonly string[];
  /** Not Ready, but at rest: the last write has had its effect, so that the same one may be needed again one day. */
  readonly settled?: true;
  /** Nothing can be said yet and what stands there is not too old: leave the status as it is. */
  readonly keep?: true;
  /** Nothing can be done: a person's request (requested-at) is acted on later, and not noted as handled. */
  readonly unheard?: true;
}

/** One line of a rule list. */
export interface Rule<Facts> {
  readonly name: string;
  readonly rule: (facts: Facts) => Ruling | undefined;
}

export interface NamedRuling extends Ruling {
  /** Name of the rule that ruled. */
  readonly rule: string;
  /** What the slow retry of this object depends on besides its spec. */
  readonly inputs?: string;
}

export function firstRuling<Facts>(rules: readonly Rule<Facts>[], facts: Facts): NamedRuling {
  for (const { name, rule } of rules) {
    const ruling = rule(facts);
    if (ruling !== undefined) return { ...ruling, rule: name };
  }
  return {
    rule: "no rule names this state",
    step: NONE,
    reason: "UnexpectedState",
    message: "This state is named by no rule: nothing is written. Please report it with the object's status.",
  };
}

export function classOf(ruling: Ruling): Class {
  return ruling.class ?? REASONS[ruling.reason];
}

/** A ruling that only waits. */
export function wait(reason: Reason, message: string, extra: Partial<Ruling> = {}): Ruling {
  return { step: NONE, reason, message, ...extra };
}

/** A read that the next decision needs. Nothing new is known yet, so what the status says stays. */
export function look(object: AnyObject, step: Look): Ruling {
  const known = object.status?.observedGeneration === object.metadata.generation;
  const ruling = wait("Pending", "Looking at Twilio.");
  return known ? { ...ruling, step, keep: true } : { ...ruling, step };
}

/** A fault that may still heal by itself: same reason, but Unknown and Reconciling. */
export function stillWorking(ruling: Ruling): Ruling {
  return { ...ruling, class: WORKING };
}
