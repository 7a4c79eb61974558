import { describe, expect, it } from "vitest";
import { DESK, OWNER, sid, world } from "../../test/support/builders.ts";
import { keysForChanges } from "./watches.ts";

const DOMAIN = sid("SD", 1);
const OTHER = sid("PN", 2);

/** The domain has another caller now than the number that waited for that. */
const scene = world()
  .account()
  .address("hq")
  .binding("desk", {
    status: { phoneNumberSid: DESK, pendingPlan: { hash: "h", steps: [], domains: [DOMAIN] } },
  })
  .binding("other", { spec: { phoneNumberSid: OTHER }, status: { phoneNumberSid: OTHER } })
  .binding("bystander", { spec: { phoneNumberSid: sid("PN", 3) }, status: { phoneNumberSid: sid("PN", 3) } })
  .number()
  .number({ sid: OTHER, phoneNumber: "+13035550102" })
  .twilioDomain({ sid: DOMAIN, emergencyCallerSid: OTHER })
  .build();

describe("a SIP domain that has changed", () => {
  const keys = keysForChanges(scene.index, scene.snapshot, OWNER, new Set([DOMAIN]));

  it("wakes its caller's binding", () => {
    expect(keys).toContain("PhoneNumberBinding/site/other");
  });

  it("wakes a binding that waited for it to have another caller", () => {
    expect(keys).toContain("PhoneNumberBinding/site/desk");
  });

  it("wakes nobody else", () => {
    expect(keys).not.toContain("PhoneNumberBinding/site/bystander");
  });
});
