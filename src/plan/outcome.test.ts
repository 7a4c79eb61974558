/** What must be written down before a write, and what its answer leaves behind. */
import { describe, expect, it } from "vitest";
import { CONTENT, DESK, HQ, NOW, OLD, sid, tagOf } from "../../test/support/builders.ts";
import {
  aBinding,
  addressRecord,
  aDomain,
  anAddress,
  numberRecord,
  worldOf,
} from "../../test/support/planning.ts";
import type { Managed } from "../api/objects.ts";
import type { Failure, NewAddress } from "../twilio/types.ts";
import { afterWrite, markAfter, outcomeOf, recordBefore, type Outcome } from "./outcome.ts";
import type { Write } from "./step.ts";

const HOUR = 3_600_000;
const DOMAIN = sid("SD", 1);
const NOW_TEXT = new Date(NOW).toISOString();

const CREATE: Write = { type: "CreateAddress", address: { friendlyName: tagOf("hq") } as NewAddress };
const SET_CALLER: Write = { type: "SetEmergencyCaller", domainSid: DOMAIN, numberSid: DESK };
const ASSOCIATE: Write = { type: "AssociateAddress", numberSid: DESK, addressSid: HQ };
const ACTIVATE: Write = { type: "SetEmergencyStatus", numberSid: DESK, value: "Active" };
const TAKE = { type: "DisassociateAddress", numberSid: DESK, addressSid: OLD, takesAway: true } as const;
const CLEAN_UP: Write = { ...TAKE, takesAway: false };
const ENABLE: Write = { type: "EnableEmergencyCalling", domainSid: DOMAIN };
const CLEAR_CALLER: Write = { type: "ClearEmergencyCaller", domainSid: DOMAIN };

const failure = (kind: Failure["kind"], more: object = {}): Failure =>
  ({ kind, message: "no", ...more }) as Failure;
const refused = (more: object = {}): Outcome => outcomeOf(failure("rejected", more));
const done = (startedAt = NOW, value?: unknown): Outcome => ({ kind: "done", startedAt, value });
const after = (object: Managed, step: Write, outcome: Outcome): object =>
  afterWrite(worldOf({ objects: [] }), object, { step, inputs: "" }, outcome);
/** As the API server gives it before anybody has written its status. */
function fresh<T extends Managed>(object: T): T {
  const { status: _, ...rest } = object;
  return rest as T;
}

describe("a failure", () => {
  it.each([
    ["rejected", "refused"],
    ["notFound", "refused"],
    ["forbidden", "refused"],
    ["throttled", "notProcessed"],
    ["busy", "notProcessed"],
    ["unauthorized", "notProcessed"],
    ["notSent", "notProcessed"],
    ["unknown", "unknown"],
  ] as const)("of kind %s is %s", (kind, outcome) => {
    expect(outcomeOf(failure(kind))).toEqual({ kind: outcome, failure: failure(kind) });
  });
});

describe("before a write whose answer may be lost", () => {
  const at = { now: NOW };
  const begins = (type: string, target: string): object => ({
    operation: { type, target, startedAt: NOW_TEXT, begun: false },
  });

  it("an Address is recorded by the name it will have", () => {
    expect(recordBefore(anAddress("hq"), CREATE, at)).toEqual(begins("CreateAddress", tagOf("hq")));
  });

  it("a caller is recorded by its number", () => {
    expect(recordBefore(aDomain("sip"), SET_CALLER, at)).toEqual(begins("SetEmergencyCaller", DESK));
  });

  it("nothing is recorded of what a look shows again", () => {
    for (const step of [ASSOCIATE, ACTIVATE, ENABLE, CLEAR_CALLER, CLEAN_UP])
      expect(recordBefore(aBinding("desk"), step, at)).toBeUndefined();
  });
});

describe("the record of taking an Address away", () => {
  const registered = numberRecord({ emergencyAddressSid: OLD, emergencyAddressStatus: "registered" });
  const failed = { ...registered, emergencyAddressStatus: "registration-failure" };
  const begun = { type: TAKE.type, target: OLD, startedAt: NOW_TEXT, begun: false };
  const earlier = { ...begun, startedAt: new Date(NOW - HOUR).toISOString() };
  const record = (status: object, number = registered): unknown =>
    recordBefore(aBinding("desk", { status }), TAKE, { now: NOW, number });

  it("names the way back where the number is registered", () => {
    expect(record({})).toEqual({ operation: begun, previousAddressSid: OLD });
    expect(recordBefore(fresh(aBinding("desk")), TAKE, { now: NOW, number: registered })).toEqual({
      operation: begun,
      previousAddressSid: OLD,
    });
  });

  it("names none where the registration had failed, or the number is not known", () => {
    expect(record({}, failed)).toEqual({ operation: begun });
    expect(recordBefore(aBinding("desk"), TAKE, { now: NOW })).toEqual({ operation: begun });
  });

  it("keeps the time at which the same change began", () => {
    expect(record({ operation: earlier })).toEqual({ operation: earlier, previousAddressSid: OLD });
  });

  it("is a new one for another Address, or after another kind of write", () => {
    for (const operation of [
      { ...earlier, target: HQ },
      { ...earlier, type: "AssociateAddress" },
    ])
      expect(record({ operation })).toEqual({ operation: begun, previousAddressSid: OLD });
  });
});

describe("a write that Twilio accepted", () => {
  it("leaves the Address that was made, as Twilio stored it, and nothing in doubt", () => {
    const made = addressRecord({ sid: HQ, street: "1 MAIN ST" });
    expect(after(anAddress("hq"), CREATE, done(NOW, made))).toEqual({
      lastError: null,
      operation: null,
      retry: null,
      suggestedAddress: null,
      sid: HQ,
      address: { ...CONTENT, street: "1 MAIN ST" },
    });
  });

  it("leaves the Address that was put on the number", () => {
    const object = aBinding("desk", { status: { appliedAddressSids: [OLD] } });
    expect(after(object, ASSOCIATE, done())).toEqual({ lastError: null, appliedAddressSids: [OLD, HQ] });
  });

  it("leaves which caller this object set, until it is cleared", () => {
    expect(after(aDomain("sip"), SET_CALLER, done())).toEqual({
      lastError: null,
      appliedCallerSid: DESK,
      operation: null,
    });
    expect(after(aDomain("sip"), CLEAR_CALLER, done())).toEqual({ lastError: null, appliedCallerSid: null });
  });

  it("leaves when an EmergencyStatus was asked for, dated by the beginning of the request", () => {
    const object = aBinding("desk", { metadata: { generation: 3 } });
    expect(after(object, ACTIVATE, done(NOW - 1_000))).toEqual({
      lastError: null,
      requestedEmergencyStatus: {
        value: "Active",
        generation: 3,
        firstSeen: new Date(NOW - 1_000).toISOString(),
      },
    });
  });

  it("leaves nothing else where a look shows all there is to know", () => {
    for (const step of [
      ENABLE,
      { ...ENABLE, type: "DisableEmergencyCalling" },
      { type: "DeleteAddress", sid: HQ },
    ])
      expect(after(aDomain("sip"), step as Write, done())).toEqual({ lastError: null });
  });
});

describe("an Address that Twilio took off a number", () => {
  const operation = { type: TAKE.type, target: OLD, startedAt: NOW_TEXT, begun: false };
  const retry = { count: 1, lastTime: NOW_TEXT, nextTime: NOW_TEXT };
  const doubled = {
    count: 2,
    lastTime: NOW_TEXT,
    nextTime: new Date(NOW + 2 * HOUR).toISOString(),
    inputs: "",
  };
  const taken = (status: object, step: Write = TAKE): object =>
    after(aBinding("desk", { status }), step, done());

  it("leaves a change that has begun", () => {
    expect(taken({ operation })).toStrictEqual({ lastError: null, operation: { ...operation, begun: true } });
  });

  it("uses up the approval that permitted it", () => {
    expect(taken({ operation }, { ...TAKE, approval: "hash" })).toMatchObject({ usedApproval: "hash" });
  });

  it("makes up no record where there is none", () => {
    expect(taken({})).toStrictEqual({ lastError: null });
    expect(taken({}, { ...TAKE, approval: "hash" })).toStrictEqual({ lastError: null, usedApproval: "hash" });
    expect(after(fresh(aBinding("desk")), TAKE, done())).toStrictEqual({ lastError: null });
  });

  it("spends an attempt of the slow retry", () => {
    expect(taken({ operation, retry })).toMatchObject({ retry: doubled });
    expect(taken({ retry }, CLEAN_UP)).toStrictEqual({ lastError: null, retry: doubled });
    expect(taken({ retry: { ...retry, inputs: OLD } }, CLEAN_UP)).toMatchObject({ retry: { inputs: OLD } });
  });
});

describe("a write that had no effect", () => {
  it("is not in doubt: an Address or a caller may be sent again", () => {
    for (const kind of ["throttled", "notSent"] as const) {
      expect(after(anAddress("hq"), CREATE, outcomeOf(failure(kind)))).toEqual({ operation: null });
      expect(after(aDomain("sip"), SET_CALLER, outcomeOf(failure(kind)))).toEqual({ operation: null });
    }
    expect(after(aDomain("sip"), SET_CALLER, refused())).toMatchObject({ operation: null });
  });

  it("leaves the record of a change, which is still to be made", () => {
    expect(after(aBinding("desk"), TAKE, outcomeOf(failure("busy")))).toEqual({});
  });

  it("is in doubt as long as nobody knows", () => {
    const memory = after(anAddress("hq"), CREATE, outcomeOf(failure("unknown")));
    expect(memory).toStrictEqual({ lastError: { message: "no" } });
  });
});

describe("a write that Twilio refused", () => {
  const first = { count: 1, lastTime: NOW_TEXT, nextTime: new Date(NOW + HOUR).toISOString(), inputs: "" };

  it("leaves what a person needs, and no more text than a status may hold", () => {
    const known = { code: 21_617, moreInfo: "https://twilio.com/21617", requestId: "RQ1" };
    const memory = after(aDomain("sip"), ENABLE, refused({ ...known, message: "x".repeat(5_000) }));
    expect(memory).toStrictEqual({ lastError: { message: "x".repeat(1_024), ...known }, retry: first });
    expect(after(aDomain("sip"), ENABLE, refused())).toStrictEqual({
      lastError: { message: "no" },
      retry: first,
    });
  });

  it("is tried again slowly, from the first refusal on", () => {
    expect(after(fresh(aDomain("sip")), ENABLE, refused())).toMatchObject({ retry: first });
    const retry = { ...first, count: 2 };
    expect(after(aDomain("sip", { status: { retry } }), ENABLE, refused())).toMatchObject({
      retry: { count: 3, nextTime: new Date(NOW + 4 * HOUR).toISOString() },
    });
  });

  it("leaves the address that Twilio suggests, without what it left empty", () => {
    const suggestion = { street: "645 HARRISON ST", city: "", isoCountry: "US" };
    expect(after(anAddress("hq"), CREATE, refused({ suggestion }))).toMatchObject({
      operation: null,
      suggestedAddress: { street: "645 HARRISON ST", isoCountry: "US" },
    });
    expect(after(anAddress("hq"), CREATE, refused())).not.toHaveProperty("suggestedAddress");
  });

  it("counts as an answer to a wish for an EmergencyStatus, which is not made twice", () => {
    expect(after(aBinding("desk"), ACTIVATE, refused())).toStrictEqual({
      lastError: { message: "no" },
      requestedEmergencyStatus: { value: "Active", generation: 1, firstSeen: NOW_TEXT },
    });
  });
});

describe("an association that Twilio refuses in the middle of a change", () => {
  const changing = { previousAddressSid: OLD };
  const mark = (parts: object, step: Write = ASSOCIATE, outcome = refused()): unknown =>
    markAfter(aBinding("desk", { status: changing, ...parts }), step, outcome);
  const retry = { count: 1, lastTime: NOW_TEXT, nextTime: NOW_TEXT };

  it("is marked at the address object, so that no other number is moved there", () => {
    expect(mark({})).toEqual({
      type: "RecordFailedTarget",
      address: { kind: "EmergencyAddress", namespace: "site", name: "hq" },
      addressSid: HQ,
      phoneNumberSid: DESK,
    });
    expect(mark({}, ASSOCIATE, outcomeOf(failure("notFound")))).toMatchObject({ addressSid: HQ });
  });

  it("does not wait the first time: the number goes back at once", () => {
    const memory = after(aBinding("desk", { status: changing }), ASSOCIATE, refused());
    expect(memory).toStrictEqual({ lastError: { message: "no" } });
  });

  it("waits from the second time on", () => {
    const memory = after(aBinding("desk", { status: { ...changing, retry } }), ASSOCIATE, refused());
    expect(memory).toMatchObject({ retry: { count: 2 } });
  });

  it.each([
    ["the credentials may not do it", {}, ASSOCIATE, outcomeOf(failure("forbidden"))],
    ["Twilio was busy", {}, ASSOCIATE, outcomeOf(failure("busy"))],
    ["nobody knows what became of it", {}, ASSOCIATE, outcomeOf(failure("unknown"))],
    ["it was accepted", {}, ASSOCIATE, done()],
    ["another write was refused", {}, { ...TAKE, addressSid: HQ }, refused()],
    ["no change is open", { status: {} }, ASSOCIATE, refused()],
    ["it was the way back", {}, { ...ASSOCIATE, addressSid: OLD }, refused()],
    [
      "the binding names no address object any more",
      { spec: { addressRef: undefined } },
      ASSOCIATE,
      refused(),
    ],
  ] as const)("is not marked where %s", (_, parts, step, outcome) => {
    expect(mark(parts, step as Write, outcome)).toBeUndefined();
  });

  it("is not marked for an object without a status", () => {
    expect(markAfter(fresh(aBinding("desk")), ASSOCIATE, refused())).toBeUndefined();
  });
});
