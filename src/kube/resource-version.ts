/** Which of two states of an object is the newer one. */
const DECIMAL = /^\d+$/;

/**
 * True if resourceVersion `a` is later than `b`. Both are decimal numbers of up to 64 bits (too large for a number of
 * JavaScript) from the same type of object; Kubernetes promises their order. Throws a RangeError for anything else.
 *
 * Its use: after a write, wait until the cache shows it, `!isNewer(written, cached)`, before deciding from the cache
 * again. Bound that wait: when etcd is restored from a backup, numbers start from an earlier one.
 */
export function isNewer(a: string, b: string): boolean {
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) throw new RangeError(`no resourceVersion: "${a}" or "${b}"`);
  const left = a.replace(/^0+/, "");
  const right = b.replace(/^0+/, "");
  return left.length === right.length ? left > right : left.length > right.length;
}
