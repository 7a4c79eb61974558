/** Which caller a domain object has set, and may therefore clear, when it was ended in the middle of setting it. */
import { describe, expect, it } from "vitest";
import { DESK, FOREIGN, HQ, NOW, OLD, record, retrying, sid, world } from "../../../test/support/builders.ts";
import { aBinding } from "../../../test/support/planning.ts";

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

describe("the caller that a domain object sets", () => {
  const SET = { type: "SetEmergencyCaller", domainSid: DOMAIN, numberSid: DESK };
  const WAITS = { step: { type: "None" }, reason: "WaitingForNumber" };
  /** The domain is on and names the binding `desk`; Twilio shows `shown`. */
  const wanting = (shown: string | null = null, domain: object = {}) =>
    world()
      .account()
      .address("hq")
      .tagged("hq", { sid: HQ })
      .tagged("hq", { sid: OLD, street: "9 Old St" })
      .domain("sip", { spec: { domainSid: DOMAIN, emergencyCallerRef: { name: "desk" } }, ...domain })
      .twilioDomain({ sid: DOMAIN, emergencyCallingEnabled: true, emergencyCallerSid: shown });
  const ruled = (built: ReturnType<typeof wanting>) => built.plan("SIPDomainSetting", "sip");

  it("is a registered number that stays where it is", () => {
    expect(ruled(wanting().binding("desk").registered(HQ)).step).toEqual(SET);
    expect(ruled(wanting(OTHER).binding("desk").registered(HQ)).step).toEqual(SET);
  });

  it("may be the number of a binding that has no status yet", () => {
    const { status: _, ...fresh } = aBinding("desk");
    expect(ruled(wanting().object(fresh).registered(HQ)).step).toEqual(SET);
  });

  it("is set once", () => {
    const settled = ruled(wanting(DESK).binding("desk").registered(HQ));
    expect(settled).toMatchObject({ step: { type: "None" }, reason: "Configured" });
  });

  it("is waited for while its binding, its number or its registration is missing", () => {
    expect(ruled(wanting().registered(HQ))).toMatchObject(WAITS);
    expect(ruled(wanting().binding("desk"))).toMatchObject(WAITS);
    expect(ruled(wanting().binding("desk").number())).toMatchObject(WAITS);
  });

  it("is not cleared while the binding that the spec names is waited for", () => {
    const built = wanting(OTHER, { status: { appliedCallerSid: OTHER } });
    built.registered(HQ, { sid: OTHER, phoneNumber: "+13035550102" });
    expect(ruled(built)).toMatchObject(WAITS);
  });

  it("is waited for while it is the next to move, or waits for others to have moved", () => {
    expect(ruled(wanting().binding("desk").registered(OLD))).toMatchObject(WAITS);
    const built = wanting()
      .binding("desk")
      .registered(OLD)
      .binding("second", {
        spec: { phoneNumberSid: OTHER },
        status: { operation: record(OLD, true), previousAddressSid: OLD },
      })
      .number({ sid: OTHER, phoneNumber: "+13035550102" });
    expect(built.plan("PhoneNumberBinding", "desk").reason).toBe("WaitingForBudget");
    expect(ruled(built)).toMatchObject(WAITS);
  });

  it("is waited for while a change of it is recorded that goes on later: it is suspended", () => {
    const status = { operation: record(OLD, false), previousAddressSid: OLD };
    const built = wanting()
      .binding("desk", { spec: { suspend: true }, status })
      .registered(OLD);
    expect(built.plan("PhoneNumberBinding", "desk").step).toEqual({ type: "None" });
    expect(ruled(built)).toMatchObject(WAITS);
  });

  /** DESK is registered at OLD, and the Address of its address object is not made yet. */
  const beforeItsAddress = (address: object, binding: object = {}) =>
    world()
      .account()
      .address("hq", address)
      .tagged("hq", { sid: OLD, street: "9 Old St" })
      .binding("desk", binding)
      .registered(OLD)
      .domain("sip", { spec: { domainSid: DOMAIN, emergencyCallerRef: { name: "desk" } } })
      .twilioDomain({ sid: DOMAIN, emergencyCallingEnabled: true });

  it("is waited for while its next Address is being made", () => {
    expect(ruled(beforeItsAddress({}))).toMatchObject(WAITS);
  });

  it("is set where its next Address is not going to be made: Twilio has refused it", () => {
    const refused = { retry: retrying(1, 3_600_000), lastError: { message: "no" } };
    expect(ruled(beforeItsAddress({ status: refused })).step).toEqual(SET);
  });

  it("is set where the address object that its binding names does not exist", () => {
    expect(ruled(beforeItsAddress({}, { spec: { addressRef: { name: "none" } } })).step).toEqual(SET);
  });

  it("is set where its binding moves nothing, whatever becomes of the address object", () => {
    const observed = { spec: { managementPolicy: "Observe" } };
    expect(ruled(beforeItsAddress({}, observed)).step).toEqual(SET);
  });
});

describe("a domain whose caller has no registered address", () => {
  const OPEN = { operation: record(OLD, true), previousAddressSid: OLD };
  const reasonOf = (binding: object | undefined, twilio: object = {}, domain: object = {}): string => {
    const built = world()
      .account()
      .address("hq")
      .tagged("hq", { sid: HQ })
      .domain("sip", { spec: { domainSid: DOMAIN, ...domain } })
      .twilioDomain({ sid: DOMAIN, emergencyCallingEnabled: true, emergencyCallerSid: DESK, ...twilio })
      .number();
    if (binding !== undefined) built.object(binding as ReturnType<typeof aBinding>);
    return built.plan("SIPDomainSetting", "sip").reason;
  };

  it("says so, unless the number is in the middle of a change", () => {
    const { status: _, ...fresh } = aBinding("desk");
    expect(reasonOf(undefined)).toBe("CallerNotRegistered");
    expect(reasonOf(aBinding("desk"))).toBe("CallerNotRegistered");
    expect(reasonOf(fresh)).toBe("CallerNotRegistered");
    expect(reasonOf(aBinding("desk", { status: OPEN }))).toBe("WaitingForNumber");
  });

  it("says so of a number that the account does not have", () => {
    expect(reasonOf(undefined, { emergencyCallerSid: FOREIGN })).toBe("CallerNotRegistered");
  });

  it("is as desired where it has no caller, or is off and shall be", () => {
    expect(reasonOf(undefined, { emergencyCallerSid: null })).toBe("Configured");
    const off = { emergencyCallingEnabled: false };
    expect(reasonOf(undefined, off, off)).toBe("Configured");
  });
});
