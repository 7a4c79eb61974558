/** Validated says whether Twilio has accepted the address, whatever else keeps the object from Ready. */
import { expect, it } from "vitest";
import { ACCOUNT, HQ, NOW, retrying, world, type WorldBuilder } from "../../../test/support/builders.ts";

interface Shown {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

function validatedOf(scene: WorldBuilder): Shown | undefined {
  const { conditions } = scene.status("EmergencyAddress", "hq");
  return (conditions as readonly Shown[]).find(({ type }) => type === "Validated");
}

const scene = (status: object = {}): WorldBuilder => world().account().address("hq", { status });
const refused = { lastError: { message: "No such street." }, retry: retrying(1, 60_000) };

it("is true with the Address that Twilio has, in the account that the object is then pinned to", () => {
  const accepted = scene().tagged("hq", { sid: HQ });
  expect(validatedOf(accepted)).toMatchObject({
    status: "True",
    reason: "Validated",
    message: `Twilio accepted this address as ${HQ}.`,
  });
  expect(accepted.status("EmergencyAddress", "hq")).toMatchObject({ accountSid: ACCOUNT });
});

it("stays true while the object is suspended", () => {
  const suspended = world()
    .account()
    .address("hq", { spec: { suspend: true } })
    .tagged("hq", { sid: HQ });
  expect(validatedOf(suspended)).toMatchObject({ status: "True", reason: "Validated" });
});

it("is false once Twilio has refused it, with Twilio's words", () => {
  const shown = validatedOf(scene(refused));
  expect(shown).toMatchObject({ status: "False", reason: "AddressRejected" });
  expect(shown?.message).toBe("Twilio refused the address: No such street. Correct the address.");
});

it("is not known before, and says so if somebody has edited it at Twilio", () => {
  const message = "The Address is being created and validated.";
  expect(validatedOf(scene())).toMatchObject({ status: "Unknown", reason: "Pending", message });
  const edited = scene().tagged("hq", { sid: HQ, emergencyEnabled: false, dateUpdated: NOW });
  expect(validatedOf(edited)?.message).toMatch(/created and validated\. It was edited by hand at Twilio\.$/);
});

it("is not known without an account, and the object is pinned to none", () => {
  const status = world().address("hq").status("EmergencyAddress", "hq");
  expect(status).not.toHaveProperty("accountSid");
  expect(validatedOf(world().address("hq"))).toMatchObject({
    status: "Unknown",
    reason: "WaitingForAccount",
    message: expect.stringContaining("does not exist") as string,
  });
});
