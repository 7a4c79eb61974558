/** Which Addresses are an object's own: by tags, content and spec, and never by what somebody has made of them. */
import { describe, expect, it } from "vitest";
import {
  ACCOUNT,
  FOREIGN,
  HQ,
  NOW,
  OLD,
  OWNER,
  sid,
  tagOf,
  withoutStatus,
  world,
  type Parts,
  type WorldBuilder,
} from "../../../test/support/builders.ts";
import { anAddress, CONTENT } from "../../../test/support/planning.ts";
import { AccountSnapshot } from "../../twilio/snapshot.ts";
import type { AddressRecord } from "../../twilio/types.ts";
import { adoptsSecond, isOurs, ownedAddresses, type OwnedAddresses } from "./ownership.ts";
import { OBJECT_PREFIX_LENGTH } from "./tag.ts";

const TWIN = sid("AD", 3);
const EDITED = { dateUpdated: NOW };
const sids = (records: readonly AddressRecord[]): readonly string[] => records.map((record) => record.sid);

const scene = (parts: Parts = {}): WorldBuilder => world().account().address("hq", parts);

function ownedIn(builder: WorldBuilder): OwnedAddresses {
  const built = builder.build();
  return ownedAddresses(built.snapshot, built.get("EmergencyAddress", "hq"), OWNER);
}

const currentIn = (builder: WorldBuilder): string | undefined => ownedIn(builder).current?.sid;

describe("what an object owns", () => {
  const empty = new AccountSnapshot(ACCOUNT, { tagPrefixLength: OBJECT_PREFIX_LENGTH });

  it("depends on the owner, however often it is asked", () => {
    const { snapshot, get } = {
      snapshot: new AccountSnapshot("AC", { tagPrefixLength: 20 }),
      get: anAddress,
    };
    const hq = get("hq");
    const prefixOf = (owner: string): string => ownedAddresses(snapshot, hq, owner).prefix;
    const first = prefixOf("berlin");
    expect(prefixOf("madrid")).not.toBe(first);
    expect(prefixOf("berlin")).toBe(first);
  });

  it("is hashed once, since every plan of each of its bindings asks", () => {
    let reads = 0;
    const hq = anAddress("hq");
    const metadata = {
      namespace: "site",
      get name() {
        reads += 1;
        return "hq";
      },
    };
    const counted = { ...hq, metadata } as unknown as typeof hq;
    ownedAddresses(empty, counted, OWNER);
    const after = reads;
    ownedAddresses(empty, counted, OWNER);
    expect(reads).toBe(after);
  });
});

describe("a tagged Address of the desired content is the current one", () => {
  it("while Twilio has left it alone, in whatever form Twilio has stored it", () => {
    const stored = { friendlyName: tagOf("hq"), street: "1 Main Street Northwest" };
    expect(currentIn(scene().tagged("hq", { sid: HQ, ...stored }))).toBe(HQ);
    expect(currentIn(scene().tagged("hq", { sid: HQ, ...stored, ...EDITED }))).toBeUndefined();
  });

  it("also touched since, as long as it says what was written, in capitals or not", () => {
    const touched = { sid: HQ, friendlyName: tagOf("hq"), ...EDITED };
    expect(currentIn(scene().tagged("hq", touched))).toBe(HQ);
    expect(currentIn(scene().tagged("hq", { ...touched, street: "1 MAIN ST." }))).toBe(HQ);
  });

  it("by the record of how Twilio stored it, whatever its dates say", () => {
    const known = { sid: HQ, address: { ...CONTENT, street: "1 Main Street" } };
    const stored = { sid: HQ, friendlyName: tagOf("hq"), street: "1 Main Street" };
    expect(currentIn(scene({ status: known }).tagged("hq", { ...stored, ...EDITED }))).toBe(HQ);
    const changed = { ...stored, street: "1 Main Stret" };
    expect(currentIn(scene({ status: known }).tagged("hq", changed))).toBeUndefined();
  });

  it("without that record, where the status is of another Address or says only the sid", () => {
    const stored = { sid: HQ, friendlyName: tagOf("hq") };
    const ofOther = { sid: OLD, address: { ...CONTENT, street: "9 Old St" } };
    expect(currentIn(scene({ status: ofOther }).tagged("hq", stored))).toBe(HQ);
    expect(currentIn(scene({ status: { sid: HQ } }).tagged("hq", stored))).toBe(HQ);
    expect(currentIn(scene({ status: { sid: HQ } }).tagged("hq", { ...stored, ...EDITED }))).toBe(HQ);
  });

  it("but not with its emergency use switched off", () => {
    const owned = ownedIn(scene().tagged("hq", { sid: HQ, emergencyEnabled: false }));
    expect({ current: owned.current, drifted: sids(owned.drifted) }).toEqual({
      current: undefined,
      drifted: [HQ],
    });
  });

  it("and no other: one of other content is to be removed, a name that only begins as a tag does is none", () => {
    const [own, other] = [{ sid: HQ }, { sid: OLD, street: "9 Old St" }];
    const owned = ownedIn(scene().tagged("hq", own).tagged("hq", other));
    expect([owned.current?.sid, sids(owned.superseded), owned.drifted]).toEqual([HQ, [OLD], []]);
    const named = { sid: TWIN, friendlyName: `${tagOf("hq").slice(0, 20)}of-somebody` };
    expect(currentIn(scene().twilioAddress(named))).toBeUndefined();
    expect(currentIn(scene().twilioAddress({ sid: FOREIGN, friendlyName: "Front desk" }))).toBeUndefined();
  });
});

describe("of several Addresses of the desired content the current one is", () => {
  const twins = (status: object, first: object = {}, second: object = {}): WorldBuilder =>
    scene({ status })
      .tagged("hq", { sid: HQ, ...first })
      .tagged("hq", { sid: TWIN, ...second }, 1);

  it("the one that most numbers have as emergency address", () => {
    const used = twins({ sid: HQ }, { dateCreated: 1, dateUpdated: 1 })
      .registered(TWIN)
      .registered(TWIN, { sid: sid("PN", 2), phoneNumber: "+13035550101" })
      .registered(HQ, { sid: sid("PN", 3), phoneNumber: "+13035550102" });
    expect(currentIn(used)).toBe(TWIN);
    expect(sids(ownedIn(used).duplicates)).toEqual([HQ]);
    expect(ownedIn(used).equivalents).toEqual(new Set([HQ, TWIN]));
  });

  it("not one that numbers have as regulatory address only", () =>
    expect(currentIn(twins({}).number({ addressSid: TWIN }))).toBe(HQ));

  it("else the one in status", () => {
    expect(currentIn(twins({ sid: TWIN }, { dateCreated: 1, dateUpdated: 1 }))).toBe(TWIN);
    expect(currentIn(twins({ sid: HQ }, {}, { dateCreated: 1, dateUpdated: 1 }))).toBe(HQ);
  });

  it("else the oldest, else the first by sid", () => {
    expect(currentIn(twins({}, {}, { dateCreated: 1, dateUpdated: 1 }))).toBe(TWIN);
    expect(currentIn(twins({}, { dateCreated: 1, dateUpdated: 1 }))).toBe(HQ);
    expect(currentIn(scene().tagged("hq", { sid: TWIN }).tagged("hq", { sid: HQ }, 1))).toBe(HQ);
  });

  it("one of them, and no duplicate of itself, where spec.sid names one with our tag", () => {
    const owned = ownedIn(scene({ spec: { sid: HQ } }).tagged("hq", { sid: HQ }));
    expect({ current: owned.current?.sid, duplicates: owned.duplicates }).toEqual({
      current: HQ,
      duplicates: [],
    });
  });

  it("chosen where nobody has written a status yet", () => {
    const fresh = withoutStatus(anAddress("hq"));
    const built = world()
      .account()
      .object(fresh)
      .tagged("hq", { sid: TWIN, dateCreated: 1, dateUpdated: 1 })
      .tagged("hq", { sid: HQ }, 1);
    expect(currentIn(built)).toBe(TWIN);
  });
});

describe("the revision of the next Address of a content", () => {
  it("is one more than the highest of that content, edited or not", () => {
    expect(ownedIn(scene()).nextRevision).toBe(0);
    expect(ownedIn(scene().tagged("hq", { street: "9 Old St" }, 7)).nextRevision).toBe(0);
    const tagged = scene()
      .tagged("hq", { sid: HQ, emergencyEnabled: false }, 4)
      .tagged("hq", { sid: TWIN }, 2);
    expect(ownedIn(tagged).nextRevision).toBe(5);
  });
});

describe("an adopted Address", () => {
  const adopting = (record: Partial<AddressRecord>, status: object = {}): OwnedAddresses =>
    ownedIn(scene({ spec: { sid: FOREIGN }, status }).twilioAddress({ sid: FOREIGN, ...record }));
  const asDesired = { sid: FOREIGN, adoptedSid: FOREIGN, address: CONTENT };

  it("is the current one while it is as the spec says, in capitals or not", () => {
    expect(adopting({}).current?.sid).toBe(FOREIGN);
    expect(adopting({ street: "1 MAIN ST" }, asDesired).current?.sid).toBe(FOREIGN);
  });

  it("is a start that has not drifted, where it never was as the spec says", () => {
    for (const record of [{ street: "9 Old St" }, { emergencyEnabled: false }]) {
      const owned = adopting(record);
      expect([owned.current, owned.drifted]).toEqual([undefined, []]);
    }
    const other = { ...asDesired, address: { ...CONTENT, street: "9 Old St" } };
    expect(adopting({ street: "9 Old St" }, other).drifted).toEqual([]);
  });

  it("has drifted where it was as the spec says and is not any more", () => {
    for (const record of [{ street: "9 Old St" }, { emergencyEnabled: false }]) {
      const owned = adopting(record, asDesired);
      expect({ current: owned.current, drifted: sids(owned.drifted) }).toEqual({
        current: undefined,
        drifted: [FOREIGN],
      });
    }
    expect(adopting({}, asDesired).drifted).toEqual([]);
  });

  it("is not taken by an object that has another one already", () => {
    expect(adopting({}, { sid: HQ }).current).toBeUndefined();
    expect(adopting({}, { sid: HQ, adoptedSid: OLD }).current).toBeUndefined();
    expect(adopting({}, { sid: HQ, adoptedSid: FOREIGN }).current?.sid).toBe(FOREIGN);
  });

  it("is a second one only for an object that has a first", () => {
    const second = (parts: Parts): boolean => adoptsSecond(anAddress("hq", parts));
    expect(second({ status: { sid: HQ } })).toBe(false);
    expect(second({ status: { sid: HQ, adoptedSid: FOREIGN } })).toBe(false);
    expect(second({ spec: { sid: FOREIGN } })).toBe(false);
    expect(second({ spec: { sid: FOREIGN }, status: { sid: FOREIGN } })).toBe(false);
    expect(second({ spec: { sid: FOREIGN }, status: { sid: HQ } })).toBe(true);
    const fresh = withoutStatus(anAddress("hq", { spec: { sid: FOREIGN } }));
    expect(adoptsSecond(fresh)).toBe(false);
  });
});

describe("an Address on a number may be left without asking", () => {
  const mayLeave = (
    builder: WorldBuilder,
    of: string,
    { applied = [], known = true }: { readonly applied?: readonly string[]; readonly known?: boolean } = {},
  ): boolean => {
    const record = builder.build().snapshot.address(of)?.value;
    return isOurs(record, { sid: of, owned: known ? ownedIn(builder) : undefined, applied });
  };
  const old = (record: object = {}): WorldBuilder =>
    scene().tagged("hq", { sid: OLD, street: "9 Old St", ...record });

  it("where the binding put it there, also when the Address or its object is gone", () => {
    expect(mayLeave(scene(), OLD, { applied: [HQ, OLD] })).toBe(true);
    expect(mayLeave(scene(), OLD, { applied: [OLD], known: false })).toBe(true);
    expect(mayLeave(scene(), OLD, { applied: [HQ] })).toBe(false);
    expect(mayLeave(old(), OLD, { known: false })).toBe(false);
    const fresh = world()
      .account()
      .object(withoutStatus(anAddress("hq")));
    expect(mayLeave(fresh, OLD, { applied: [OLD] })).toBe(true);
  });

  it("where its object made it, of whatever content, and nobody has edited it", () => {
    expect(mayLeave(old(), OLD)).toBe(true);
    expect(mayLeave(old(EDITED), OLD)).toBe(true);
    expect(mayLeave(old().tagged("hq", { sid: HQ }), HQ)).toBe(true);
    expect(mayLeave(old({ friendlyName: tagOf("hq"), ...EDITED }), OLD)).toBe(false);
    const otherText = { friendlyName: tagOf("hq", { street: "8 Older St" }), ...EDITED };
    expect(mayLeave(old(otherText), OLD)).toBe(false);
    const madeEqual = { friendlyName: tagOf("hq", { street: "9 Old St" }), street: CONTENT.street };
    expect(mayLeave(old({ ...madeEqual, ...EDITED }), OLD)).toBe(false);
    expect(mayLeave(old({ emergencyEnabled: false }), OLD)).toBe(false);
  });

  it("but none of somebody else's: of another name, another object or another owner", () => {
    for (const friendlyName of [
      "Front desk",
      tagOf("lobby"),
      tagOf("hq", {}, 0, { owner: "other" }),
      `Front desk ${tagOf("hq").slice(0, 20)}`,
    ])
      expect(mayLeave(scene().twilioAddress({ sid: FOREIGN, friendlyName }), FOREIGN)).toBe(false);
    const broken = `${tagOf("hq").slice(0, 20)}of-somebody`;
    const edited = { sid: FOREIGN, friendlyName: broken, ...EDITED, street: "7 Scribble St" };
    expect(mayLeave(scene().twilioAddress(edited), FOREIGN)).toBe(false);
  });

  it("never where it was edited by hand while the spec stayed, even if the binding put it there", () => {
    const edited = scene().tagged("hq", { sid: HQ, emergencyEnabled: false });
    expect(mayLeave(edited, HQ, { applied: [HQ] })).toBe(false);
    expect(mayLeave(edited, OLD, { applied: [HQ, OLD] })).toBe(true);
    const noted = scene({ status: { driftedSids: [OLD] } });
    expect(mayLeave(noted, OLD, { applied: [OLD] })).toBe(false);
    expect(mayLeave(noted, HQ, { applied: [HQ] })).toBe(true);
  });
});

describe("an Address whose name only begins like a tag", () => {
  // Somebody has copied one of ours and named it after it.
  it.each([
    `${tagOf("hq")} copy`,
    tagOf("hq").slice(0, -1),
    `${tagOf("hq").slice(0, OBJECT_PREFIX_LENGTH)}old`,
  ])("is not ours: never removed, nor taken from a number without asking: %s", (friendlyName) => {
    const builder = scene()
      .tagged("hq", { sid: HQ })
      .twilioAddress({ sid: FOREIGN, friendlyName, street: "2 Old St" });
    expect(ownedIn(builder).superseded).toEqual([]);
    expect(builder.plan("EmergencyAddress", "hq").step).toEqual({ type: "None" });
  });
});
