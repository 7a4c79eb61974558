/** A terminating EmergencyAddress: what holds it, what is deleted at Twilio, and what it says meanwhile. */
import { describe, expect, it } from "vitest";
import {
  DESK,
  FOREIGN,
  HQ,
  NOW,
  OLD,
  record,
  retrying,
  sid,
  tagOf,
  TERMINATING,
  withoutStatus,
  world,
  type Parts,
  type WorldBuilder,
} from "../../../test/support/builders.ts";
import { anAddress } from "../../../test/support/planning.ts";
import { ANNOTATION } from "../../api/names.ts";
import type { NamedRuling } from "../rule.ts";

const CONFIRMED = { ...TERMINATING, annotations: { [ANNOTATION.confirmDelete]: "hq" } };
const LAST_LOOK = NOW - 60_000;
const TWIN = sid("AD", 3);

/** Being deleted, with a policy that asks for it, and confirmed. */
const going = ({ spec, ...parts }: Parts = {}): WorldBuilder =>
  world()
    .account()
    .address("hq", { metadata: CONFIRMED, spec: { deletionPolicy: "Delete", ...spec }, ...parts });

const plan = (scene: WorldBuilder): NamedRuling => scene.plan("EmergencyAddress", "hq");
const stepOf = (scene: WorldBuilder): object => plan(scene).step;

const DELETES_HQ = { type: "DeleteAddress", sid: HQ };
const GOES = { type: "ReleaseFinalizer" };
const WAITS = { type: "None" };

describe("a terminating EmergencyAddress", () => {
  it("names every binding that holds it", () => {
    const status = { operation: record(OLD, true) };
    const held = going().tagged("hq", { sid: HQ }).binding("desk", { status }).number();
    const both = held
      .binding("lobby", { spec: { phoneNumberSid: sid("PN", 2) }, status })
      .number({ sid: sid("PN", 2), phoneNumber: "+13035550101" });
    expect(plan(both)).toMatchObject({ reason: "DeletionBlocked", step: WAITS });
    expect(plan(both).message).toContain("desk, lobby");
  });

  it("is let go and touches nothing where it is only observed", () =>
    expect(stepOf(going({ spec: { managementPolicy: "Observe" } }).tagged("hq", { sid: HQ }))).toEqual(GOES));

  it("of which nobody has written a status yet goes as any other", () => {
    const fresh = anAddress("hq", { metadata: CONFIRMED, spec: { deletionPolicy: "Delete" } });
    const scene = () => world().account().object(withoutStatus(fresh));
    expect(stepOf(scene())).toEqual(GOES);
    expect(stepOf(scene().tagged("hq", { sid: HQ }))).toEqual(DELETES_HQ);
  });

  it("deletes one by one all that it stands for: what it made, twice or of other content, and what it adopted", () => {
    const scene = going({ spec: { sid: FOREIGN }, status: { sid: HQ, adoptedSid: FOREIGN } })
      .tagged("hq", { sid: HQ })
      .tagged("hq", { sid: TWIN }, 1)
      .tagged("hq", { sid: OLD, street: "9 Old St" })
      .twilioAddress({ sid: FOREIGN, friendlyName: "Front desk", street: "9 Old St" });
    const left = [HQ, TWIN, OLD, FOREIGN];
    for (const next of [...left]) {
      expect(stepOf(scene)).toEqual({ type: "DeleteAddress", sid: next });
      scene.afterwards((snapshot) => snapshot.noteAbsent(next, NOW + 1));
    }
    expect(stepOf(scene)).toEqual(GOES);
  });

  it("names each of them once until it is confirmed", () => {
    const scene = going({ metadata: TERMINATING, spec: { sid: HQ } })
      .tagged("hq", { sid: HQ })
      .tagged("hq", { sid: OLD, street: "9 Old St" });
    expect(plan(scene).message).toContain(`would delete ${HQ}, ${OLD} at Twilio`);
  });

  it("goes where the Address in spec.sid is not at Twilio", () =>
    expect(stepOf(going({ spec: { sid: FOREIGN } }))).toEqual(GOES));

  it("names at most ten numbers that carry an Address of its own", () => {
    const number = (index: number) => ({
      sid: sid("PN", index),
      phoneNumber: `+130355501${String(index).padStart(2, "0")}`,
    });
    const scene = going().tagged("hq", { sid: HQ }).tagged("hq", { sid: OLD, street: "9 Old St" });
    for (let index = 11; index < 23; index += 1) scene.registered(HQ, number(index));
    const { step, message } = plan(scene);
    expect(step).toEqual(WAITS);
    const named = Array.from({ length: 10 }, (_, index) => sid("PN", 11 + index));
    expect(message).toContain(`carry its Address: ${named.join(", ")}. `);
  });

  it("holds back what is unused as well, while another of its Addresses is used", () => {
    const scene = going()
      .tagged("hq", { sid: HQ })
      .tagged("hq", { sid: OLD, street: "9 Old St" })
      .registered(OLD);
    expect(plan(scene)).toMatchObject({ reason: "DeletionBlocked", step: WAITS });
    expect(plan(scene).message).toContain(`: ${DESK}. `);
  });
});

describe("a terminating EmergencyAddress whose create is in doubt", () => {
  /** The operation began so long before now. */
  const doubt = (ago: number, status: object = {}): WorldBuilder => {
    const startedAt = new Date(NOW - ago).toISOString();
    const operation = { type: "CreateAddress", target: tagOf("hq"), startedAt, begun: false };
    return going({ status: { operation, ...status } });
  };
  const LOOK = { type: "FindAddress", friendlyName: tagOf("hq") };

  it("waits until the last look may be made, and then looks", () => {
    expect(plan(doubt(59_999))).toMatchObject({ step: WAITS, reason: "DeletionBlocked" });
    expect(stepOf(doubt(60_000))).toEqual(LOOK);
  });

  it("looks until a look begun at that time or later has found nothing", () => {
    const looked = (at: number): object =>
      stepOf(doubt(60_000).afterwards((snapshot) => snapshot.noteAbsent(tagOf("hq"), at)));
    expect(looked(LAST_LOOK)).toEqual(LOOK);
    expect(looked(NOW - 1)).toEqual(LOOK);
    expect(looked(NOW)).toEqual(GOES);
  });

  it("does not wait for the time of a clock that ran ahead, but looks a minute after we took over", () => {
    const ahead = doubt(-365 * 24 * 3_600_000);
    expect(stepOf(ahead.given({ trustedSince: NOW - 59_999 }))).toEqual(WAITS);
    expect(stepOf(ahead.given({ trustedSince: NOW - 60_000 }))).toEqual(LOOK);
  });

  it("deletes the Address once it is found", () =>
    expect(stepOf(doubt(10_000).tagged("hq", { sid: HQ }))).toEqual(DELETES_HQ));
});

describe("a terminating EmergencyAddress of which nothing is at Twilio", () => {
  const LIST = { type: "ListAccount" };

  it("goes on a listing begun when we took over or later, and asks for one until then", () => {
    expect(stepOf(going().given({ trustedSince: NOW }))).toEqual(GOES);
    expect(stepOf(going().given({ trustedSince: NOW + 1 }))).toEqual(LIST);
  });

  it("does not go on a listing that may be wrong", () => {
    const shrunk = going()
      .number()
      .afterwards((snapshot) => {
        snapshot.mergeListing({ numbers: [], addresses: [], domains: [], startedAt: NOW + 1 });
      });
    expect(stepOf(shrunk)).toEqual(LIST);
  });
});

describe("a terminating EmergencyAddress that Twilio refused to delete", () => {
  const refused = (nextInMs: number, status: object): WorldBuilder =>
    going({ status: { retry: retrying(1, nextInMs), ...status } }).tagged("hq", { sid: HQ });

  it("says so until the slow retry is due, with the request where it is known", () => {
    const lastError = { message: "Address in use", requestId: "RQ1" };
    expect(plan(refused(60_000, { lastError }))).toMatchObject({
      step: WAITS,
      reason: "DeletionBlocked",
      message: "Twilio refused to delete the Address (request RQ1): Address in use",
      wakeAt: NOW + 60_000,
    });
    const { message } = plan(refused(60_000, { lastError: { message: "Address in use" } }));
    expect(message).toContain("(request unknown): Address in use");
  });

  it("is deleted when it is due, or when nothing was refused", () => {
    expect(stepOf(refused(0, { lastError: { message: "no" } }))).toEqual(DELETES_HQ);
    expect(stepOf(refused(60_000, {}))).toEqual(DELETES_HQ);
  });
});

it("a terminating EmergencyAddress waits for a listing that can be believed before it deletes", () => {
  const scene = going()
    .tagged("hq", { sid: HQ })
    .number()
    .afterwards((snapshot) => {
      snapshot.mergeListing({ numbers: [], addresses: [], domains: [], startedAt: NOW + 1 });
    });
  expect(plan(scene)).toMatchObject({
    step: WAITS,
    reason: "DeletionBlocked",
    message: "Waiting for a complete listing of the account.",
  });
});
