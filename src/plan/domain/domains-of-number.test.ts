/** Whether the caller of a SIP domain may lose its address without approval, because the domain is about to be disabled. */
import { describe, expect, it } from "vitest";
import { DESK, HQ, NOW, OLD, sid, TERMINATING, world } from "../../../test/support/builders.ts";
import { aDomain } from "../../../test/support/planning.ts";
import { ANNOTATION } from "../../api/names.ts";
import { plan } from "../plan.ts";
import type { World } from "../world.ts";

const DOMAIN = sid("SD", 1);
const OFF = { domainSid: DOMAIN, emergencyCallingEnabled: false };

/** DESK is to move from OLD to HQ, and is the caller of an enabled domain whose object is `domain`. */
const scene = (domain: object, account: object = {}) =>
  world()
    .account()
    .account("others", account)
    .address("hq")
    .tagged("hq", { sid: HQ })
    .twilioAddress({ sid: OLD, street: "2 Old St" })
    .binding("desk", { status: { appliedAddressSids: [OLD] } })
    .registered(OLD)
    .domain("sip", domain)
    .twilioDomain({ sid: DOMAIN, emergencyCallingEnabled: true, emergencyCallerSid: DESK });

const isTaken = (built: ReturnType<typeof scene>): boolean =>
  built.plan("PhoneNumberBinding", "desk").step.type === "DisassociateAddress";

describe("the number of a caller whose domain is to be disabled", () => {
  it("needs no approval to move", () => {
    expect(isTaken(scene({ spec: OFF }))).toBe(true);
  });

  const confirmed = { ...TERMINATING, annotations: { [ANNOTATION.confirmDelete]: "sip" } };
  it("needs none when its object is being deleted, which was confirmed", () => {
    const spec = { domainSid: DOMAIN, deletionPolicy: "Disable" };
    expect(isTaken(scene({ metadata: confirmed, spec }))).toBe(true);
    expect(isTaken(scene({ metadata: { ...confirmed, annotations: {} }, spec }))).toBe(false);
    expect(isTaken(scene({ metadata: { ...confirmed, finalizers: [] }, spec }))).toBe(false);
  });

  it.each([
    ["stays enabled", { spec: { domainSid: DOMAIN } }, {}],
    ["is suspended", { spec: { ...OFF, suspend: true } }, {}],
    ["is only observed", { spec: { ...OFF, managementPolicy: "Observe" } }, {}],
    [
      "has an account object of its own that only observes",
      ofOthers(),
      { spec: { managementPolicy: "Observe" } },
    ],
    ["belongs to another account", { spec: OFF, status: { accountSid: `AC${"9".repeat(32)}` } }, {}],
    ["was refused by Twilio", { spec: OFF, status: { retry: { count: 1, lastTime: "", nextTime: "" } } }, {}],
  ])("needs it while the domain %s", (_, domain, account) => {
    const built = scene(domain, account);
    expect(isTaken(built)).toBe(false);
    expect(built.plan("PhoneNumberBinding", "desk").reason).toBe("InUse");
  });

  it("needs it while another enabled domain, which stays, has it as its caller", () => {
    const second = {
      domainName: "b.sip.twilio.com",
      emergencyCallingEnabled: true,
      emergencyCallerSid: DESK,
    };
    const built = scene({ spec: OFF }).twilioDomain({ sid: sid("SD", 2), ...second });
    expect(isTaken(built)).toBe(false);
  });

  it("needs none for domains without calling, or of another number", () => {
    const built = (domain: object) =>
      scene({ spec: OFF })
        .domain("gone", { spec: { domainSid: sid("SD", 9), emergencyCallingEnabled: false } })
        .twilioDomain({ sid: sid("SD", 2), domainName: "b.sip.twilio.com", ...domain });
    expect(isTaken(built({ emergencyCallingEnabled: false, emergencyCallerSid: DESK }))).toBe(true);
    expect(isTaken(built({ emergencyCallingEnabled: true, emergencyCallerSid: sid("PN", 2) }))).toBe(true);
  });

  it("needs none where the object that disables it has no status yet", () => {
    const { status: _, ...fresh } = aDomain("sip", { spec: OFF });
    const built = scene({ spec: { domainSid: sid("SD", 9) } }).object(fresh);
    expect(isTaken(built)).toBe(true);
  });

  it("needs it while somebody enables the domain again and again", () => {
    const signature = `DisableEmergencyCalling ${DOMAIN} 1  0`;
    const built = scene({ spec: OFF }).given({ lastWrites: { sip: { signature, at: NOW - 60_000 } } });
    expect(built.plan("SIPDomainSetting", "sip").reason).toBe("NotConverging");
    expect(isTaken(built)).toBe(false);
  });

  it("needs none while the credentials have not been checked yet", () => {
    const built = scene({ spec: OFF }).given({ account: { credentials: { kind: "unchecked" } } });
    expect(isTaken(built)).toBe(true);
  });

  it("needs it while Twilio refuses the credentials of the domain's account object", () => {
    const failure = { kind: "unauthorized", message: "Authenticate" } as const;
    const built = scene(ofOthers()).build();
    const refused: World = {
      ...built.world,
      account: (namespace, name) => {
        const state = built.world.account(namespace, name);
        if (state === undefined || name !== "others") return state;
        return { ...state, credentials: { kind: "rejected", failure } };
      },
    };
    const { step } = plan(refused, built.get("PhoneNumberBinding", "desk"));
    expect(step.type).toBe("None");
  });
});

describe("the domains that an approval to move a number names", () => {
  const SECOND = sid("SD", 2);
  const wants = { emergencyCallerRef: { name: "desk" } };
  const CALLED = { emergencyCallingEnabled: true, emergencyCallerSid: DESK };
  /** DESK may move from OLD to HQ once that is approved. */
  const asking = () =>
    world()
      .account()
      .address("hq")
      .tagged("hq", { sid: HQ })
      .twilioAddress({ sid: OLD, street: "2 Old St" })
      .binding("desk", { spec: { changePolicy: "Manual" }, status: { appliedAddressSids: [OLD] } })
      .registered(OLD);
  const named = (built: ReturnType<typeof asking>): readonly string[] | undefined =>
    built.plan("PhoneNumberBinding", "desk").pendingPlan?.domains;
  const domainAt = (twilio: object = {}, spec: object = wants, metadata: object = {}) =>
    asking()
      .domain("sip", { metadata, spec: { domainSid: DOMAIN, ...spec } })
      .twilioDomain({ sid: DOMAIN, emergencyCallingEnabled: true, ...twilio });

  it("are those that have it as their caller, with or without an object", () => {
    expect(named(domainAt({ emergencyCallerSid: DESK }))).toEqual([DOMAIN]);
    expect(named(asking().twilioDomain({ sid: DOMAIN, ...CALLED }))).toEqual([DOMAIN]);
  });

  it("are those whose object names its binding, before it is their caller", () => {
    expect(named(domainAt())).toEqual([DOMAIN]);
  });

  it.each([
    ["are disabled", { emergencyCallingEnabled: false, emergencyCallerSid: DESK }, wants, {}],
    ["have another caller", { emergencyCallerSid: sid("PN", 2) }, {}, {}],
    ["have no caller", {}, {}, {}],
    ["name another binding", {}, { emergencyCallerRef: { name: "other" } }, {}],
    ["name a binding of that name in another namespace", {}, wants, { namespace: "other" }],
  ])("are not those that %s", (_, twilio, spec, metadata) => {
    const built = domainAt(twilio, spec, metadata).account("default", { metadata: { namespace: "other" } });
    expect(named(built)).toEqual([]);
  });

  it("are not those that Twilio does not have", () => {
    const built = domainAt({ emergencyCallerSid: DESK });
    built.domain("gone", { spec: { domainSid: sid("SD", 9), ...wants } });
    expect(named(built)).toEqual([DOMAIN]);
  });

  it("are in one order, in whatever order Twilio lists them: the approval stays the same", () => {
    const both = [
      { sid: DOMAIN, domainName: "a.sip.twilio.com", ...CALLED },
      { sid: SECOND, domainName: "b.sip.twilio.com", ...CALLED },
    ];
    for (const listed of [both, both.toReversed()]) {
      const built = asking();
      for (const domain of listed) built.twilioDomain(domain);
      expect(named(built)).toEqual([DOMAIN, SECOND]);
    }
  });
});

function ofOthers(): object {
  return { spec: { ...OFF, accountRef: { name: "others" } } };
}
