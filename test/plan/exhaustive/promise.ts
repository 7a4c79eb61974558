/** A promise as an executable sentence about one state and what the planner rules on it. */
import type { NamedRuling } from "../../../src/plan/rule.ts";
import type { Choices, Dimensions, Walk } from "./choices.ts";

export interface Promised<S> {
  readonly code: string;
  readonly says: string;
  /** False: the promise is broken in this state. */
  readonly holds: (state: S, ruling: NamedRuling) => boolean;
}

/** Walks the product and holds every ruling against every promise; the first broken one is thrown with its state. */
export function walkWith<D extends Dimensions, S>(
  choices: Choices<D>,
  state: S,
  { rule, promises }: { readonly rule: () => NamedRuling; readonly promises: readonly Promised<S>[] },
): Walk & { readonly rules: ReadonlySet<string> } {
  const rules = new Set<string>();
  const walk = choices.walk(() => {
    const ruling = rule();
    rules.add(ruling.rule);
    for (const { code, says, holds } of promises) {
      if (holds(state, ruling)) continue;
      throw new Error(
        `${code} is broken: ${says}\n${JSON.stringify({ state: choices.read(), ruling }, null, 1)}`,
      );
    }
  });
  return { ...walk, rules };
}

/** The same dimensions, some with fewer values. */
export function restrict<D extends Dimensions>(
  dimensions: D,
  values: { readonly [K in keyof D]?: readonly D[K][number][] },
): D {
  return { ...dimensions, ...values };
}
