import { assert, constantFrom, integer, property, array, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { addressRecord, numberRecord, sid } from "../../test/support/planning.ts";
import { AccountSnapshot, type Listing } from "./snapshot.ts";

const AD = sid("AD", 1);
const PN = sid("PN", 1);

function snapshot(): AccountSnapshot {
  return new AccountSnapshot("AC1", { tagPrefixLength: 18 });
}

function listing(startedAt: number, numbers: number, parts: Partial<Listing> = {}): Listing {
  const records = Array.from({ length: numbers }, (_, index) =>
    numberRecord({ sid: sid("PN", index + 1), phoneNumber: `+1303555${1000 + index}` }),
  );
  return { numbers: records, addresses: [], domains: [], startedAt, ...parts };
}

describe("evidence", () => {
  it("that began earlier does not replace what began later", () => {
    const seen = snapshot();
    seen.mergeNumber(numberRecord({ emergencyAddressSid: AD }), 20);
    expect(seen.mergeNumber(numberRecord({ emergencyAddressSid: null }), 10)).toEqual(new Set());
    expect(seen.number(PN)?.value.emergencyAddressSid).toBe(AD);
  });

  it("of a listing counts only for what was not written since it began", () => {
    const seen = snapshot();
    seen.mergeListing(listing(10, 2));
    seen.noteWrite(PN, 20);
    seen.mergeListing(listing(15, 2));
    expect(seen.number(PN)?.observedAt).toBe(10);
    expect(seen.number(sid("PN", 2))?.observedAt).toBe(15);
  });

  it("of a 404 removes the record; what began before the 404 does not bring it back", () => {
    const seen = snapshot();
    seen.mergeNumber(numberRecord(), 10);
    expect(seen.noteAbsent(PN, 20)).toEqual(new Set([PN]));
    expect(seen.number(PN)).toBeUndefined();
    seen.mergeListing(listing(15, 1));
    expect(seen.number(PN)).toBeUndefined();
    seen.mergeNumber(numberRecord(), 30);
    expect(seen.number(PN)?.observedAt).toBe(30);
    expect(seen.absentAt(PN)).toBeUndefined();
  });

  it("that something is absent is overruled by a later look that showed it", () => {
    const seen = snapshot();
    seen.mergeNumber(numberRecord(), 20);
    expect(seen.noteAbsent(PN, 10)).toEqual(new Set());
    expect(seen.number(PN)).toBeDefined();
  });
});

describe("absence from a listing", () => {
  it("makes a record missing, not gone, and the next listing brings it back", () => {
    const seen = snapshot();
    seen.mergeListing(listing(10, 10));
    const gone = sid("PN", 10);
    expect(seen.mergeListing(listing(20, 9))).toEqual(new Set([gone]));
    expect(seen.number(gone)).toMatchObject({ missing: true });
    expect(seen.mergeListing(listing(30, 10))).toEqual(new Set([gone]));
    expect(seen.number(gone)).toMatchObject({ missing: false, observedAt: 30 });
  });

  it("of what was written to meanwhile means nothing", () => {
    const seen = snapshot();
    seen.mergeListing(listing(10, 10));
    seen.noteWrite(sid("PN", 10), 25);
    seen.mergeListing(listing(20, 9));
    expect(seen.number(sid("PN", 10))).toMatchObject({ missing: false });
  });

  it("means nothing in a listing of numbers only", () => {
    const seen = snapshot();
    seen.mergeListing(listing(10, 10));
    seen.mergeListing({ numbers: [], startedAt: 20 });
    expect(seen.number(PN)).toMatchObject({ missing: false });
    expect(seen.suspect).toBe(false);
    expect(seen.listedAt).toBe(10);
  });
});

describe("a listing that has shrunk", () => {
  it.each([
    [10, 8, false],
    [10, 7, true],
    [1, 0, true],
    [0, 0, false],
  ])("from %d to %d numbers: suspect is %s", (before, after, suspect) => {
    const seen = snapshot();
    seen.mergeListing(listing(10, before));
    seen.mergeListing(listing(20, after));
    expect(seen.suspect).toBe(suspect);
    expect(seen.listedAt).toBe(suspect ? 10 : 20);
    if (suspect) expect(seen.number(PN)).toMatchObject({ missing: false });
  });

  it("is believed when a second one agrees, and dropped when it does not", () => {
    const agreed = snapshot();
    for (const [at, count] of [
      [10, 10],
      [20, 5],
      [30, 5],
    ] as const)
      agreed.mergeListing(listing(at, count));
    expect(agreed.suspect).toBe(false);
    expect(agreed.number(sid("PN", 10))).toMatchObject({ missing: true });
    const dropped = snapshot();
    for (const [at, count] of [
      [10, 10],
      [20, 5],
      [30, 10],
    ] as const)
      dropped.mergeListing(listing(at, count));
    expect(dropped.suspect).toBe(false);
    expect(dropped.number(sid("PN", 10))).toMatchObject({ missing: false });
  });

  it("is not believed by one that has shrunk further", () => {
    const seen = snapshot();
    seen.mergeListing(listing(10, 10));
    seen.mergeListing(listing(20, 5));
    seen.mergeListing(listing(30, 1));
    expect(seen.suspect).toBe(true);
    expect(seen.listedAt).toBe(10);
  });
});

describe("the indexes", () => {
  it("find numbers by either of their Addresses, once, and follow a change", () => {
    const seen = snapshot();
    seen.mergeNumber(numberRecord({ emergencyAddressSid: AD, addressSid: AD }), 10);
    expect(seen.numbersAt(AD)).toHaveLength(1);
    seen.mergeNumber(numberRecord({ emergencyAddressSid: null, addressSid: AD }), 20);
    expect(seen.numbersAt(AD)).toHaveLength(1);
    seen.mergeNumber(numberRecord({ emergencyAddressSid: null, addressSid: null }), 30);
    expect(seen.numbersAt(AD)).toEqual([]);
  });

  it("find Addresses by the beginning of their tag", () => {
    const seen = snapshot();
    seen.mergeAddress(addressRecord({ friendlyName: "teaaaaaaaa-bbbbbbb-cc-00" }), 10);
    expect(seen.addressesNamed("teaaaaaaaa-bbbbbbb").map(({ value }) => value.sid)).toEqual([AD]);
    expect(seen.addressesNamed("teaaaaaaaa-ddddddd")).toEqual([]);
  });
});

it("in whatever order looks arrive, the one that began last is what is known", () => {
  const look = record({ at: integer({ min: 1, max: 50 }), address: constantFrom(AD, sid("AD", 2), null) });
  assert(
    property(array(look, { minLength: 1, maxLength: 12 }), (looks) => {
      const seen = snapshot();
      for (const { at, address } of looks)
        seen.mergeNumber(numberRecord({ emergencyAddressSid: address }), at);
      const last = Math.max(...looks.map(({ at }) => at));
      const latest = looks.filter(({ at }) => at === last).at(-1);
      expect(seen.number(PN)).toMatchObject({
        observedAt: last,
        value: { emergencyAddressSid: latest?.address },
      });
    }),
  );
});
