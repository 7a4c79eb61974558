import { describe, expect, it } from "vitest";
import { aBinding, sid } from "../../test/support/planning.ts";
import { firstRuling, look, wait } from "./rule.ts";

describe("a list of rules", () => {
  const silent = { name: "says nothing", rule: () => undefined };
  const speaks = (name: string) => ({ name, rule: () => wait("Pending", name) });

  it("is ruled by the first rule that says something", () => {
    const ruling = firstRuling([silent, speaks("first"), speaks("second")], {});
    expect(ruling).toMatchObject({ rule: "first", message: "first" });
  });

  it("writes nothing in a state that no rule names, and asks for a report", () => {
    const ruling = firstRuling([silent], {});
    expect(ruling).toEqual({
      rule: "no rule names this state",
      step: { type: "None" },
      reason: "UnexpectedState",
      message: expect.stringContaining("Please report it") as string,
    });
  });
});

describe("the status while Twilio is looked at", () => {
  const step = { type: "GetNumber", sid: sid("PN", 1) } as const;
  const ruling = { step, reason: "Pending", message: "Looking at Twilio." };

  it("stays where it speaks of the present spec", () => {
    expect(look(aBinding("desk"), step)).toEqual({ ...ruling, keep: true });
  });

  it("is told anew where it speaks of an older spec, or where there is none", () => {
    const { status: _, ...fresh } = aBinding("desk");
    expect(look(aBinding("desk", { metadata: { generation: 2 } }), step)).toEqual(ruling);
    expect(look(fresh, step)).toEqual(ruling);
  });
});
