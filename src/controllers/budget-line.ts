/** Numbers that wait for nothing but budget, by account, so that they are looked at as soon as some may be free. */
import type { AnyObject } from "../api/objects.ts";

export class BudgetLine {
  readonly #waiting = new Map<string, Set<string>>();

  /** Returns true if this key has left the line. */
  note(accountSid: string, key: string, isWaiting: boolean): boolean {
    const line = this.#waiting.get(accountSid) ?? new Set();
    this.#waiting.set(accountSid, line);
    if (!isWaiting) return line.delete(key);
    line.add(key);
    return false;
  }

  /** The accounts in whose line the key, which exists no more, has been. */
  forget(key: string): readonly string[] {
    return [...this.#waiting].filter(([, line]) => line.delete(key)).map(([accountSid]) => accountSid);
  }

  drop(accountSid: string): void {
    this.#waiting.delete(accountSid);
  }

  /** Those that come first in the order: more than the budget could admit are not worth a look. */
  first(accountSid: string, count: number): readonly string[] {
    return [...(this.#waiting.get(accountSid) ?? [])].toSorted().slice(0, count);
  }
}

/**
 * Has the record of a change ended, or its object gone with it (`now` undefined)? What Twilio shows need not have changed at
 * that moment: after a restart the first listing may show the number registered, and it is a second look that ends the
 * record; and an object that a person lets go leaves its number as it is.
 */
export function endsRecord(before: AnyObject | undefined, now: AnyObject | undefined): boolean {
  return recordOf(before) !== undefined && recordOf(now) === undefined;
}

function recordOf(object: AnyObject | undefined): object | undefined {
  return object?.kind === "PhoneNumberBinding" ? object.status?.operation : undefined;
}
