/** A JSON merge patch (RFC 7386): null removes a field, an object is merged, anything else replaces. */
export type MergePatch = Readonly<Record<string, unknown>>;

/**
 * The merge patch that turns `from` into `to`; undefined if they are equal. Lists are replaced as a whole, fields that
 * are undefined count as absent. A null inside `to` cannot be said in a merge patch and is taken as absence.
 */
export function mergePatchOf(from: object | undefined, to: object): MergePatch | undefined {
  const before = (from ?? {}) as Record<string, unknown>;
  const after = to as Record<string, unknown>;
  const patch: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const change = fieldPatch(before[name], after[name]);
    if (change !== undefined) patch[name] = change.value;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function fieldPatch(before: unknown, after: unknown): { readonly value: unknown } | undefined {
  if (isAbsent(after)) return isAbsent(before) ? undefined : { value: null };
  if (!isObject(after)) return sameJson(before, after) ? undefined : { value: after };
  // Merging an object into a text or a list replaces that, so the whole of it must be sent; without its empty fields.
  if (!isObject(before)) return { value: mergePatchOf({}, after) ?? {} };
  const value = mergePatchOf(before, after);
  return value === undefined ? undefined : { value };
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Equality of what JSON would say, whatever the order of fields. */
function sameJson(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (isObject(a) && isObject(b)) return mergePatchOf(a, b) === undefined;
  return a === b;
}
