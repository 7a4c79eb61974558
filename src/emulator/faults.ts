/** Faults on purpose: rules that match requests and say what becomes of them. */
export interface FaultRule {
  readonly name: string;
  readonly match: {
    readonly method?: string;
    /** A part of the path, such as `IncomingPhoneNumbers/PN…` or `Addresses.json`. */
    readonly path?: string;
    readonly accountSid?: string;
    /** Form fields that must have these values; `*`: any but an empty one. */
    readonly form?: Readonly<Record<string, string>>;
    /** Query parameters likewise. */
    readonly query?: Readonly<Record<string, string>>;
  };
  /** Requests that match and are let through first. */
  readonly skip?: number;
  /** How often it applies; absent: until it is deleted. */
  readonly times?: number;
  readonly action: FaultAction;
}

export type FaultAction =
  /** Answers so, without effect. */
  | {
      readonly type: "answer";
      readonly status: number;
      readonly code?: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Carries it out, then answers so all the same. */
  | {
      readonly type: "answerAfter";
      readonly status: number;
      readonly code?: number;
      readonly message?: string;
    }
  /** Says yes to a write with the record as it was: nothing takes effect. */
  | { readonly type: "ignore" }
  | { readonly type: "delay"; readonly ms: number }
  /** Carries it out at once, but answers only after `ms`. */
  | { readonly type: "delayAfter"; readonly ms: number }
  /** The connection ends without an answer, before or after the write took effect. */
  | { readonly type: "cut"; readonly when: "before" | "after" }
  | { readonly type: "truncate" }
  | { readonly type: "html"; readonly status?: number }
  | { readonly type: "empty" }
  /** A listing shows the world as it was `ms` ago. */
  | { readonly type: "lag"; readonly ms: number }
  /** A listing lacks this part of its rows (1 = all). */
  | { readonly type: "shrink"; readonly part: number }
  /** A listing ends after its first page. */
  | { readonly type: "missingPage" };

interface Armed {
  readonly rule: FaultRule;
  seen: number;
  applied: number;
}

export interface Matched {
  readonly method: string;
  readonly path: string;
  readonly accountSid: string;
  readonly form: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

export class Faults {
  #armed: Armed[] = [];

  add(rule: FaultRule): void {
    this.#armed.push({ rule, seen: 0, applied: 0 });
  }

  /** All rules, or those of this name. */
  remove(name?: string): void {
    this.#armed = name === undefined ? [] : this.#armed.filter(({ rule }) => rule.name !== name);
  }

  list(): readonly (FaultRule & { readonly applied: number })[] {
    return this.#armed.map(({ rule, applied }) => ({ ...rule, applied }));
  }

  /** The rule that applies to this request; counts. */
  take(request: Matched): FaultRule | undefined {
    for (const armed of this.#armed) {
      if (!matches(armed.rule, request)) continue;
      armed.seen += 1;
      const { skip = 0, times = Number.POSITIVE_INFINITY } = armed.rule;
      if (armed.seen <= skip || armed.applied >= times) continue;
      armed.applied += 1;
      return armed.rule;
    }
    return undefined;
  }
}

function matches({ match }: FaultRule, request: Matched): boolean {
  if (match.method !== undefined && match.method !== request.method) return false;
  if (match.path !== undefined && !request.path.includes(match.path)) return false;
  if (match.accountSid !== undefined && match.accountSid !== request.accountSid) return false;
  return has(request.form, match.form) && has(request.query, match.query);
}

function has(
  fields: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> = {},
): boolean {
  return Object.entries(wanted).every(([name, value]) =>
    value === "*" ? (fields[name] ?? "") !== "" : fields[name] === value,
  );
}
