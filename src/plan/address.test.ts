import { describe, expect, it } from "vitest";
import {
  ACCOUNT,
  CONTENT,
  DESK,
  FOREIGN,
  HQ,
  NOW,
  OLD,
  record,
  sid,
  TERMINATING,
  withoutStatus,
  world,
  type Parts,
  type WorldBuilder,
} from "../../test/support/builders.ts";
import { aBinding, anAddress } from "../../test/support/planning.ts";
import { ANNOTATION } from "../api/names.ts";
import { readable } from "./address.ts";
import type { NamedRuling } from "./rule.ts";

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

const scene = (parts: Parts = {}): WorldBuilder => world().account().address("hq", parts);
const plan = (builder: WorldBuilder): NamedRuling => builder.plan("EmergencyAddress", "hq");
const stepOf = (builder: WorldBuilder): object => plan(builder).step;
const elsewhere = { street: "9 Old St" };
const HELD = { finalizers: TERMINATING.finalizers };
const RELEASED = { type: "ReleaseFinalizer" };
const NONE = { type: "None" };

/** A second listing, and a third that agrees with it, show nothing. */
function lacking(builder: WorldBuilder): WorldBuilder {
  return builder.afterwards((snapshot) => {
    for (const startedAt of [NOW + 1, NOW + 2])
      snapshot.mergeListing({ numbers: [], addresses: [], domains: [], startedAt });
  });
}

describe("the finalizer of an EmergencyAddress", () => {
  const held = (parts: Parts = {}): WorldBuilder =>
    scene({ metadata: HELD, ...parts }).tagged("hq", { sid: HQ });
  const deletes = { spec: { deletionPolicy: "Delete" } };

  it("goes where nothing needs it", () => {
    expect(stepOf(held())).toEqual(RELEASED);
    expect(stepOf(held().binding("desk").registered(HQ))).toEqual(RELEASED);
    const fresh = withoutStatus(aBinding("desk"));
    expect(stepOf(held().object(fresh).registered(HQ))).toEqual(RELEASED);
  });

  it("stays while the deletionPolicy asks for work, unless the object is only observed", () => {
    expect(stepOf(held(deletes))).toEqual(NONE);
    expect(stepOf(held({ spec: { deletionPolicy: "Delete", managementPolicy: "Observe" } }))).toEqual(
      RELEASED,
    );
    expect(stepOf(held({ spec: { deletionPolicy: "Delete", suspend: true } }))).toEqual(NONE);
  });

  it.each([
    ["its record", { status: { operation: record(OLD, true) } }],
    ["its way back", { status: { previousAddressSid: OLD } }],
  ])("stays while a binding is in mid-change by %s", (_, parts) => {
    expect(stepOf(held().binding("desk", parts).number())).toEqual(NONE);
  });

  it("stays while a binding's finalizer stands that its policy does not ask for: a change begins", () => {
    expect(stepOf(held().binding("desk", { metadata: HELD }).registered(HQ))).toEqual(NONE);
    const asked = { metadata: HELD, spec: { deletionPolicy: "Unregister" } };
    expect(stepOf(held().binding("desk", asked).registered(HQ))).toEqual(RELEASED);
  });
});

describe("a terminating EmergencyAddress and a binding whose status is lost", () => {
  const going = (parts: Parts = {}): WorldBuilder =>
    scene({ metadata: TERMINATING }).tagged("hq", { sid: HQ }).binding("desk", parts);

  it("is held while the binding's finalizer stands and its number is not protected", () => {
    expect(plan(going({ metadata: HELD }).number()).reason).toBe("DeletionBlocked");
    expect(
      plan(going({ metadata: HELD }).registered(OLD, { emergencyAddressStatus: "registration-failure" })),
    ).toMatchObject({ reason: "DeletionBlocked", step: NONE });
  });

  it("goes where that is no sign of a change", () => {
    expect(stepOf(going().number())).toEqual(RELEASED);
    expect(stepOf(going({ metadata: HELD, spec: { emergencyStatus: "Inactive" } }).number())).toEqual(
      RELEASED,
    );
    expect(stepOf(going({ metadata: HELD }).registered(HQ))).toEqual(RELEASED);
    expect(stepOf(going({ metadata: HELD }))).toEqual(RELEASED);
    const confirmed = {
      metadata: { ...TERMINATING, annotations: { [ANNOTATION.confirmDelete]: "desk" } },
      spec: { deletionPolicy: "Unregister" },
    };
    expect(stepOf(going(confirmed).number())).toEqual(RELEASED);
    const fresh = scene({ metadata: TERMINATING })
      .object(withoutStatus(aBinding("desk")))
      .number();
    expect(stepOf(fresh)).toEqual(RELEASED);
  });
});

describe("an Address to be adopted that is not at Twilio", () => {
  const adopting = (status: object = {}): WorldBuilder => scene({ spec: { sid: FOREIGN }, status });
  const absentAt = (at: number, builder = adopting()): WorldBuilder =>
    builder.given({ trustedSince: NOW - 10 }).afterwards((snapshot) => snapshot.noteAbsent(FOREIGN, at));
  const LOOK = { type: "GetAddress", sid: FOREIGN };

  it("is looked for until Twilio has said so since we took over", () => {
    expect(stepOf(adopting())).toEqual(LOOK);
    expect(stepOf(absentAt(NOW - 11))).toEqual(LOOK);
    expect(plan(absentAt(NOW - 10))).toMatchObject({ step: NONE, reason: "AddressNotFound" });
  });

  it("is missed where the object has had it, or has had nothing yet", () => {
    const known = adopting({ sid: FOREIGN, adoptedSid: FOREIGN });
    expect(plan(absentAt(NOW, known)).reason).toBe("AddressNotFound");
    const fresh = withoutStatus(anAddress("hq", { spec: { sid: FOREIGN } }));
    expect(plan(absentAt(NOW, world().account().object(fresh))).reason).toBe("AddressNotFound");
  });

  it("is missed no more where one of our own has taken its place, or that one is made again", () => {
    const replaced = { sid: HQ, adoptedSid: FOREIGN };
    for (const status of [replaced, {}])
      expect(plan(absentAt(NOW, adopting(status).tagged("hq", { sid: HQ }))).reason).toBe("Validated");
    const gone = absentAt(NOW, adopting(replaced)).afterwards((snapshot) => snapshot.noteAbsent(HQ, NOW));
    expect(stepOf(gone)).toMatchObject({ type: "CreateAddress" });
  });

  it("is a fault after five minutes, and is polled until then", () => {
    expect(plan(absentAt(NOW))).toMatchObject({
      wakeAt: NOW + 300_000,
      poll: LOOK,
      class: { ready: "Unknown" },
    });
    const long = absentAt(NOW).given({ watched: { AddressNotFound: NOW - 300_000 } });
    expect(plan(long).class).toBeUndefined();
    expect(plan(long).wakeAt).toBeUndefined();
  });
});

describe("an Address missing from a listing", () => {
  it("is looked at directly, the superseded one as well", () => {
    expect(stepOf(lacking(scene().tagged("hq", { sid: HQ })))).toEqual({ type: "GetAddress", sid: HQ });
    const old = scene().tagged("hq", { sid: OLD, ...elsewhere });
    expect(stepOf(lacking(old))).toEqual({ type: "GetAddress", sid: OLD });
  });
});

describe("an object whose Address is there", () => {
  it("says so, with all others of the same content", () => {
    const twins = [sid("AD", 3), sid("AD", 4)];
    const { message, twins: told } = plan(
      scene()
        .tagged("hq", { sid: HQ })
        .tagged("hq", { sid: sid("AD", 3) }, 1)
        .tagged("hq", { sid: sid("AD", 4) }, 2),
    );
    expect(message).toBe(
      `${HQ} exists at Twilio with this content. Twilio also has ${twins.join(", ")} of the same content, which is not used: see \`twilio-emergency orphans\`.`,
    );
    expect(told).toEqual(twins);
  });

  it("and no other of other content that would be removed first", () =>
    expect(stepOf(scene().tagged("hq", { sid: OLD, ...elsewhere }))).toMatchObject({
      type: "CreateAddress",
    }));

  it("is Ready as Observing, with a superseded one that it would remove if it managed", () => {
    const observing = scene({ spec: { managementPolicy: "Observe" } })
      .tagged("hq", { sid: HQ })
      .tagged("hq", { sid: OLD, ...elsewhere });
    expect(plan(observing)).toMatchObject({ step: NONE, reason: "Observing", class: { ready: "True" } });
  });

  it("is shown as suspended, with failures that say nothing any more", () => {
    const failed = { addressSid: HQ, phoneNumberSid: DESK, time: "2026-03-01T11:00:00Z" };
    const suspended = scene({ spec: { suspend: true }, status: { failedTargets: [failed] } });
    const status = suspended.tagged("hq", { sid: HQ }).status("EmergencyAddress", "hq");
    expect(status["conditions"]).toContainEqual(
      expect.objectContaining({ type: "Ready", status: "True", reason: "Suspended" }),
    );
  });
});

it("spec.sid on an object that already has another Address is a conflict that names both", () => {
  const second = scene({ spec: { sid: FOREIGN }, status: { sid: HQ } }).tagged("hq", { sid: HQ });
  expect(plan(second)).toMatchObject({ step: NONE, reason: "Conflict" });
  expect(plan(second).message).toContain(`spec.sid names ${FOREIGN}, but this object already has ${HQ}.`);
});
