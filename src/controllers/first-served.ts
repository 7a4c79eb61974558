/** The numbers that have lost their protection by a step of ours: their passes and requests go before all others. */
import { keyOf, type AnyObject } from "../api/objects.ts";
import { LANE } from "./lanes.ts";

export class FirstServed {
  /** Key of the binding → sid of its number. */
  readonly #sids = new Map<string, string>();
  readonly #numbers = new Set<string>();

  /** To be told of every binding after each of its passes. The write-ahead record stands until protection is back. */
  note(object: AnyObject): void {
    if (object.kind !== "PhoneNumberBinding") return;
    const key = keyOf(object);
    const { operation, phoneNumberSid } = object.status ?? {};
    if (operation === undefined || phoneNumberSid === undefined) {
      this.drop(key);
      return;
    }
    this.#sids.set(key, phoneNumberSid);
    this.#numbers.add(phoneNumberSid);
  }

  drop(key: string): void {
    const sid = this.#sids.get(key);
    if (sid === undefined) return;
    this.#sids.delete(key);
    this.#numbers.delete(sid);
  }

  hasNumber(sid: string): boolean {
    return this.#numbers.has(sid);
  }

  /** The lane of the queue for this key, which is `usual` for all others. */
  laneOf(key: string, usual: number): number {
    return this.#sids.has(key) ? LANE.unprotected : usual;
  }
}
