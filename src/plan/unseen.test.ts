/** What a status may claim of something that Twilio does not show any more, while every look at it fails. */
import { describe, expect, it } from "vitest";
import { DESK, HQ, NOW, sid, TERMINATING, world } from "../../test/support/builders.ts";
import { aDomain } from "../../test/support/planning.ts";
import type { AccountSnapshot } from "../twilio/snapshot.ts";
import type { UsableAccount } from "./policy.ts";
import { wait, type NamedRuling } from "./rule.ts";
import type { Look } from "./step.ts";
import { isUnseen, unlessUnseen } from "./unseen.ts";

const MINUTE = 60_000;
const ready = {
  conditions: [{ type: "Ready", status: "True", reason: "Registered" }],
  observedGeneration: 1,
};
const OTHERS = [2, 3, 4, 5, 6].map((n) => ({ sid: sid("PN", n), phoneNumber: `+1303555010${n}` }));

/** Listings since `ago` minutes lack the number; before that one showed it registered. */
function missingFor(ago: number, metadata: object = {}) {
  const scene = world()
    .account()
    .address("hq")
    .tagged("hq", { sid: HQ })
    .binding("desk", { metadata, status: ready })
    .registered(HQ)
    .given({ listedAt: NOW - ago * MINUTE });
  for (const other of OTHERS) scene.number(other);
  return scene.afterwards((snapshot) => listWithout(snapshot, ago)).build();
}

function listWithout(snapshot: AccountSnapshot, ago: number): void {
  const numbers = [...snapshot.numbers()].filter((number) => number.sid !== DESK);
  const addresses = [...snapshot.addressesNamed("")].map(({ value }) => value);
  for (const startedAt of [NOW - (ago - 1) * MINUTE, NOW])
    snapshot.mergeListing({ numbers, addresses, domains: [], startedAt });
}

describe("a number that listings have ceased to show", () => {
  it("is looked at, and the status stays while it is not too old", () => {
    const scene = missingFor(20);
    expect(scene.plan("PhoneNumberBinding", "desk")).toMatchObject({
      step: { type: "GetNumber" },
      keep: true,
    });
    expect(scene.status("PhoneNumberBinding", "desk")).toEqual(ready);
  });

  it("is not called registered for longer than maxStaleness, however often a look fails", () => {
    const scene = missingFor(31);
    expect(scene.plan("PhoneNumberBinding", "desk")).toMatchObject({
      step: { type: "GetNumber" },
      reason: "ObservationStale",
    });
    expect(scene.status("PhoneNumberBinding", "desk")["conditions"]).toMatchObject([
      { type: "Ready", status: "Unknown", reason: "ObservationStale" },
      { type: "Reconciling", status: "True" },
      { type: "Registered", status: "Unknown" },
      { type: "Unprotected", status: "Unknown" },
    ]);
  });

  it("holds a deletion up, which says why", () => {
    const scene = missingFor(31, TERMINATING);
    expect(scene.plan("PhoneNumberBinding", "desk")).toMatchObject({
      step: { type: "GetNumber" },
      reason: "DeletionBlocked",
    });
  });
});

describe("a number that this process has never seen", () => {
  const unseen = (since: number) =>
    world()
      .account()
      .binding("desk", { status: ready })
      .given({ watched: { Unseen: NOW - since * MINUTE } })
      .build();

  it("keeps its status while looks have failed for less than maxStaleness", () => {
    expect(unseen(29).plan("PhoneNumberBinding", "desk")).toMatchObject({ keep: true, watch: "Unseen" });
  });

  it("is not called registered any longer after that", () => {
    expect(unseen(31).plan("PhoneNumberBinding", "desk").reason).toBe("ObservationStale");
  });
});

describe("a look that has stayed without an answer", () => {
  const rulingOf = (step: Look, seconds: number) => {
    const scene = world()
      .account()
      .tagged("hq", { sid: HQ })
      .twilioDomain()
      .registered(HQ)
      .given({ listedAt: NOW - seconds * 1_000, watched: { Unseen: NOW } })
      .build();
    const object = aDomain("sip");
    const account = scene.world.account("site", "default") as UsableAccount;
    const looks: NamedRuling = { ...wait("Pending", "Looking.", { keep: true }), step, rule: "a rule" };
    return unlessUnseen(scene.world, object, account, looks);
  };
  const seen: readonly Look[] = [
    { type: "GetNumber", sid: DESK },
    { type: "GetAddress", sid: HQ },
    { type: "GetDomain", sid: sid("SD", 1) },
  ];

  it.each(seen)("is counted from when the thing was last seen: %j", (step) => {
    const inTime = rulingOf(step, 1_800);
    expect(inTime).toMatchObject({ keep: true, step });
    expect(isUnseen(inTime)).toBe(false);
    const tooLate = rulingOf(step, 1_801);
    expect(tooLate).toMatchObject({ reason: "ObservationStale", step });
    expect(tooLate.message).toContain("for 30 minutes");
    expect(isUnseen(tooLate)).toBe(true);
  });

  it.each([
    { type: "GetNumber", sid: sid("PN", 9) },
    { type: "GetAddress", sid: sid("AD", 9) },
    { type: "GetDomain", sid: sid("SD", 9) },
    { type: "FindNumber", phoneNumber: "+13035550100" },
    { type: "FindAddress", friendlyName: "te" },
    { type: "ListAccount" },
  ] as const)("is counted from its first failure where nothing was seen: %j", (step) => {
    expect(rulingOf(step, 7_200)).toMatchObject({ keep: true, step });
  });

  it("is no matter of a ruling that waits for something else", () => {
    expect(isUnseen({ ...wait("Pending", "Waiting.", { watch: "NumberNotFound" }), rule: "a rule" })).toBe(
      false,
    );
  });
});
