/** How a spec finds its resource at Twilio, and when what was seen counts as the ground of a write. */
import { describe, expect, it } from "vitest";
import { DESK, NOW, sid } from "../../test/support/builders.ts";
import {
  aBinding,
  aDomain,
  anAccount,
  anAddress,
  domainRecord,
  numberRecord,
  worldOf,
} from "../../test/support/planning.ts";
import {
  addressObjectOf,
  domainRecordOf,
  isEvidence,
  lookForNumber,
  numberName,
  numberRecordOf,
} from "./lookup.ts";
import type { UsableAccount } from "./policy.ts";
import type { World } from "./world.ts";

const PHONE = "+13035550100";
const DOMAIN = sid("SD", 1);

function accountWith(listing: object, world: Partial<World> = {}): { world: World; account: UsableAccount } {
  const built = worldOf({ objects: [anAccount(), anAddress("hq")], listing, world });
  return { world: built, account: built.account("site", "default") as UsableAccount };
}

describe("a binding", () => {
  const bySid = aBinding("desk", { spec: { phoneNumberSid: DESK } });
  const byNumber = aBinding("desk", { spec: { phoneNumberSid: undefined, phoneNumber: PHONE } });
  const { account } = accountWith({
    numbers: [
      numberRecord({ sid: DESK, phoneNumber: PHONE }),
      numberRecord({ sid: sid("PN", 2), phoneNumber: "+13035550102" }),
    ],
  });

  it("finds its number by sid or by phone number", () => {
    expect(numberRecordOf(account, bySid)?.sid).toBe(DESK);
    expect(numberRecordOf(account, byNumber)?.sid).toBe(DESK);
    expect(
      numberRecordOf(account, aBinding("x", { spec: { phoneNumberSid: sid("PN", 9) } })),
    ).toBeUndefined();
  });

  it("is looked for by what it names, which is also the name of its absence", () => {
    expect(lookForNumber(bySid)).toEqual({ type: "GetNumber", sid: DESK });
    expect(lookForNumber(byNumber)).toEqual({ type: "FindNumber", phoneNumber: PHONE });
    expect([numberName(bySid), numberName(byNumber)]).toEqual([DESK, PHONE]);
  });

  it("finds the address object of its namespace that it names, if there is one", () => {
    const { world } = accountWith({});
    expect(addressObjectOf(world, bySid)?.metadata.name).toBe("hq");
    expect(addressObjectOf(world, aBinding("desk", { spec: { addressRef: undefined } }))).toBeUndefined();
    expect(addressObjectOf(world, aBinding("desk", { spec: { addressRef: { name: "x" } } }))).toBeUndefined();
    expect(addressObjectOf(world, aBinding("desk", { metadata: { namespace: "other" } }))).toBeUndefined();
  });
});

describe("a domain object", () => {
  it("finds its domain by sid or by name", () => {
    const { account } = accountWith({
      domains: [domainRecord(), domainRecord({ sid: sid("SD", 2), domainName: "b.sip.twilio.com" })],
    });
    const byName = { domainSid: undefined, domainName: "b.sip.twilio.com" };
    expect(domainRecordOf(account, aDomain("sip"))?.sid).toBe(DOMAIN);
    expect(domainRecordOf(account, aDomain("sip", { spec: byName }))?.sid).toBe(sid("SD", 2));
    expect(domainRecordOf(account, aDomain("sip", { spec: { ...byName, domainName: "x" } }))).toBeUndefined();
  });
});

describe("what was seen of a number", () => {
  const seen = { value: numberRecord(), observedAt: NOW, direct: true, missing: false };
  const counts = (
    observation: object,
    { trustedSince = 0, written }: { trustedSince?: number; written?: number },
  ) => {
    const { world, account } = accountWith({ numbers: [numberRecord()] }, { trustedSince });
    const view = Object.assign(Object.create(account.view) as typeof account.view, {
      writtenAt: () => written,
    });
    return isEvidence(world, { ...account, view }, { ...seen, ...observation });
  };

  it("is the ground of a write where nothing newer contradicts it", () => {
    expect(counts({}, {})).toBe(true);
  });

  it("is not where a later listing lacks it", () => {
    expect(counts({ missing: true }, {})).toBe(false);
  });

  it("is not where the look began before this process took over", () => {
    expect(counts({}, { trustedSince: NOW + 1 })).toBe(false);
    expect(counts({}, { trustedSince: NOW })).toBe(true);
  });

  it("is not where the look began before the answer to our last write", () => {
    expect(counts({}, { written: NOW + 1 })).toBe(false);
    expect(counts({}, { written: NOW })).toBe(true);
    expect(counts({}, { written: NOW - 1 })).toBe(true);
  });
});
