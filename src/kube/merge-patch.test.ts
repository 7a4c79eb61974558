import fc from "fast-check";
import { expect, test } from "vitest";
import { mergePatchOf } from "./merge-patch.ts";

/** RFC 7386, section 2, word for word. */
function apply(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const isObject = typeof target === "object" && target !== null && !Array.isArray(target);
  const out: Record<string, unknown> = isObject ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete out[name];
    else out[name] = apply(out[name], value);
  }
  return out;
}

test("only what differs is in the patch, and what is gone becomes null", () => {
  const from = { sid: "AD1", retry: { count: 2, nextTime: "t" }, conditions: [{ type: "Ready" }], keep: 1 };
  const to = { retry: { count: 3 }, conditions: [{ type: "Ready" }], keep: 1 };
  expect(mergePatchOf(from, to)).toEqual({ sid: null, retry: { count: 3, nextTime: null } });
});

test("equal objects need no patch, also with fields in another order or undefined", () => {
  expect(
    mergePatchOf({ a: 1, list: [{ x: 1, y: 2 }] }, { list: [{ y: 2, x: 1 }], a: 1, gone: undefined }),
  ).toBeUndefined();
  expect(mergePatchOf(undefined, {})).toBeUndefined();
});

test("a list is replaced as a whole", () => {
  expect(mergePatchOf({ list: [1, 2] }, { list: [1] })).toEqual({ list: [1] });
});

const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("", "a", "b", 0, 1, true, false),
    fc.array(tie("value"), { maxLength: 3 }).map((list) => list.filter((item) => item !== null)),
    fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 3 }),
  ),
})).value;
const object = fc.dictionary(fc.constantFrom("a", "b", "c"), json, { maxKeys: 3 });

test("the patch applied to the one gives the other, for any two objects", () => {
  fc.assert(
    fc.property(object, object, (from, to) => {
      const patch = mergePatchOf(from, to);
      expect(apply(from, patch ?? {})).toEqual(to);
      if (patch === undefined) expect(from).toEqual(to);
    }),
    { numRuns: 500 },
  );
});
