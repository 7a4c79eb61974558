/** What can still be told from Twilio, the spec and our finalizer once the status of an object is gone. */
import { describe, expect, it } from "vitest";
import {
  aBinding,
  addressRecord,
  anAccount,
  anAddress,
  CONTENT,
  numberRecord,
  OWNER,
  sid,
  TERMINATING,
  worldOf,
} from "../../../test/support/planning.ts";
import { contentHash, contentOf } from "../address/content.ts";
import { plan } from "../plan.ts";
import { makeTag, objectPrefix } from "../address/tag.ts";

const held = { finalizers: TERMINATING.finalizers };
const ours = addressRecord({
  friendlyName: makeTag(objectPrefix(OWNER, "site", "hq"), contentHash(contentOf(CONTENT)), 0),
});

describe("a number in mid-change whose records are lost", () => {
  it("is registered at the Address of a terminating object, which waits for it", () => {
    const binding = aBinding("desk", { metadata: held });
    const address = anAddress("hq", { metadata: TERMINATING });
    const objects = [anAccount(), address, binding];
    const world = worldOf({ objects, listing: { numbers: [numberRecord()], addresses: [ours] } });
    expect(plan(world, address)).toMatchObject({ reason: "DeletionBlocked", step: { type: "None" } });
    expect(plan(world, binding).step).toEqual({
      type: "AssociateAddress",
      numberSid: sid("PN", 1),
      addressSid: ours.sid,
    });
  });

  it("is no target for a number that has not lost anything", () => {
    const binding = aBinding("desk");
    const address = anAddress("hq", { metadata: TERMINATING });
    const objects = [anAccount(), address, binding];
    const world = worldOf({ objects, listing: { numbers: [numberRecord()], addresses: [ours] } });
    expect(plan(world, binding).step).toEqual({ type: "None" });
    expect(plan(world, address).step).toEqual({ type: "ReleaseFinalizer" });
  });
});

describe("the loser of a conflict", () => {
  const older = aBinding("first");
  const later = { creationTimestamp: "2026-02-01T00:00:00Z" };
  const ruling = (metadata: object, spec: object) => {
    const loser = aBinding("second", { metadata: { ...later, ...metadata }, spec });
    const objects = [anAccount(), older, loser];
    return plan(worldOf({ objects, listing: { numbers: [numberRecord()] } }), loser);
  };

  it("forgets its record, and its finalizer goes with it", () => {
    expect(ruling(held, {})).toMatchObject({
      reason: "Conflict",
      step: { type: "ReleaseFinalizer" },
      memory: { operation: null, previousAddressSid: null },
    });
  });

  it("keeps a finalizer that its deletionPolicy asks for", () => {
    expect(ruling(held, { deletionPolicy: "Unregister" })).toMatchObject({
      reason: "Conflict",
      step: { type: "None" },
    });
  });
});
