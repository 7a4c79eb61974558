/** A failure that a person has answered, at a time when nothing could be done about it. */
import { describe, expect, it } from "vitest";
import { ACCOUNT, DESK, NOW, sid, TERMINATING, world } from "../../test/support/builders.ts";
import { ANNOTATION } from "../api/names.ts";
import { plan } from "./plan.ts";
import { nextRetry } from "./retry.ts";
import { merge, nextStatus } from "./status.ts";
import { TIMINGS } from "./timings.ts";
import type { AnyObject } from "../api/objects.ts";

const DOMAIN = sid("SD", 1);
const HOUR = 3_600_000;
const STALE = { lastSuccessAt: NOW - 2 * HOUR, maxStalenessMs: HOUR };
const refusedAt = (generation: number): object => ({
  observedGeneration: generation,
  accountSid: ACCOUNT,
  lastError: { code: 21405, message: "no" },
  retry: {
    count: 3,
    lastTime: new Date(NOW - HOUR).toISOString(),
    nextTime: new Date(NOW + 8 * HOUR).toISOString(),
    inputs: "",
  },
});

const scene = (parts: object, account: object) =>
  world()
    .account()
    .domain("sip", { spec: { domainSid: DOMAIN, emergencyCallingEnabled: false }, ...parts })
    .twilioDomain({ sid: DOMAIN, emergencyCallingEnabled: true })
    .given({ account })
    .build();

/** The step after the account has come back, of an object whose status was written while it was away. */
function stepAfterReturn(parts: object): object {
  const away = scene(parts, STALE);
  const object = away.get("SIPDomainSetting", "sip");
  const status = nextStatus(away.world, object, plan(away.world, object));
  expect(status).toMatchObject({ observedGeneration: object.metadata.generation });
  const back = scene({ ...parts, status: merge(status, {}) }, {});
  return plan(back.world, back.get("SIPDomainSetting", "sip") as AnyObject).step;
}

describe("the slow retry of an object whose account cannot be used", () => {
  it("starts over when the spec has been corrected meanwhile", () => {
    const parts = { metadata: { generation: 2 }, status: refusedAt(1) };
    expect(stepAfterReturn(parts)).toEqual({ type: "DisableEmergencyCalling", domainSid: DOMAIN });
  });

  it("starts over when the object has been deleted meanwhile", () => {
    const annotations = { [ANNOTATION.confirmDelete]: "sip" };
    const metadata = { ...TERMINATING, annotations, generation: 2 };
    const parts = { metadata, spec: { domainSid: DOMAIN, deletionPolicy: "Disable" }, status: refusedAt(1) };
    expect(stepAfterReturn(parts)).toEqual({ type: "DisableEmergencyCalling", domainSid: DOMAIN });
  });

  it("waits on where nothing has been changed", () => {
    const parts = { metadata: { generation: 1 }, status: refusedAt(1) };
    expect(stepAfterReturn(parts)).toEqual({ type: "None" });
  });
});

describe("the slow retry of a write that Twilio refused", () => {
  const DISABLE = { type: "DisableEmergencyCalling", domainSid: DOMAIN };
  const stepOf = (metadata: object, account: object = {}): object =>
    scene({ metadata, status: refusedAt(1) }, account).plan("SIPDomainSetting", "sip").step;
  const asks = { annotations: { [ANNOTATION.requestedAt]: "noon" } };

  it("waits until it is due, where nothing has changed", () => {
    expect(stepOf({})).toEqual({ type: "None" });
    expect(stepOf({}, { credentialsChangedAt: NOW - 2 * HOUR })).toEqual({ type: "None" });
  });

  it.each([
    ["the spec has been changed", { generation: 2 }, {}],
    ["a person asks for it", asks, {}],
    ["the Secret has been changed since", {}, { credentialsChangedAt: NOW - HOUR / 2 }],
  ])("is made at once when %s", (_, metadata, account) => {
    expect(stepOf(metadata, account)).toEqual(DISABLE);
  });

  it("is due where only a clock that ran ahead can have stored its time", () => {
    const { retry, ...others } = refusedAt(1) as { readonly retry: object };
    const until = (ms: number): object => {
      const nextTime = new Date(NOW + ms).toISOString();
      const status = { ...others, retry: { ...retry, nextTime } };
      return scene({ status }, {}).plan("SIPDomainSetting", "sip").step;
    };
    expect(until(24 * HOUR)).toEqual({ type: "None" });
    expect(until(24 * HOUR + 1)).toEqual(DISABLE);
  });

  it("has been asked for once only: a request that was handled is none", () => {
    const status = { ...refusedAt(1), lastHandledReconcileAt: "noon" };
    const { step } = scene({ metadata: asks, status }, {}).plan("SIPDomainSetting", "sip");
    expect(step).toEqual({ type: "None" });
  });

  it("is made at once when what it depends on has changed, and counts from nothing again", () => {
    const { retry, ...others } = refusedAt(1) as { readonly retry: object };
    const ruling = scene({ status: { ...others, retry: { ...retry, inputs: DESK } } }, {}).plan(
      "SIPDomainSetting",
      "sip",
    );
    expect(ruling.step).toEqual(DISABLE);
    expect(ruling.memory).toMatchObject({ retry: { count: 0, inputs: "" }, lastError: null });
  });

  it("does not wait for ever where nothing says what it depends on", () => {
    const { retry, ...others } = refusedAt(1) as { readonly retry: object };
    const status = { ...others, retry: { ...retry, inputs: undefined } };
    expect(scene({ status }, {}).plan("SIPDomainSetting", "sip").step).toEqual({ type: "None" });
    const due = { ...others, retry: { ...retry, inputs: undefined, nextTime: new Date(NOW).toISOString() } };
    expect(scene({ status: due }, {}).plan("SIPDomainSetting", "sip").step).toEqual(DISABLE);
  });
});

describe("the next attempt", () => {
  it.each([
    [0, 1],
    [1, 2],
    [4, 16],
    [5, 24],
    [1_000, 24],
  ])("after %i failures comes %i hours later", (count, hours) => {
    expect(nextRetry(count, NOW, TIMINGS)).toEqual({
      count: count + 1,
      lastTime: NOW,
      nextTime: NOW + hours * HOUR,
    });
  });
});
