import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { addressYaml, type Place } from "./yaml.ts";

const PLACE: Place = { namespace: undefined, account: "default" };
const SPEC = { customerName: "Acme", street: "1 Main St", city: "Toronto", region: "ON" };

/** What a reader of YAML 1.2, such as we are, and one of YAML 1.1, such as kubectl, make of it: the same. */
function read(text: string): unknown {
  const asWe: unknown = parse(text, { version: "1.2" });
  expect(parse(text, { version: "1.1" })).toEqual(asWe);
  return asWe;
}

describe("an address as a manifest", () => {
  it.each(["ON", "NO", "Yes", "off", "y", "n", "true", "null", "~", "0123", "1e3", "12:30:45", "2026-01-02"])(
    "has the text %s as a text for kubectl too",
    (text) => {
      const spec = { ...SPEC, customerName: text, region: text };
      expect(read(addressYaml(PLACE, { name: "hq", spec }))).toMatchObject({ spec });
    },
  );
});
