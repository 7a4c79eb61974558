/** What a person sees while it goes on, on standard error: calls as they are made, and what is still waited for. */
import { findCondition } from "../../api/conditions.ts";
import { keyOf, type AnyObject, type Managed } from "../../api/objects.ts";
import type { Happening } from "../../controllers/objects.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Write } from "../../plan/step.ts";
import { LiveLine } from "../live-line.ts";
import { suggestionAsLines } from "../suggestion.ts";
import { approvalsOf, faultsOf, obstaclesOf, standingOf } from "../standalone/object-state.ts";

export class Progress {
  readonly #clock: Clock;
  readonly #shows: boolean;
  readonly #began: number;
  readonly #live: LiveLine;

  constructor(clock: Clock, shows: boolean) {
    this.#clock = clock;
    this.#shows = shows;
    this.#began = clock.uptime();
    this.#live = new LiveLine(clock);
  }

  wrote(object: Managed, { type }: Write): void {
    this.#line(`${keyOf(object)}: ${type}`);
  }

  happened(object: AnyObject, { type, note }: Happening): void {
    if (type === "Warning") this.#line(`${keyOf(object)}: ${note}`);
  }

  show(objects: readonly AnyObject[]): void {
    if (this.#shows) this.#live.show(() => `${this.#counts(objects)}; ${waits(objects)}`);
  }

  end(objects: readonly AnyObject[]): void {
    for (const { object, reason, message } of faultsOf(objects))
      this.#line(`✗ ${object}: ${reason}: ${message}`);
    for (const { object, reason, message } of obstaclesOf(objects, ["frozen"]))
      this.#line(`! ${object}: ${reason}: ${message}`);
    for (const object of objects) {
      const lines = suggestionAsLines(object);
      if (lines.length > 0)
        this.#line(
          [
            `→ ${keyOf(object)}: take Twilio's form, if it is the same place:`,
            "spec:",
            ...lines.map((line) => `  ${line}`),
          ].join("\n    "),
        );
    }
    for (const { object, hash, takesAway } of approvalsOf(objects))
      this.#line(
        `! ${object} waits for approval: it would lose ${takesAway}. Look with plan, then --approve ${hash}`,
      );
    this.#line(this.#counts(objects));
  }

  #counts(objects: readonly AnyObject[]): string {
    const managed = objects.filter(({ kind }) => kind !== "TwilioAccount");
    const settled = managed.filter((object) => standingOf(object) === "settled").length;
    const seconds = Math.round((this.#clock.uptime() - this.#began) / 1_000);
    return `${settled} of ${managed.length} settled after ${seconds} s`;
  }

  #line(text: string): void {
    this.#live.line(text);
  }
}

/** What most objects wait for, and how long that may take. */
function waits(objects: readonly AnyObject[]): string {
  const reasons = objects
    .filter((object) => standingOf(object) === "working")
    .map((object) => findCondition(object.status?.conditions, "Ready")?.reason ?? "Pending");
  const counts = [...Map.groupBy(reasons, (reason) => reason)].map(
    ([reason, all]) => `${all.length} ${reason}`,
  );
  const atTwilio = reasons.some((reason) => reason.startsWith("PendingRe") || reason.startsWith("PendingUn"));
  return `${counts.join(", ")}${atTwilio ? " (Twilio: up to 30 min, GB 72 h)" : ""}`;
}
