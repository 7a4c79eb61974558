/** Which caller a domain object has set, and may therefore clear, when it was ended in the middle of setting it. */
import { describe, expect, it } from "vitest";
import { DESK, FOREIGN, HQ, NOW, OLD, record, sid, world } from "../../../test/support/builders.ts";

const DOMAIN = sid("SD", 1);
const OTHER = sid("PN", 2);
const SENT = {
  operation: {
    type: "SetEmergencyCaller",
    target: DESK,
    startedAt: new Date(NOW - 1_000).toISOString(),
    begun: false,
  },
};

/** A domain object without a caller in its spec, and the caller that Twilio shows. */
const scene = (shown: string | null, status: object) =>
  world()
    .account()
    .address("hq")
    .tagged("hq", { sid: HQ })
    .binding("desk")
    .registered(HQ)
    .domain("sip", { spec: { domainSid: DOMAIN }, status })
    .twilioDomain({ sid: DOMAIN, emergencyCallingEnabled: true, emergencyCallerSid: shown });

const stepOf = (shown: string | null, status: object): object =>
  scene(shown, status).plan("SIPDomainSetting", "sip").step;
const memoryOf = (shown: string | null, status: object): object | undefined =>
  scene(shown, status).plan("SIPDomainSetting", "sip").memory;
const CLEAR = { type: "ClearEmergencyCaller", domainSid: DOMAIN };

describe("a caller whose setting was recorded but never answered", () => {
  it("is this object's, once Twilio shows it", () => {
    expect(memoryOf(DESK, SENT)).toMatchObject({ appliedCallerSid: DESK, operation: null });
    expect(stepOf(DESK, SENT)).toEqual(CLEAR);
  });

  it("leaves the one set before this object's, where Twilio still shows that", () => {
    const status = { ...SENT, appliedCallerSid: OTHER };
    expect(memoryOf(OTHER, status)).toMatchObject({ operation: null });
    expect(stepOf(OTHER, status)).toEqual(CLEAR);
  });

  it("does not make somebody else's caller this object's", () => {
    expect(stepOf(FOREIGN, SENT)).toEqual({ type: "None" });
  });
});

describe("a caller that Twilio does not show any more", () => {
  it.each([null, OTHER])("is forgotten, so that it is nobody's when a person sets it again: %s", (shown) => {
    expect(memoryOf(shown, { appliedCallerSid: DESK })).toMatchObject({ appliedCallerSid: null });
  });
});

describe("a binding that has lost its number to another", () => {
  it("is not made the caller while the winner's change is open: the number is about to go", () => {
    const built = world()
      .account()
      .address("hq")
      .tagged("hq", { sid: HQ })
      .twilioAddress({ sid: OLD, street: "2 Old St" })
      .binding("first", {
        status: { appliedAddressSids: [OLD], operation: record(OLD, false), previousAddressSid: OLD },
      })
      .binding("second", { metadata: { creationTimestamp: "2026-02-01T00:00:00Z" } })
      .registered(OLD)
      .domain("sip", { spec: { domainSid: DOMAIN, emergencyCallerRef: { name: "second" } } })
      .twilioDomain({ sid: DOMAIN, emergencyCallingEnabled: true });
    expect(built.plan("PhoneNumberBinding", "second").reason).toBe("Conflict");
    expect(built.plan("SIPDomainSetting", "sip")).toMatchObject({
      step: { type: "None" },
      reason: "WaitingForNumber",
    });
  });
});
