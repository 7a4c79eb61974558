import { describe, expect, it } from "vitest";
import { ACCOUNT, CONTENT, HQ, NOW, TERMINATING, world } from "../../test/support/builders.ts";
import { ANNOTATION } from "../api/names.ts";
import { readable } from "./address.ts";

// It stands in a condition: another order would be another status, written again.
it("a suggestion reads the same before and after the API server has put its fields in order", () => {
  const asParsed = { customerName: "Acme", street: "645 HARRISON ST", city: "SAN FRANCISCO" };
  const asStored = { city: "SAN FRANCISCO", customerName: "Acme", street: "645 HARRISON ST" };
  expect(readable(asStored)).toBe(readable(asParsed));
  expect(readable(asParsed)).toBe('customerName: "Acme", street: "645 HARRISON ST", city: "SAN FRANCISCO"');
});

describe("an Address that another process has made, and that the first listing of this one does not show yet", () => {
  const known = { sid: HQ, address: CONTENT, accountSid: ACCOUNT };
  const scene = (parts: object = {}) =>
    world()
      .account()
      .address("hq", { status: known, ...parts })
      .given({ trustedSince: NOW - 1_000 });
  const annotations = { [ANNOTATION.confirmDelete]: "hq" };
  const going = { metadata: { ...TERMINATING, annotations }, spec: { deletionPolicy: "Delete" } };

  it.each([
    ["it is made a second time", {}],
    ["its object is let go", going],
  ])("is looked for before %s", (_, parts) => {
    expect(scene(parts).plan("EmergencyAddress", "hq").step).toEqual({ type: "GetAddress", sid: HQ });
  });

  it("is made again, or let go, once Twilio has said that it is not there", () => {
    const gone = (parts: object) => scene(parts).afterwards((snapshot) => snapshot.noteAbsent(HQ, NOW));
    expect(gone({}).plan("EmergencyAddress", "hq").step.type).toBe("CreateAddress");
    expect(gone(going).plan("EmergencyAddress", "hq").step.type).toBe("ReleaseFinalizer");
  });

  it("is looked for again by a process that has taken over since Twilio said so", () => {
    const { step } = scene()
      .afterwards((snapshot) => snapshot.noteAbsent(HQ, NOW - 2_000))
      .plan("EmergencyAddress", "hq");
    expect(step).toEqual({ type: "GetAddress", sid: HQ });
  });
});
