/** What the process remembers of each object between passes: scheduling only, and lost without harm. */
import { keyOf, type AnyObject } from "../api/objects.ts";
import type { LastWrite } from "../plan/world.ts";

interface Remembered {
  readonly uid: string;
  lastWrite?: LastWrite | undefined;
  watch?: { readonly label: string; readonly since: number } | undefined;
  held?: Held | undefined;
}

/** A status that is not written yet: what would be lost of it, and since when it waits. */
export interface Held {
  readonly memory: Readonly<Record<string, unknown>>;
  readonly since: number;
}

export class ProcessMemory {
  readonly #objects = new Map<string, Remembered>();

  lastWrite(object: AnyObject): LastWrite | undefined {
    return this.#find(object)?.lastWrite;
  }

  watchedSince(object: AnyObject, label: string): number | undefined {
    const watch = this.#find(object)?.watch;
    return watch?.label === label ? watch.since : undefined;
  }

  noteWrite(object: AnyObject, lastWrite: LastWrite | undefined): void {
    this.#ensure(object).lastWrite = lastWrite;
  }

  /** The label of the present plan, or undefined: the time of a label runs while every plan names it. */
  noteWatch(object: AnyObject, label: string | undefined, now: number): void {
    if (label === undefined) {
      const known = this.#find(object);
      if (known !== undefined) known.watch = undefined;
      return;
    }
    const known = this.#ensure(object);
    if (known.watch?.label !== label) known.watch = { label, since: now };
  }

  held(object: AnyObject): Held | undefined {
    return this.#find(object)?.held;
  }

  /** undefined: nothing waits any more. */
  hold(object: AnyObject, held: Held | undefined): void {
    if (held !== undefined || this.#find(object) !== undefined) this.#ensure(object).held = held;
  }

  forget(object: AnyObject): void {
    this.#objects.delete(keyOf(object));
  }

  #find(object: AnyObject): Remembered | undefined {
    const known = this.#objects.get(keyOf(object));
    return known?.uid === object.metadata.uid ? known : undefined;
  }

  #ensure(object: AnyObject): Remembered {
    const known = this.#find(object);
    if (known !== undefined) return known;
    const fresh: Remembered = { uid: object.metadata.uid };
    this.#objects.set(keyOf(object), fresh);
    return fresh;
  }
}
