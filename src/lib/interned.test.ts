import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { Interned } from "./interned.ts";

it("changes nothing that can be seen", () => {
  const value = { a: "x", b: [{ a: "x", name: "n", count: 1, none: null }], c: { d: ["x", true] } };
  const copy: unknown = structuredClone(value);
  expect(new Interned(["name"]).share(value)).toBe(value);
  expect(value).toEqual(copy);
});

it("holds on to no more than so many, whatever comes by, and to none that is an object's own", () => {
  const interned = new Interned(["name"], 2);
  for (const text of ["a", "b", "c", "a", "d"]) {
    expect(interned.share({ text, name: `${text}'s own` })).toEqual({ text, name: `${text}'s own` });
    expect(interned.size).toBeLessThanOrEqual(2);
  }
  const roomy = new Interned(["name"]);
  for (const text of ["a", "b", "c", "a", "d"]) roomy.share({ text, name: `${text}'s own`, parts: [text] });
  expect(roomy.size).toBe(4);
});

it("keeps one copy where there were ten thousand", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const json = JSON.stringify({ message: "The number has a registered address. ".repeat(20) });
  const kept = (interned?: Interned): number => {
    collect();
    const before = process.memoryUsage().heapUsed;
    const objects = Array.from({ length: 10_000 }, () => {
      const parsed = JSON.parse(json) as object;
      return interned?.share(parsed) ?? parsed;
    });
    collect();
    return (process.memoryUsage().heapUsed - before) / objects.length;
  };
  expect(kept(new Interned([]))).toBeLessThan(kept() / 4);
});
