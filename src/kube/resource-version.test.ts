import { expect, test } from "vitest";
import { isNewer } from "./resource-version.ts";

test("later numbers are newer, equal ones are not", () => {
  expect(isNewer("10", "9")).toBe(true);
  expect(isNewer("9", "10")).toBe(false);
  expect(isNewer("42", "42")).toBe(false);
  expect(isNewer("007", "6")).toBe(true);
});

test("numbers beyond 2^53 are compared exactly", () => {
  expect(isNewer("9007199254740993", "9007199254740992")).toBe(true);
  expect(isNewer("18446744073709551615", "9223372036854775807")).toBe(true);
});

test("what is no number is an error, not an answer", () => {
  expect(() => isNewer("abc", "1")).toThrow(RangeError);
  expect(() => isNewer("1", "")).toThrow(RangeError);
});
