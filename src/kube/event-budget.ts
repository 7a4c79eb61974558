/** How many new Events may be written, so that telling never costs the API server more than what is told of. */

interface Bucket {
  tokens: number;
  at: number;
}

interface Rate {
  readonly burst: number;
  /** One more after so many ms. */
  readonly refillMs: number;
}

/** Different events on one object, like kube's own spam filter. */
const PER_OBJECT: Rate = { burst: 25, refillMs: 60_000 };
/** News that all is well, of all objects together: ten thousand objects at once would be ten thousand more writes. */
const NORMAL: Rate = { burst: 100, refillMs: 1_000 };

export class EventBudget {
  readonly #objects = new Map<string, Bucket>();
  readonly #normal: Bucket = { tokens: NORMAL.burst, at: 0 };

  /** Takes one out for this event if there is one left. */
  allows(
    event: { readonly type: string; readonly regarding: { readonly uid: string } },
    now: number,
  ): boolean {
    const { uid } = event.regarding;
    const bucket = this.#objects.get(uid) ?? { tokens: PER_OBJECT.burst, at: now };
    if (!take(bucket, PER_OBJECT, now)) return false;
    if (event.type === "Normal" && !take(this.#normal, NORMAL, now)) return false;
    this.#objects.set(uid, bucket);
    return true;
  }

  /** No object has used anything up. */
  get isFull(): boolean {
    return this.#objects.size === 0;
  }

  /** Objects that have all their events again need no memory. */
  forgetFull(now: number): void {
    for (const [uid, bucket] of this.#objects) {
      if (now - bucket.at > PER_OBJECT.burst * PER_OBJECT.refillMs) this.#objects.delete(uid);
    }
  }
}

function take(bucket: Bucket, { burst, refillMs }: Rate, now: number): boolean {
  const tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) / refillMs);
  bucket.at = now;
  bucket.tokens = tokens < 1 ? tokens : tokens - 1;
  return tokens >= 1;
}
