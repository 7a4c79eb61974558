import { describe, expect, it } from "vitest";
import { parseDuration } from "./duration.ts";

describe("a duration", () => {
  it.each([
    ["30s", 30_000],
    ["10m", 600_000],
    ["2h", 7_200_000],
    ["1h30m", 5_400_000],
    ["1m1s", 61_000],
    ["12345s", 12_345_000],
    ["0s", 0],
  ])("%s is as many milliseconds as it says", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "10", "s", "10d", "1.5h", "-10m", " 10m", "10m ", "10 m", "ten m", "x10m", "10mx", "123456s"])(
    "is not made of %j",
    (text) => {
      expect(parseDuration(text)).toBeNaN();
    },
  );
});
