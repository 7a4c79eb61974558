/**
 * Every object is planned anew once in a while, as by the SyncPeriod of controller-runtime. Whatever a plan reads wakes its
 * object when it changes; this is for the wake-up that nobody has thought of, which would else be waited for for ever.
 */
import type { AnyObject } from "../api/objects.ts";
import type { Clock } from "../lib/clock.ts";
import type { AccountEntry } from "./accounts.ts";

/** A share of an account's objects has its turn at the first listing after so long. */
const TURN_MS = 10 * 60_000;
/** So many shares: each object has its turn about once an hour, and never all of them together. */
const SHARES = 6;

export class Resync {
  readonly #clock: Clock;
  readonly #turns = new WeakMap<AccountEntry, { count: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those of `objects` whose turn it is at this listing; none at the first one, before which all were planned. */
  due(entry: AccountEntry, objects: () => readonly AnyObject[]): readonly AnyObject[] {
    const now = this.#clock.uptime();
    const turn = this.#turns.get(entry);
    if (turn === undefined) {
      this.#turns.set(entry, { count: 0, at: now });
      return [];
    }
    if (now - turn.at < TURN_MS) return [];
    turn.count += 1;
    turn.at = now;
    return objects().filter((object) => shareOf(object) === turn.count % SHARES);
  }
}

/** The same for the life of the object, whatever comes and goes beside it. */
function shareOf({ metadata }: AnyObject): number {
  let sum = 0;
  for (let index = 0; index < metadata.uid.length; index += 1)
    sum = (sum * 31 + metadata.uid.charCodeAt(index)) % 0x7f_ff_ff;
  return sum % SHARES;
}
