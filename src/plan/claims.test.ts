/** Two objects that name one resource at Twilio. */
import { describe, expect, it } from "vitest";
import { FOREIGN, world } from "../../test/support/builders.ts";

describe("two EmergencyAddress objects of the same second that adopt one Address", () => {
  const scene = world()
    .account()
    .address("hq", { spec: { sid: FOREIGN }, status: { sid: FOREIGN, adoptedSid: FOREIGN } })
    .address("copy", { spec: { sid: FOREIGN, street: "5 Fifth St" } })
    .twilioAddress({ sid: FOREIGN });

  it("leave it to the one that has adopted it already, whatever their names", () => {
    expect(scene.plan("EmergencyAddress", "copy")).toMatchObject({
      step: { type: "None" },
      reason: "Conflict",
    });
    expect(scene.plan("EmergencyAddress", "hq").reason).toBe("Validated");
  });
});
