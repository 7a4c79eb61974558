import { describe, expect, it, vi } from "vitest";
import { FINALIZER } from "../api/names.ts";
import { type Built, DESK, NOW, OWNER, sid, world } from "../../test/support/builders.ts";
import type { AnyObject } from "../api/objects.ts";
import { keysForChanges, keysForObject } from "./watches.ts";

/** Whom an object wakes that came or went, or that was `previous` before. */
function wokenBy({ index, snapshot }: Built, object: AnyObject, previous?: AnyObject): ReadonlySet<string> {
  const accounts = { entry: () => ({ shared: { snapshot } }) };
  return keysForObject(index, object, previous, { ownerId: OWNER, accounts });
}

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

describe("an Address that has changed", () => {
  const [tagged, used, adopted] = [sid("AD", 1), sid("AD", 2), sid("AD", 3)];
  const built = world()
    .account()
    .address("hq")
    .address("shop", { status: { sid: used } })
    .address("store", { spec: { sid: adopted } })
    .address("elsewhere")
    .binding("desk")
    .tagged("hq", { sid: tagged })
    .build();
  const woken = (...changed: readonly string[]): readonly string[] =>
    [...keysForChanges(built.index, built.snapshot, OWNER, new Set(changed))].toSorted();

  it("wakes the object whose tag it carries, and the bindings of that", () => {
    expect(woken(tagged)).toEqual(["EmergencyAddress/site/hq", "PhoneNumberBinding/site/desk"]);
  });

  it("wakes the object that uses it, or is to adopt it", () => {
    expect(woken(used)).toEqual(["EmergencyAddress/site/shop"]);
    expect(woken(adopted)).toEqual(["EmergencyAddress/site/store"]);
  });

  it("wakes no object of another account", () => {
    const others = world()
      .account()
      .account("branch", { spec: { accountSid: `AC${"2".repeat(32)}` } })
      .address("store", { spec: { sid: adopted, accountRef: { name: "branch" } } })
      .build();
    expect(keysForChanges(others.index, others.snapshot, OWNER, new Set([adopted]))).toEqual(new Set());
  });

  it("wakes nobody for an Address of somebody else", () => {
    expect(woken(sid("AD", 9))).toEqual([]);
  });

  it("looks at no other object for that: there may be one for each number", () => {
    const all = vi.spyOn(built.index, "addressesOf");
    woken(tagged, used, adopted);
    expect(all).not.toHaveBeenCalled();
  });

  it("wakes the object whose tag it carried when it has gone", () => {
    const gone = built.snapshot.noteAbsent(tagged, NOW + 1);
    expect([...keysForChanges(built.index, built.snapshot, OWNER, gone)].toSorted()).toEqual([
      "EmergencyAddress/site/hq",
      "PhoneNumberBinding/site/desk",
    ]);
  });
});

describe("a number that has left an address which its binding no longer names", () => {
  const left = sid("AD", 7);
  const moved = world()
    .account()
    .address("hq")
    .address("old", { status: { sid: left } })
    .address("elsewhere", { status: { sid: sid("AD", 8) } })
    .binding("desk", { status: { phoneNumberSid: DESK, emergencyAddressSid: left } })
    .number()
    .build();
  const keys = keysForChanges(moved.index, moved.snapshot, OWNER, new Set([DESK]));

  it("wakes that address, which has one number less", () => {
    expect(keys).toContain("EmergencyAddress/site/old");
  });

  it("wakes no other address but the one it is named at", () => {
    const addresses = [...keys].filter((key) => key.startsWith("EmergencyAddress/"));
    expect(addresses.toSorted()).toEqual(["EmergencyAddress/site/hq", "EmergencyAddress/site/old"]);
  });
});

describe("a binding whose finalizer is released", () => {
  it("wakes its address object, which may be let go now", () => {
    const settled = world().account().address("hq").binding("desk").number().build();
    const [now] = settled.index.all("PhoneNumberBinding");
    if (now === undefined) throw new Error("the binding is missing");
    const before = { ...now, metadata: { ...now.metadata, finalizers: [FINALIZER] } };
    expect(wokenBy(settled, now, now)).toEqual(new Set());
    expect(wokenBy(settled, now, before)).toContain("EmergencyAddress/site/hq");
  });
});

describe("a binding that has gone", () => {
  it("wakes the other one of its number, whatever namespace and name that has", () => {
    const built = world()
      .account()
      .account("default", { metadata: { namespace: "branch" } })
      .binding("desk")
      .binding("desk", { metadata: { namespace: "branch", uid: "uid-moved" } })
      .binding("desk", { metadata: { namespace: "elsewhere", uid: "uid-other" } })
      .build();
    const gone = built.get("PhoneNumberBinding", "desk");
    built.index.remove({ kind: "PhoneNumberBinding", namespace: "site", name: "desk" });
    expect([...wokenBy(built, gone)]).toEqual(["PhoneNumberBinding/branch/desk"]);
  });
});

describe("an account that has come", () => {
  it("wakes its objects, and bindings of another account that refer to one of them", () => {
    const built = world()
      .account()
      .account("branch", { spec: { accountSid: `AC${"2".repeat(32)}` } })
      .address("hq", { spec: { accountRef: { name: "branch" } } })
      .binding("desk")
      .binding("bystander", { spec: { addressRef: { name: "elsewhere" } } })
      .build();
    const woken = [...wokenBy(built, built.get("TwilioAccount", "branch"))];
    expect(woken).toEqual(["EmergencyAddress/site/hq", "PhoneNumberBinding/site/desk"]);
  });
});

describe("an address object that has changed", () => {
  it("wakes those that adopt or use the Address which it adopts, of its account only", () => {
    const wanted = sid("AD", 5);
    const built = world()
      .account()
      .account("branch", { spec: { accountSid: `AC${"2".repeat(32)}` } })
      .address("hq", { spec: { sid: wanted } })
      .address("rival", { spec: { sid: wanted } })
      .address("user", { status: { sid: wanted } })
      .address("stranger", { spec: { sid: wanted, accountRef: { name: "branch" } } })
      .build();
    const keys = wokenBy(built, built.get("EmergencyAddress", "hq"));
    const names = ["hq", "rival", "user"].map((name) => `EmergencyAddress/site/${name}`);
    expect([...keys].toSorted()).toEqual(names);
  });

  it("wakes the one that is to adopt the Address which it made, also when it has no status", () => {
    const made = sid("AD", 6);
    const built = world()
      .account()
      .address("old")
      .address("new", { spec: { sid: made } })
      .address("bystander", { spec: { sid: sid("AD", 7) } })
      .tagged("old", { sid: made })
      .build();
    const gone = built.get("EmergencyAddress", "old");
    built.index.remove({ kind: "EmergencyAddress", namespace: "site", name: "old" });
    expect([...wokenBy(built, gone)]).toEqual(["EmergencyAddress/site/new"]);
  });

  it("wakes the domain whose caller waits for its next Address", () => {
    const built = world()
      .account()
      .address("hq")
      .address("shop")
      .binding("desk")
      .domain("sip", { spec: { domainSid: DOMAIN, emergencyCallerRef: { name: "desk" } } })
      .domain("other", { spec: { domainSid: sid("SD", 2) } })
      .number()
      .build();
    const keysOf = (name: string): ReadonlySet<string> => {
      const found = built.index.all("EmergencyAddress").find(({ metadata }) => metadata.name === name);
      if (found === undefined) throw new Error(`${name} is missing`);
      return wokenBy(built, found);
    };
    expect([...keysOf("hq")]).toEqual(["PhoneNumberBinding/site/desk", "SIPDomainSetting/site/sip"]);
    expect([...keysOf("shop")]).toEqual([]);
  });
});
