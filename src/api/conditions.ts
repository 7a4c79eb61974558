/** Conditions as Kubernetes wants them: a decided list becomes the next one, and times change only with the status. */
import { equal } from "../lib/equal.ts";
import type { Condition } from "./types.gen.ts";

/** A condition as it is decided; times and generation are added here. */
export interface Decided {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
}

export interface Stamp {
  readonly generation: number;
  /** RFC 3339, whole seconds. */
  readonly now: string;
}

/** metav1.Condition.message allows 32768; more than this helps nobody. */
const MESSAGE_LENGTH = 2048;

/** The next list: exactly the decided types, each keeping its lastTransitionTime while its status is the same. */
export function nextConditions(
  previous: readonly Condition[],
  decided: readonly Decided[],
  stamp: Stamp,
): Condition[] {
  return decided.map((condition) => {
    const before = previous.find((candidate) => candidate.type === condition.type);
    const kept = before?.status === condition.status ? before.lastTransitionTime : undefined;
    const message = condition.message.slice(0, MESSAGE_LENGTH);
    const next = {
      ...condition,
      message,
      observedGeneration: stamp.generation,
      lastTransitionTime: kept ?? stamp.now,
    };
    return before !== undefined && equal(before, next) ? before : next;
  });
}

export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}
