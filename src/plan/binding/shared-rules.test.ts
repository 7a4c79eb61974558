import { expect, it } from "vitest";
import { aBinding, anAccount, NOW, numberRecord, sid, worldOf } from "../../../test/support/planning.ts";
import { plan } from "../plan.ts";
import { TIMINGS } from "../timings.ts";

const object = aBinding("desk", { spec: { emergencyStatus: "Inactive" } });

/** The number shows an Address, unregistered, and has done so for this long. */
function after(ms: number, seenAt = NOW) {
  const shown = numberRecord({ emergencyAddressSid: sid("AD", 9) });
  const listing = { numbers: [shown], startedAt: seenAt };
  const world = { watchedSince: () => NOW - ms };
  return plan(worldOf({ objects: [anAccount(), object], listing, world }), object);
}

it("waits while a slot that shows an Address may only be lagging", () => {
  expect(after(TIMINGS.slotLag - 1)).toMatchObject({ step: { type: "None" }, watch: "notEnabled" });
});

it("then empties it, and the time goes on running, since the step is planned again before it is sent", () => {
  expect(after(TIMINGS.slotLag)).toMatchObject({
    step: { type: "DisassociateAddress", takesAway: false },
    watch: "notEnabled",
  });
});

it("looks once more where it was last seen before that time was over", () => {
  expect(after(TIMINGS.slotLag, NOW - 1)).toMatchObject({
    step: { type: "GetNumber", sid: sid("PN", 1) },
    watch: "notEnabled",
  });
});
