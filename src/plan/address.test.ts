import { expect, it } from "vitest";
import { readable } from "./address.ts";

// It stands in a condition: another order would be another status, written again.
it("a suggestion reads the same before and after the API server has put its fields in order", () => {
  const asParsed = { customerName: "Acme", street: "645 HARRISON ST", city: "SAN FRANCISCO" };
  const asStored = { city: "SAN FRANCISCO", customerName: "Acme", street: "645 HARRISON ST" };
  expect(readable(asStored)).toBe(readable(asParsed));
  expect(readable(asParsed)).toBe('customerName: "Acme", street: "645 HARRISON ST", city: "SAN FRANCISCO"');
});
