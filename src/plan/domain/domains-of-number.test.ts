/** Whether the caller of a SIP domain may lose its address without approval, because the domain is about to be disabled. */
import { describe, expect, it } from "vitest";
import { DESK, HQ, NOW, OLD, sid, TERMINATING, world } from "../../../test/support/builders.ts";
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

  it("needs it while somebody enables the domain again and again", () => {
    const signature = `DisableEmergencyCalling ${DOMAIN} 1  0`;
    const built = scene({ spec: OFF }).given({ lastWrites: { sip: { signature, at: NOW - 60_000 } } });
    expect(built.plan("SIPDomainSetting", "sip").reason).toBe("NotConverging");
    expect(isTaken(built)).toBe(false);
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

function ofOthers(): object {
  return { spec: { ...OFF, accountRef: { name: "others" } } };
}
