/** What a TwilioAccount says of its credentials, of the last observation and of its numbers. */
import { describe, expect, it } from "vitest";
import { ACCOUNT, DESK, HQ, NOW, sid, world, type Circumstances } from "../../test/support/builders.ts";
import { anAccount, domainRecord, numberRecord, worldOf } from "../../test/support/planning.ts";
import type { NumberRecord } from "../twilio/types.ts";
import { protectionOf } from "./account.ts";
import { plan } from "./plan.ts";
import type { NamedRuling } from "./rule.ts";
import type { AccountState } from "./world.ts";

const MINUTE = 60_000;
const FAILURE = { kind: "unknown", message: "No answer from Twilio: timeout" } as const;

/** The ruling on the account; `state` is what is known behind it. */
const ruled = (parts: object, state: Partial<AccountState> = {}, more: Circumstances = {}): NamedRuling =>
  world()
    .account("default", parts)
    .number()
    .given({ account: state, ...more })
    .plan("TwilioAccount", "default");

function freshAccount(): ReturnType<typeof anAccount> {
  const { status: _, ...object } = anAccount();
  return object;
}

describe("an account whose credentials work", () => {
  it("is Authenticated for the account that its status has named so far", () => {
    expect(ruled({ status: { accountSid: ACCOUNT } })).toMatchObject({
      reason: "Authenticated",
      message: "Twilio accepts the credentials.",
    });
    const other = `AC${"9".repeat(32)}`;
    expect(ruled({ status: { accountSid: other } })).toMatchObject({
      reason: "AccountMismatch",
      message: expect.stringContaining(other) as string,
    });
  });

  it("is Observing where it only observes and all is well, and says what is wrong otherwise", () => {
    const spec = { managementPolicy: "Observe" };
    expect(ruled({ spec }).reason).toBe("Observing");
    expect(ruled({ spec }, { credentials: { kind: "secretNotFound", message: "none" } }).reason).toBe(
      "SecretNotFound",
    );
  });

  it("says when a listing is not believed yet", () => {
    const shrunk = { numbers: [], addresses: [], domains: [], startedAt: NOW };
    const scene = world().account().number();
    expect(scene.plan("TwilioAccount", "default").message).not.toContain("not believed");
    scene.afterwards((snapshot) => snapshot.mergeListing(shrunk));
    expect(scene.plan("TwilioAccount", "default").message).toContain(
      "not believed until a second one agrees",
    );
  });
});

describe("spec.maxStaleness", () => {
  const reasonOf = (maxStaleness: string): string =>
    ruled({ spec: { maxStaleness } }, { sweepIntervalMs: 10 * MINUTE }).reason;

  it("is at least twice as long as a sweep", () => {
    expect(reasonOf("19m59s")).toBe("InvalidConfiguration");
    expect(reasonOf("20m")).toBe("Authenticated");
    expect(reasonOf("2h")).toBe("Authenticated");
  });

  it("is not judged before the account is known", () => {
    const object = anAccount({ spec: { maxStaleness: "1s" } });
    expect(plan(worldOf({ objects: [] }), object)).toMatchObject({
      reason: "Pending",
      message: "The account has not been listed yet.",
    });
  });
});

describe("credentials that Twilio refuses", () => {
  const messageOf = (more: object): string => {
    const failure = { kind: "unauthorized", message: "Authenticate", ...more } as const;
    return ruled({}, { credentials: { kind: "rejected", failure } }).message;
  };

  it("are told with what Twilio said, as far as it said it", () => {
    expect(messageOf({ code: 20_003, requestId: "RQ1" })).toContain(
      "(error 20003, request RQ1): Authenticate.",
    );
    expect(messageOf({})).toContain("(error, request unknown): Authenticate.");
  });
});

describe("an account that has not been observed for maxStaleness", () => {
  it("says since when, and why where that is known", () => {
    const state = { lastSuccessAt: NOW - 60 * MINUTE, maxStalenessMs: 30 * MINUTE };
    const text = "The account has not been observed since 2026-03-01T11:00:00Z.";
    expect(ruled({}, state)).toMatchObject({ reason: "ObservationStale", message: text });
    expect(ruled({}, { ...state, lastFailure: FAILURE }).message).toBe(
      `${text} Last failure: ${FAILURE.message}`,
    );
  });
});

describe("an account that has not been listed yet", () => {
  const unlisted = (parts: object, state: Partial<AccountState> = {}): NamedRuling =>
    ruled(parts, state, { listedAt: null });

  it("keeps what its status says of the present spec", () => {
    expect(unlisted({})).toMatchObject({ reason: "Pending", keep: true });
  });

  it("says so for another spec, or where listing fails", () => {
    expect(unlisted({ metadata: { generation: 2 } }).keep).toBeUndefined();
    expect(plan(worldOf({ objects: [] }), freshAccount()).keep).toBeUndefined();
    const failing = unlisted({}, { lastFailure: FAILURE });
    expect(failing.keep).toBeUndefined();
    expect(failing.message).toContain(`Last failure: ${FAILURE.message}`);
  });

  it("says nothing of its numbers", () => {
    expect(unlisted({}).memory).toEqual({});
    expect(plan(worldOf({ objects: [] }), anAccount()).memory).toEqual({});
    const object = anAccount();
    const { view } = worldOf({ objects: [object], listing: {} }).account("site", "default") ?? {};
    expect(view).toBeDefined();
    expect(unlisted({}, { view: { ...view, listedAt: undefined } as never }).memory).toEqual({});
  });
});

describe("status.lastObservationTime", () => {
  const timeAfter = (minutes: number, milliseconds = 0): unknown => {
    const last = new Date(NOW - minutes * MINUTE - milliseconds).toISOString();
    const { memory } = ruled({ status: { lastObservationTime: last } }, { maxStalenessMs: 30 * MINUTE });
    return memory?.["lastObservationTime"];
  };

  it("is written once in a third of maxStaleness, and not more often", () => {
    expect(timeAfter(9, 59_999)).toBeUndefined();
    expect(timeAfter(10)).toBe("2026-03-01T12:00:00Z");
    expect(timeAfter(11)).toBe("2026-03-01T12:00:00Z");
  });

  it("is written anew where a clock that ran ahead wrote it", () => {
    expect(timeAfter(-9)).toBeUndefined();
    expect(timeAfter(-10)).toBe("2026-03-01T12:00:00Z");
    expect(timeAfter(-365 * 24 * 60)).toBe("2026-03-01T12:00:00Z");
  });

  it("is never put back to a listing before it", () => {
    const object = { status: { lastObservationTime: new Date(NOW).toISOString() } };
    const older = { maxStalenessMs: 30 * MINUTE, lastSuccessAt: NOW - 11 * MINUTE };
    expect(ruled(object, older).memory?.["lastObservationTime"]).toBeUndefined();
  });

  it("is written where there is none, in whole seconds", () => {
    const scene = worldOf({
      objects: [freshAccount()],
      listing: {},
      account: { lastSuccessAt: NOW + 999 },
    });
    expect(plan(scene, freshAccount()).memory).toMatchObject({
      accountSid: ACCOUNT,
      lastObservationTime: "2026-03-01T12:00:00Z",
    });
  });

  it("is when the listing began, where nothing newer is known", () => {
    const scene = worldOf({
      objects: [freshAccount()],
      listing: {},
      account: { lastSuccessAt: undefined } as never,
    });
    expect(plan(scene, freshAccount()).memory).toMatchObject({ lastObservationTime: "2026-03-01T12:00:00Z" });
  });
});

describe("the coverage of an account", () => {
  it("counts every number once by its protection, and those that no binding names", () => {
    const scene = world()
      .account()
      .binding("desk")
      .registered(HQ)
      .number({ sid: sid("PN", 2), phoneNumber: "+13035550102" })
      .registered(HQ, { sid: sid("PN", 3), phoneNumber: "+13035550103" })
      .number({ sid: sid("PN", 4), phoneNumber: "+4930123456" })
      .twilioDomain(domainRecord());
    expect(scene.plan("TwilioAccount", "default").memory).toMatchObject({
      coverage: {
        numbers: 4,
        registered: 2,
        pending: 0,
        failed: 0,
        unregistered: 1,
        unsupported: 1,
        unmanaged: 3,
      },
    });
  });

  it.each([
    ["registered", HQ, "registered"],
    ["pending-registration", HQ, "pending"],
    ["pending-unregistration", HQ, "pending"],
    ["registration-failure", HQ, "failed"],
    ["registration-failure", null, "failed"],
    ["unregistration-failure", HQ, "failed"],
    ["unregistered", null, "unregistered"],
    ["unregistered", HQ, "unregistered"],
    ["registered", null, "unregistered"],
    ["something-new", HQ, "unregistered"],
  ] as const)("takes a number that is %s at %s for %s", (status, address, protection) => {
    const number = numberRecord({ emergencyAddressStatus: status, emergencyAddressSid: address });
    expect(protectionOf(number)).toBe(protection);
  });

  it.each([
    ["+13035550100", "unregistered"],
    ["+16135550100", "unregistered"],
    ["+442079460000", "unregistered"],
    ["+4930123456", "unsupported"],
  ])("counts %s as %s: addresses are registered for US, CA and GB only", (phoneNumber, protection) => {
    const number: NumberRecord = numberRecord({ sid: DESK, phoneNumber });
    expect([protectionOf(number), protectionOf(number)]).toEqual([protection, protection]);
  });
});
