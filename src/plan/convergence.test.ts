import { describe, expect, it } from "vitest";
import { aDomain, worldOf } from "../../test/support/planning.ts";
import { DESK, HQ, sid, tagOf } from "../../test/support/builders.ts";
import { ANNOTATION } from "../api/names.ts";
import { isRepetition, notConverging, signatureOf } from "./convergence.ts";
import { wait } from "./rule.ts";
import type { Write } from "./step.ts";

const DOMAIN = sid("SD", 1);
const STEP: Write = { type: "SetEmergencyCaller", domainSid: DOMAIN, numberSid: DESK };
const before = aDomain("sip");

/** Is the step of this object the same write as the one made before? */
function isSameWrite(object: typeof before, step: Write = STEP): boolean {
  const lastWrite = (): object => ({ signature: signatureOf(before, STEP), at: 0 });
  return isRepetition(worldOf({ objects: [], world: { lastWrite: lastWrite as never } }), object, step);
}

describe("a write that was accepted before", () => {
  it("is the same one while nothing has been changed", () => {
    const { status: _, ...fresh } = before;
    expect(isSameWrite(before)).toBe(true);
    expect(isSameWrite(fresh)).toBe(true);
  });

  it("may be repeated when the spec was changed, a person asks, or Twilio has refused it since", () => {
    const annotations = { [ANNOTATION.requestedAt]: "noon" };
    const retry = { count: 1, lastTime: "", nextTime: "" };
    expect(isSameWrite(aDomain("sip", { metadata: { generation: 2 } }))).toBe(false);
    expect(isSameWrite(aDomain("sip", { metadata: { annotations } }))).toBe(false);
    expect(isSameWrite(aDomain("sip", { status: { retry } }))).toBe(false);
  });

  it("is another one where it is of another type or for another target", () => {
    expect(isSameWrite(before, { type: "ClearEmergencyCaller", domainSid: DOMAIN })).toBe(false);
    expect(isSameWrite(before, { ...STEP, numberSid: sid("PN", 2) })).toBe(false);
    expect(isSameWrite(before, { ...STEP, domainSid: sid("SD", 2) })).toBe(false);
  });

  it("names what it is for: the sids, or the name of an Address that has none yet", () => {
    expect(signatureOf(before, STEP)).toBe(`SetEmergencyCaller ${DOMAIN} ${DESK} 1  0`);
    const create = { type: "CreateAddress", address: { friendlyName: tagOf("hq") } } as Write;
    expect(signatureOf(before, create)).toBe(`CreateAddress ${tagOf("hq")} 1  0`);
  });
});

describe("a plan", () => {
  const plan = { ...wait("Pending", "Being set."), rule: "a rule" };
  const world = (signature?: string) =>
    worldOf({
      objects: [],
      world: { lastWrite: () => (signature === undefined ? undefined : { signature, at: 0 }) },
    });

  it("stands while it writes nothing, whatever was written before", () => {
    expect(notConverging(world(signatureOf(before, STEP)), before, plan)).toBe(plan);
    const looks = { ...plan, step: { type: "GetAddress", sid: HQ } as const };
    expect(notConverging(world(signatureOf(before, STEP)), before, looks)).toBe(looks);
  });

  it("stands where its write is the first, or another than the last", () => {
    const writes = { ...plan, step: STEP };
    expect(notConverging(world(), before, writes)).toBe(writes);
    expect(notConverging(world("another"), before, writes)).toBe(writes);
  });

  it("stops at the same write twice", () => {
    expect(notConverging(world(signatureOf(before, STEP)), before, { ...plan, step: STEP })).toMatchObject({
      step: { type: "None" },
      reason: "NotConverging",
    });
  });
});
