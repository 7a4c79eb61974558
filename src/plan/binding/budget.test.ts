/** Who comes first, where maxUnprotected lets one number go at a time. */
import { describe, expect, it } from "vitest";
import { DESK, NOW, OLD, sid, tagOf, world } from "../../../test/support/builders.ts";

const NEXT = sid("PN", 2);

/** Two numbers of one account at Twilio, in two namespaces: both are to move from OLD to an Address of their own. */
const scene = (first: object) =>
  world()
    .account("default", { metadata: { namespace: "a" }, ...first })
    .account("default", { metadata: { namespace: "b" } })
    .address("hq", { metadata: { namespace: "a" } })
    .address("hq", { metadata: { namespace: "b" } })
    .twilioAddress({ sid: sid("AD", 11), friendlyName: tagOf("hq", {}, 0, { namespace: "a" }) })
    .twilioAddress({ sid: sid("AD", 12), friendlyName: tagOf("hq", {}, 0, { namespace: "b" }) })
    .twilioAddress({ sid: OLD, street: "2 Old St" })
    .binding("desk", { metadata: { namespace: "a" }, status: { appliedAddressSids: [OLD] } })
    .binding("next", {
      metadata: { namespace: "b" },
      spec: { phoneNumberSid: NEXT },
      status: { appliedAddressSids: [OLD] },
    })
    .registered(OLD)
    .registered(OLD, { sid: NEXT, phoneNumber: "+13035550101" });

const goes = (built: ReturnType<typeof scene>, name: string, namespace: string): boolean =>
  built.plan("PhoneNumberBinding", name, namespace).step.type === "DisassociateAddress";

describe("the number that comes first", () => {
  it("goes, and the next one waits for it", () => {
    expect(goes(scene({}), "desk", "a")).toBe(true);
    expect(goes(scene({}), "next", "b")).toBe(false);
  });

  it("holds nobody up while its account object only observes", () => {
    const observed = scene({ spec: { managementPolicy: "Observe" } });
    expect(goes(observed, "desk", "a")).toBe(false);
    expect(goes(observed, "next", "b")).toBe(true);
  });

  it("holds nobody up while it belongs to another account than its account object says", () => {
    const elsewhere = scene({}).given({});
    elsewhere.binding("desk", {
      metadata: { namespace: "a" },
      status: { appliedAddressSids: [OLD], accountSid: `AC${"9".repeat(32)}` },
    });
    expect(goes(elsewhere, "next", "b")).toBe(true);
  });

  it("holds nobody up while somebody undoes what was done to it", () => {
    const signature = `DisassociateAddress ${DESK} ${OLD} true 1  0`;
    const undone = scene({}).given({ lastWrites: { desk: { signature, at: NOW - 60_000 } } });
    expect(undone.plan("PhoneNumberBinding", "desk", "a").reason).toBe("NotConverging");
    expect(goes(undone, "next", "b")).toBe(true);
  });
});
