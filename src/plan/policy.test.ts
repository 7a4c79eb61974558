import { describe, expect, it } from "vitest";
import {
  aBinding,
  aDomain,
  anAccount,
  anAddress,
  numberRecord,
  sid,
  TERMINATING,
  worldOf,
} from "../../test/support/planning.ts";
import { plan } from "./plan.ts";

const seen = { phoneNumberSid: sid("PN", 1) };
const record = { type: "DisassociateAddress", target: sid("AD", 1), startedAt: "2026-03-01T11:00:00Z" };
const abandon = (name: string): object => ({
  ...TERMINATING,
  annotations: { "emergency.twilio-operator.io/confirm-abandon": name },
});

describe("a terminating object whose account is gone", () => {
  it("is let go when its deletionPolicy asks for nothing", () => {
    for (const object of [
      aBinding("desk", { metadata: TERMINATING, status: seen }),
      anAddress("hq", { metadata: TERMINATING }),
      aDomain("sip", { metadata: TERMINATING }),
    ])
      expect(plan(worldOf({ objects: [object] }), object).step).toEqual({ type: "ReleaseFinalizer" });
  });

  it("is held, with the cure, while its deletionPolicy asks for work", () => {
    const object = aBinding("desk", {
      metadata: TERMINATING,
      spec: { deletionPolicy: "Unregister" },
      status: seen,
    });
    const ruling = plan(worldOf({ objects: [object] }), object);
    expect(ruling).toMatchObject({ reason: "DeletionBlocked", step: { type: "None" } });
    expect(ruling.message).toContain("set spec.deletionPolicy to Retain");
  });

  it("is held in the middle of a change, its address object too, and let go by confirm-abandon", () => {
    const binding = aBinding("desk", {
      metadata: TERMINATING,
      status: { ...seen, operation: { ...record, begun: true } },
    });
    const address = anAddress("hq", { metadata: TERMINATING });
    const world = worldOf({ objects: [binding, address] });
    expect(plan(world, binding).reason).toBe("DeletionBlocked");
    expect(plan(world, address).reason).toBe("DeletionBlocked");
    const abandoned = { ...binding, metadata: { ...binding.metadata, ...abandon("desk") } };
    expect(plan(world, abandoned).step).toEqual({ type: "ReleaseFinalizer" });
  });

  it("is held when its status was lost: the finalizer may be the record of a change", () => {
    const object = aBinding("desk", { metadata: TERMINATING });
    expect(plan(worldOf({ objects: [object] }), object).reason).toBe("DeletionBlocked");
  });

  it("waits for the first listing after a start", () => {
    const object = aBinding("desk", { metadata: TERMINATING, status: seen });
    expect(plan(worldOf({ objects: [anAccount(), object] }), object).step).toEqual({ type: "None" });
  });
});

describe("a dry run", () => {
  it("lets no object go", () => {
    const object = aBinding("desk", { metadata: TERMINATING, status: seen });
    const world = { dryRun: true };
    expect(plan(worldOf({ objects: [object], world }), object).step).toEqual({ type: "None" });
    const objects = [anAccount(), object];
    const listing = { numbers: [numberRecord()] };
    expect(plan(worldOf({ objects, listing, world }), object).step).toEqual({ type: "None" });
  });
});

describe("a suspended object in the middle of a change", () => {
  const suspended = (metadata: object): ReturnType<typeof aBinding> =>
    aBinding("desk", {
      metadata,
      spec: { suspend: true },
      status: { ...seen, operation: { ...record, begun: true } },
    });
  const listing = { numbers: [numberRecord()] };

  it("is held when it is deleted", () => {
    const object = suspended(TERMINATING);
    const ruling = plan(worldOf({ objects: [anAccount(), object], listing }), object);
    expect(ruling).toMatchObject({ reason: "Suspended", step: { type: "None" } });
  });

  it("is let go by confirm-abandon", () => {
    const object = suspended(abandon("desk"));
    const ruling = plan(worldOf({ objects: [anAccount(), object], listing }), object);
    expect(ruling.step).toEqual({ type: "ReleaseFinalizer" });
  });
});

describe("an object whose account has never been listed since the start, because its credentials are refused", () => {
  const rejected = {
    credentials: { kind: "rejected", failure: { kind: "unauthorized", message: "Authenticate" } },
  } as const;
  const ready = { conditions: [{ type: "Ready", status: "True" }] };

  it("keeps its status where it was settled", () => {
    const object = aBinding("desk", { status: { ...seen, ...ready } });
    const ruling = plan(worldOf({ objects: [anAccount(), object], account: rejected }), object);
    expect(ruling.keep).toBe(true);
  });

  it("says so where work is pending", () => {
    const object = aBinding("desk", { metadata: { generation: 2 }, status: { ...seen, ...ready } });
    const ruling = plan(worldOf({ objects: [anAccount(), object], account: rejected }), object);
    expect(ruling).toMatchObject({ reason: "CredentialsRejected" });
    expect(ruling.keep).toBeUndefined();
  });
});
