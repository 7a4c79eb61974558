/** Numbers that wait for nothing but budget, by account, so that they are looked at as soon as some may be free. */
import type { AnyObject, PhoneNumberBinding } from "../api/objects.ts";

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
 * The record of a change is gone. What Twilio shows need not have changed at that moment: after a restart the first
 * listing may show the number registered, and it is a second look that ends the record.
 */
export function freesBudget(
  object: AnyObject,
  previous: AnyObject | undefined,
): object is PhoneNumberBinding {
  return (
    object.kind === "PhoneNumberBinding" &&
    previous?.status?.operation !== undefined &&
    object.status?.operation === undefined
  );
}
