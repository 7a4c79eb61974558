/** What is done about a SIP domain: how it is found, when it goes off and on, and what a refusal leaves. */
import { describe, expect, it } from "vitest";
import { DESK, HQ, NOW, OLD, retrying, sid, TERMINATING, world } from "../../test/support/builders.ts";
import { aDomain } from "../../test/support/planning.ts";
import type { NamedRuling } from "./rule.ts";

const DOMAIN = sid("SD", 1);
const OTHER = sid("PN", 2);
const NAME = "acme.sip.twilio.com";
const FINALIZERS = { finalizers: TERMINATING.finalizers };
const ENABLE = { type: "EnableEmergencyCalling", domainSid: DOMAIN };
const DISABLE = { type: "DisableEmergencyCalling", domainSid: DOMAIN };
const NOTHING = { type: "None" };

const scene = (parts: object, twilio: object = {}) =>
  world()
    .account()
    .domain("sip", { ...parts, spec: { domainSid: DOMAIN, ...(parts as { spec?: object }).spec } })
    .twilioDomain({ sid: DOMAIN, domainName: NAME, ...twilio });
const ruled = (built: { plan(kind: "SIPDomainSetting", name: string): NamedRuling }): NamedRuling =>
  built.plan("SIPDomainSetting", "sip");

describe("a domain that the listing lacks", () => {
  const byName = { domainSid: undefined, domainName: NAME };
  const without = (spec: object, trustedSince = 0) =>
    world()
      .account()
      .domain("sip", { spec: { domainSid: DOMAIN, ...spec } })
      .given({ trustedSince });

  it("is looked at directly where it was there before", () => {
    const gone = { numbers: [], addresses: [], domains: [] };
    for (const spec of [{}, byName]) {
      const built = scene({ spec }).afterwards((snapshot) => {
        snapshot.mergeListing({ ...gone, startedAt: NOW + 1 });
        snapshot.mergeListing({ ...gone, startedAt: NOW + 2 });
      });
      expect(ruled(built).step).toEqual({ type: "GetDomain", sid: DOMAIN });
    }
  });

  it("is looked for by its name in a listing that this process has made itself", () => {
    expect(ruled(without(byName, NOW + 1)).step).toEqual({ type: "ListAccount" });
    expect(ruled(without(byName, NOW))).toMatchObject({ step: NOTHING, reason: "DomainNotFound" });
    expect(ruled(without(byName))).toMatchObject({ step: NOTHING, reason: "DomainNotFound" });
  });

  it("is looked for by its sid until this process has seen that it is not there", () => {
    const look = { type: "GetDomain", sid: DOMAIN };
    expect(ruled(without({})).step).toEqual(look);
    const absent = (trustedSince: number) =>
      without({}, trustedSince).afterwards((snapshot) => snapshot.noteAbsent(DOMAIN, NOW));
    expect(ruled(absent(NOW + 1)).step).toEqual(look);
    expect(ruled(absent(NOW))).toMatchObject({ step: NOTHING, reason: "DomainNotFound" });
  });
});

describe("the finalizer of a domain object", () => {
  const spec = { deletionPolicy: "Disable" };

  it("is set and kept where its deletion asks for work", () => {
    expect(ruled(scene({ spec })).step).toEqual({ type: "AddFinalizer" });
    expect(ruled(scene({ spec, metadata: FINALIZERS }))).toMatchObject({
      step: NOTHING,
      reason: "Configured",
    });
  });

  it("is released where it does not, or where nothing may be written", () => {
    expect(ruled(scene({ metadata: FINALIZERS })).step).toEqual({ type: "ReleaseFinalizer" });
    const observes = { ...spec, managementPolicy: "Observe" };
    expect(ruled(scene({ spec: observes, metadata: FINALIZERS })).step).toEqual({ type: "ReleaseFinalizer" });
    expect(ruled(scene({ spec: observes }))).toMatchObject({ step: NOTHING, reason: "Observing" });
  });
});

describe("a domain that shall be off", () => {
  const OFF = { spec: { emergencyCallingEnabled: false } };
  const withCaller = (number: object, emergencyCallerSid = DESK) =>
    scene(OFF, { emergencyCallerSid })
      .address("hq")
      .tagged("hq", { sid: HQ })
      .tagged("hq", { sid: OLD, street: "9 Old St" })
      .number(number);
  const at = (emergencyAddressSid: string, emergencyAddressStatus = "registered"): object => ({
    emergencyAddressSid,
    emergencyAddressStatus,
  });

  it("is disabled, and left alone from then on", () => {
    expect(ruled(scene(OFF)).step).toEqual(DISABLE);
    expect(ruled(scene(OFF, { emergencyCallingEnabled: false }))).toMatchObject({
      step: NOTHING,
      reason: "Configured",
      message: "Emergency calling is disabled, with no emergency caller.",
    });
  });

  it("is disabled at once where its caller's number stays: no binding, a settled one, or one being registered", () => {
    expect(ruled(withCaller(at(HQ))).step).toEqual(DISABLE);
    expect(ruled(withCaller(at(HQ)).binding("desk")).step).toEqual(DISABLE);
    expect(ruled(withCaller(at(HQ, "pending-registration"))).step).toEqual(DISABLE);
  });

  it("is disabled at once where the account does not have its caller's number", () => {
    expect(ruled(withCaller(at(HQ), OTHER)).step).toEqual(DISABLE);
  });

  it("waits while its caller's number is going, or is the next to go", () => {
    const waits = { step: NOTHING, reason: "WaitingForNumber" };
    expect(ruled(withCaller(at(HQ, "pending-unregistration")))).toMatchObject(waits);
    expect(ruled(withCaller(at(OLD)).binding("desk"))).toMatchObject(waits);
    const two = withCaller(at(OLD))
      .binding("desk")
      .binding("second", { metadata: { creationTimestamp: "2026-02-01T00:00:00Z" } });
    expect(ruled(two)).toMatchObject(waits);
  });

  it("waits for nothing once it is off", () => {
    const built = scene(OFF, { emergencyCallingEnabled: false, emergencyCallerSid: DESK }).number(
      at(HQ, "pending-unregistration"),
    );
    expect(ruled(built).reason).toBe("Configured");
  });
});

describe("a domain that shall be on", () => {
  it("is enabled, and says who is called back", () => {
    expect(ruled(scene({}, { emergencyCallingEnabled: false })).step).toEqual(ENABLE);
    const built = scene({}, { emergencyCallerSid: DESK }).registered(HQ);
    expect(ruled(built)).toMatchObject({
      reason: "Configured",
      message: `Emergency calling is enabled, with emergency caller ${DESK}.`,
    });
  });

  it("is not said to be going off while its caller's number goes", () => {
    const built = scene({}, { emergencyCallerSid: DESK }).number({
      emergencyAddressSid: HQ,
      emergencyAddressStatus: "pending-unregistration",
    });
    expect(ruled(built).message).not.toContain("disabled");
  });
});

describe("a write to a domain that Twilio has refused", () => {
  const off = { emergencyCallingEnabled: false };
  const HOUR = 3_600_000;
  const after = (status: object): NamedRuling => ruled(scene({ status }, off));

  it("is told with what Twilio said, as far as it said it, until it is tried again", () => {
    const retry = retrying(1, HOUR, "");
    expect(after({ retry, lastError: { message: "No.", code: 21_405, requestId: "RQ1" } })).toMatchObject({
      step: NOTHING,
      reason: "RejectedByTwilio",
      message: "Twilio refused (error 21405, request RQ1): No.",
      wakeAt: NOW + HOUR,
    });
    expect(after({ retry, lastError: { message: "No." } }).message).toBe(
      "Twilio refused (error, request unknown): No.",
    );
  });

  it("is made where no refusal is known: an object without a status, or without an error", () => {
    const { status: _, ...fresh } = aDomain("sip");
    const built = world().account().object(fresh).twilioDomain(off);
    expect(ruled(built).step).toEqual(ENABLE);
    expect(after({ retry: retrying(1, HOUR, "") }).step).toEqual(ENABLE);
  });

  it("counts on while it is refused again and again", () => {
    const due = after({ retry: retrying(3, -1, ""), lastError: { message: "No." } });
    expect(due.step).toEqual(ENABLE);
    expect(due.memory).not.toHaveProperty("retry");
  });

  it("is forgotten once the domain is as desired", () => {
    const status = {
      retry: retrying(3, HOUR, ""),
      lastError: { message: "No." },
      lastHandledReconcileAt: "",
    };
    const built = scene({ metadata: { generation: 2 }, status });
    expect(ruled(built)).toMatchObject({ reason: "Configured", memory: { retry: null, lastError: null } });
  });
});
