import { describe, expect, it } from "vitest";
import { world } from "../../../test/support/builders.ts";
import { KINDS } from "../../api/names.ts";
import { standingsOf } from "./object-state.ts";

/** Working for this reason, as its status says. */
const working = (reason: string, spec: object = {}): object => ({
  metadata: { generation: 1 },
  spec,
  status: { observedGeneration: 1, conditions: [{ type: "Ready", status: "Unknown", reason, message: "" }] },
});

/** A binding that waits for the budget, and a domain that waits for its number; in an account with this budget. */
function standings(maxUnprotected: number, second = maxUnprotected): Readonly<Record<string, string>> {
  const { index } = world()
    .account("default", { spec: { maxUnprotected } })
    .account("second", { spec: { maxUnprotected: second } })
    .binding("desk", working("WaitingForBudget"))
    .binding("shop", working("PendingRegistration"))
    .domain("sip", working("WaitingForNumber", { emergencyCallerRef: { name: "desk" } }))
    .build();
  const found = standingsOf(KINDS.flatMap((kind) => [...index.all(kind)]));
  return Object.fromEntries([...found].map(([key, standing]) => [key.split("/")[2] ?? "", standing]));
}

describe("an object that waits for the budget", () => {
  it("is on its way, and who waits for it too", () => {
    expect(standings(1)).toMatchObject({ desk: "working", shop: "working", sip: "working" });
  });

  it("is frozen with a budget of none, and who waits for it too", () => {
    expect(standings(0)).toMatchObject({ desk: "frozen", shop: "working", sip: "frozen" });
  });

  it("is frozen by any object of its Twilio account", () => {
    expect(standings(1, 0)).toMatchObject({ desk: "frozen", shop: "working" });
  });
});
