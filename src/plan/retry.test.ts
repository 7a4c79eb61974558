/** A failure that a person has answered, at a time when nothing could be done about it. */
import { describe, expect, it } from "vitest";
import { ACCOUNT, NOW, sid, TERMINATING, world } from "../../test/support/builders.ts";
import { ANNOTATION } from "../api/names.ts";
import { plan } from "./plan.ts";
import { merge, nextStatus } from "./status.ts";
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
