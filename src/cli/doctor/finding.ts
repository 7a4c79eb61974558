/** What a check has found. `broken`: the operator cannot do its work; `warning`: it can, but somebody should look. */
export interface Finding {
  readonly level: "ok" | "warning" | "broken";
  readonly what: string;
  /** What to do; with a command where there is one. */
  readonly cure?: string;
}

export const ok = (what: string): Finding => ({ level: "ok", what });
export const warning = (what: string, cure: string): Finding => ({ level: "warning", what, cure });
export const broken = (what: string, cure: string): Finding => ({ level: "broken", what, cure });
