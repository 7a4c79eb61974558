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
import { DESK, HQ, NOW, world } from "../../test/support/builders.ts";
import type { AnyObject } from "../api/objects.ts";
import { plan } from "./plan.ts";
import { isStale, underPolicy, type UsableAccount } from "./policy.ts";
import { wait } from "./rule.ts";
import type { Step } from "./step.ts";

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
    const scene = worldOf({ objects: [binding, address] });
    expect(plan(scene, binding).reason).toBe("DeletionBlocked");
    expect(plan(scene, address).reason).toBe("DeletionBlocked");
    const abandoned = { ...binding, metadata: { ...binding.metadata, ...abandon("desk") } };
    expect(plan(scene, abandoned).step).toEqual({ type: "ReleaseFinalizer" });
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
    const dry = { dryRun: true };
    expect(plan(worldOf({ objects: [object], world: dry }), object).step).toEqual({ type: "None" });
    const objects = [anAccount(), object];
    const listing = { numbers: [numberRecord()] };
    expect(plan(worldOf({ objects, listing, world: dry }), object).step).toEqual({ type: "None" });
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

describe("what may be written", () => {
  const wrong = (account: object, binding: object = {}, state: object = {}) =>
    world()
      .account("default", { spec: account })
      .address("hq")
      .tagged("hq", { sid: HQ })
      .binding("desk", { spec: binding })
      .number()
      .given({ account: state });
  const ASSOCIATE = { type: "AssociateAddress", numberSid: DESK, addressSid: HQ };

  it.each([{ kind: "ok" }, { kind: "unchecked" }] as const)(
    "is written while nothing is known against the credentials: %j",
    (credentials) => {
      expect(wrong({}, {}, { credentials }).plan("PhoneNumberBinding", "desk").step).toEqual(ASSOCIATE);
    },
  );

  it.each([
    ["the object", {}, { managementPolicy: "Observe" }],
    ["its account", { managementPolicy: "Observe" }, {}],
  ])("is not where %s only observes: the difference is told", (_, account, binding) => {
    expect(wrong(account, binding).plan("PhoneNumberBinding", "desk")).toMatchObject({
      step: { type: "None" },
      reason: "Observing",
      class: { ready: "False", reconciling: false, stalled: false },
      drifted: expect.any(String) as string,
    });
  });

  it.each(["secretNotFound", "secretInvalid"] as const)(
    "is not while the account has no usable Secret: %s",
    (kind) => {
      const credentials = { kind, message: "Look at the Secret." };
      const ruling = wrong({}, {}, { credentials }).plan("PhoneNumberBinding", "desk");
      expect(ruling).toMatchObject({ step: { type: "None" }, reason: "WaitingForAccount" });
      expect(ruling.message).toContain("Look at the Secret.");
    },
  );
});

describe("a step inside the cluster", () => {
  const failure = { kind: "unauthorized", message: "Authenticate" } as const;
  const marks = ["AddFinalizer", "ReleaseFinalizer", "RecordFailedTarget", "ClearFailedTargets"] as const;
  const looks = ["GetNumber", "FindNumber", "GetAddress", "FindAddress", "GetDomain", "ListAccount"] as const;
  const writes = ["CreateAddress", "DeleteAddress", "DisassociateAddress"] as const;
  const stepUnder = (type: string, state: object, spec: object = {}): unknown => {
    const object = aBinding("desk", { spec });
    const scene = worldOf({ objects: [anAccount(), object], listing: {}, account: state });
    const ruling = { ...wait("Pending", "Planned."), rule: "a rule", step: { type } as Step };
    const account = scene.account("site", "default") as UsableAccount;
    return underPolicy(scene, object, account, ruling).step;
  };

  it.each(marks)("needs no credentials: %s", (type) => {
    expect(stepUnder(type, { credentials: { kind: "rejected", failure } })).toEqual({ type });
  });

  it.each([...looks, ...writes])("is nothing like %s, which does", (type) => {
    expect(stepUnder(type, { credentials: { kind: "rejected", failure } })).toEqual({ type: "None" });
  });

  it.each(["AddFinalizer", "RecordFailedTarget", "ClearFailedTargets", ...writes])(
    "is not made where only is observed: %s",
    (type) => {
      expect(stepUnder(type, {}, { managementPolicy: "Observe" })).toEqual({ type: "None" });
      expect(stepUnder(type, {}, { suspend: true })).toEqual({ type: "None" });
    },
  );

  it.each(looks)("does not keep from looking: %s", (type) => {
    expect(stepUnder(type, {}, { managementPolicy: "Observe" })).toEqual({ type });
    expect(stepUnder(type, {}, { suspend: true })).toEqual({ type });
  });
});

describe("an observation", () => {
  it("is believed for maxStaleness, to the millisecond", () => {
    const times = { lastSuccessAt: NOW, maxStalenessMs: 1_000 };
    expect(isStale(times, NOW + 1_000)).toBe(false);
    expect(isStale(times, NOW + 1_001)).toBe(true);
  });

  it("that was never made has not grown old", () => {
    expect(isStale({ maxStalenessMs: 1_000 }, NOW)).toBe(false);
  });

  it("that has grown old is told with its age, and with what went wrong where that is known", () => {
    const object = aBinding("desk");
    const old = { lastSuccessAt: NOW - 2 * 3_600_000 };
    const messageOf = (account: object): string =>
      plan(worldOf({ objects: [anAccount(), object], listing: {}, account }), object).message;
    const text = "The account has not been observed for 120 minutes: what is true now is not known.";
    expect(messageOf(old)).toBe(text);
    const lastFailure = { kind: "unknown", message: "No answer from Twilio: timeout" };
    expect(messageOf({ ...old, lastFailure })).toBe(`${text} Last failure: ${lastFailure.message}`);
  });
});

describe("an object without a status", () => {
  it("belongs to whatever account its spec names", () => {
    const { status: _, ...object } = aBinding("desk");
    const listing = { numbers: [numberRecord()] };
    expect(plan(worldOf({ objects: [anAccount(), object], listing }), object).reason).not.toBe(
      "AccountMismatch",
    );
  });

  it.each([
    [{}, "Pending"],
    [{ credentials: { kind: "secretInvalid", message: "It lacks authToken." } }, "WaitingForAccount"],
    [{ credentials: { kind: "secretNotFound", message: "There is none." } }, "WaitingForAccount"],
  ] as const)("is told why its account was not listed yet: %j", (account, reason) => {
    const { status: _, ...object } = aBinding("desk");
    const ruling = plan(worldOf({ objects: [anAccount(), object], account }), object);
    expect(ruling).toMatchObject({ reason, step: { type: "None" } });
    expect(ruling.keep).toBeUndefined();
  });
});

describe("an account that has not been listed since the start, because its Secret is wrong", () => {
  const secret = { credentials: { kind: "secretInvalid", message: "It lacks authToken." } } as const;
  const keeps = (conditions: object | undefined): boolean => {
    const object = aBinding("desk", { status: { ...seen, conditions } });
    return plan(worldOf({ objects: [anAccount(), object], account: secret }), object).keep === true;
  };

  it("leaves what an object says that is Ready, whatever its other conditions are", () => {
    const other = { type: "EmergencyStatusApplied", status: "False" };
    expect(keeps([{ type: "Ready", status: "True" }, other])).toBe(true);
  });

  it("is named by an object that is not", () => {
    expect(keeps([{ type: "Ready", status: "False" }])).toBe(false);
    expect(keeps([{ type: "Registered", status: "True" }])).toBe(false);
    expect(keeps([])).toBe(false);
    expect(keeps(undefined)).toBe(false);
  });
});

describe("an object whose account cannot be used", () => {
  const secret = { credentials: { kind: "secretNotFound", message: "There is none." } } as const;
  const ruled = (object: AnyObject, others: readonly object[] = [anAccount()]) =>
    plan(worldOf({ objects: [...others, object], account: secret }), object);
  const { finalizers, deletionTimestamp } = TERMINATING;
  const UNREGISTER = { deletionPolicy: "Unregister" };

  it("says so, and not that a deletion is blocked, while nobody deletes it", () => {
    const kept = aBinding("desk", { metadata: { finalizers }, status: seen });
    expect(ruled(kept)).toMatchObject({ reason: "WaitingForAccount", step: { type: "None" } });
    const going = aBinding("desk", { metadata: { deletionTimestamp }, status: seen });
    expect(ruled(going)).toMatchObject({ reason: "WaitingForAccount", step: { type: "None" } });
  });

  it("says that its deletion is blocked", () => {
    const object = aBinding("desk", { metadata: TERMINATING, spec: UNREGISTER, status: seen });
    expect(ruled(object)).toMatchObject({ reason: "DeletionBlocked", step: { type: "None" } });
  });

  it("is let go where it only observes, whatever its deletionPolicy asks for", () => {
    const spec = { ...UNREGISTER, managementPolicy: "Observe" };
    const object = aBinding("desk", { metadata: TERMINATING, spec, status: seen });
    expect(ruled(object).step).toEqual({ type: "ReleaseFinalizer" });
    const observing = anAccount({ spec: { managementPolicy: "Observe" } });
    const under = aBinding("desk", { metadata: TERMINATING, spec: UNREGISTER, status: seen });
    expect(ruled(under, [observing]).step).toEqual({ type: "ReleaseFinalizer" });
  });

  it("is held while it is suspended", () => {
    const object = aBinding("desk", { metadata: TERMINATING, spec: { suspend: true }, status: seen });
    expect(ruled(object)).toMatchObject({ reason: "DeletionBlocked", step: { type: "None" } });
  });

  it("is held where it has no status: the finalizer may be the record of a change", () => {
    const { status: _, ...object } = aBinding("desk", { metadata: TERMINATING });
    expect(ruled(object).reason).toBe("DeletionBlocked");
  });

  it("is held while the way back of a change is recorded", () => {
    const status = { ...seen, previousAddressSid: HQ };
    expect(ruled(aBinding("desk", { metadata: TERMINATING, status })).reason).toBe("DeletionBlocked");
  });

  it("is an address that may go where no binding of it is in the middle of a change", () => {
    const { status: _, ...binding } = aBinding("desk");
    const address = anAddress("hq", { metadata: TERMINATING });
    expect(ruled(address, [anAccount(), binding]).step).toEqual({ type: "ReleaseFinalizer" });
  });

  it("waits for the first listing before it says that its deletion is blocked", () => {
    const object = aBinding("desk", { metadata: TERMINATING, spec: UNREGISTER, status: seen });
    const ruling = plan(worldOf({ objects: [anAccount(), object] }), object);
    expect(ruling).toMatchObject({ reason: "Pending", step: { type: "None" }, keep: true });
  });
});
