import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { accountYaml, addressYaml, bindingYaml, domainYaml, type Place } from "./yaml.ts";

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

/** Names that some reader of YAML takes for something else. */
const NAMES = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "007", "1e3", "1234", "0.1"];

describe.each(NAMES)("the name %s stays a name", (name) => {
  const place: Place = { namespace: name, account: name };
  const metadata = { name, namespace: name };
  const accountRef = { name };

  it("of an account, its Secret and their namespace", () => {
    const text = accountYaml(place, { accountSid: `AC${"0".repeat(32)}`, secret: name });
    expect(read(text)).toMatchObject({ metadata, spec: { credentialsSecretRef: { name } } });
  });

  it("of an address", () => {
    expect(read(addressYaml(place, { name, spec: SPEC }))).toMatchObject({ metadata, spec: { accountRef } });
  });

  it("of a number and its address", () => {
    const text = bindingYaml(place, { name, phoneNumber: "+13035550100" }, name);
    expect(read(text)).toMatchObject({ metadata, spec: { accountRef, addressRef: { name } } });
  });

  it("of a SIP domain and its caller", () => {
    const text = domainYaml(place, { name, domainName: "a.sip.twilio.com", enabled: true, caller: name });
    expect(read(text)).toMatchObject({ metadata, spec: { accountRef, emergencyCallerRef: { name } } });
  });
});
