import { describe, expect, it } from "vitest";
import { Buckets } from "./buckets.ts";

describe("Buckets", () => {
  it("have one value, several, and none again", () => {
    const buckets = new Buckets<string>();
    expect(buckets.get("a")).toEqual([]);
    buckets.add("a", "1");
    buckets.add("a", "1");
    expect(buckets.get("a")).toEqual(["1"]);
    buckets.add("a", "2");
    buckets.add("b", "3");
    expect(buckets.get("a")).toEqual(["1", "2"]);
    buckets.remove("a", "1");
    buckets.remove("a", "unknown");
    expect(buckets.get("a")).toEqual(["2"]);
    buckets.remove("a", "2");
    buckets.remove("b", "unknown");
    expect([buckets.get("a"), buckets.get("b")]).toEqual([[], ["3"]]);
    buckets.remove("b", "3");
    expect(buckets.get("b")).toEqual([]);
  });

  it("tell objects by identity", () => {
    const [one, same] = [{ id: 1 }, { id: 1 }];
    const buckets = new Buckets<object>();
    buckets.add("a", one);
    buckets.remove("a", same);
    expect(buckets.get("a")).toEqual([one]);
    buckets.add("a", same);
    expect(buckets.get("a")).toHaveLength(2);
  });
});
