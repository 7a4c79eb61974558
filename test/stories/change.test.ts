/** Another address for a number: validated first, one number at a time, and never a direct swap. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mostAtOnce, gaps } from "../../demo/view.ts";
import { fault } from "./faults.ts";
import { condition, deskOf, type Site } from "./site.ts";
import { Stage } from "./stage.ts";

const stage = new Stage("change");
const FAILING = "66 FAILURE AVE";
beforeAll(async () => {
  await stage.open();
  await stage.control.set({ failures: [{ action: "register", street: FAILING }] });
});
afterAll(() => stage.close());

const MOVE = ["disassociate 0", "associate 0"];

/** All numbers are at an Address of this street, and the superseded one is gone. */
async function allAt(site: Site, street: string, count = 1): Promise<void> {
  const { observedGeneration, ...hq } = (
    await site.until(
      "address",
      "hq",
      `${count} numbers at ${street}`,
      ({ status, metadata }) =>
        status["observedGeneration"] === metadata.generation &&
        status["boundNumbers"] === count &&
        status["retiringSids"] === undefined,
      20_000,
    )
  ).status;
  expect(observedGeneration).toBeGreaterThan(0);
  const { addresses, numbers } = await site.twilio();
  expect(addresses.map((address) => address["street"])).toEqual([street]);
  for (const number of numbers)
    expect([number["emergency_address_sid"], number["emergency_address_status"]]).toEqual([
      hq["sid"],
      "registered",
    ]);
}

describe.concurrent("new content of an EmergencyAddress", () => {
  it.each([1, 2])("moves four numbers with at most %d without protection", async (maxUnprotected) => {
    const site = await stage.site({ numbers: 4, account: { maxUnprotected } });
    await site.settled(4);
    const since = Date.now();
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    await allAt(site, "2 Side St", 4);
    const writes = await site.writes();
    expect(writes[0]).toBe("create");
    expect(writes.at(-1)).toBe("delete");
    const moves = [0, 1, 2, 3].flatMap((index) => [`associate ${index}`, `disassociate ${index}`]);
    expect(writes.slice(1, -1).toSorted()).toEqual(moves.toSorted());
    const { timeline } = await stage.control.timeline();
    const sids = [0, 1, 2, 3].map((index) => site.numberSid(index));
    const found = gaps(
      timeline.filter(({ numberSid }) => sids.includes(numberSid)),
      since,
    );
    expect(found).toHaveLength(4);
    expect(mostAtOnce(found)).toBe(maxUnprotected);
    await site.check();
  });

  it("moves nobody while maxUnprotected is 0, and says that it is a freeze", async () => {
    const site = await stage.site({ account: { maxUnprotected: 0 } });
    await site.settled();
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    const waiting = await site.reason("binding", "desk", "WaitingForBudget");
    expect(condition(waiting)?.message).toMatch(/freeze|frozen/i);
    await site.quiet();
    expect(await site.writes()).toEqual(["create"]);
    await site.check();
  });

  it("costs nothing when Twilio refuses it", async () => {
    const site = await stage.site();
    await site.settled();
    const before = await site.slot();
    await site.patch("address", "hq", { spec: { street: "1 Nowhere Lane" } });
    const refused = await site.reason("address", "hq", "AddressRejected");
    expect(condition(refused)?.message).toContain("21628");
    await site.quiet();
    expect(await site.writes()).toEqual(["create"]);
    expect(await site.slot()).toBe(before);
    const binding = await site.reason("binding", "desk", "WaitingForAddress");
    expect(condition(binding, "Unprotected")?.status).toBe("False");
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    await allAt(site, "2 Side St");
    await site.check();
  });

  it("goes back to what it was without a move when it is taken back in time", async () => {
    const site = await stage.site({ account: { maxUnprotected: 0 } });
    await site.settled();
    const before = await site.slot();
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    await site.reason("binding", "desk", "WaitingForBudget");
    await site.patch("address", "hq", { spec: { street: "1 Main St" } });
    await site.reason("binding", "desk", "Registered");
    await allAt(site, "1 Main St");
    expect(await site.slot()).toBe(before);
    expect(await site.writes()).toEqual(["create", "delete"]);
    await site.check();
  });
});

describe.concurrent("another addressRef", () => {
  it("moves the number, and leaves both Addresses standing", async () => {
    const site = await stage.site();
    await site.settled();
    await site.address("branch", { street: "7 Branch St" });
    await site.reason("address", "branch", "Validated");
    await site.binding("desk", 0, { addressRef: { name: `${site.id}-branch` } });
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual(["create", ...MOVE]);
    await site.quiet();
    expect((await site.twilio()).addresses).toHaveLength(2);
    await site.check();
  });

  it("that does not exist takes nothing away", async () => {
    const site = await stage.site();
    await site.settled();
    await site.binding("desk", 0, { addressRef: { name: `${site.id}-none` } });
    const waiting = await site.reason("binding", "desk", "WaitingForAddress");
    expect(condition(waiting)?.message).toContain(`${site.id}-none`);
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });
});

describe.concurrent("a registration that fails at the new Address", () => {
  it("sends the number back and stops the roll-out, until the content is corrected", async () => {
    const site = await stage.site({ numbers: 3 });
    await site.settled(3);
    const before = await Promise.all([0, 1, 2].map((index) => site.slot(index)));
    await site.patch("address", "hq", { spec: { street: FAILING } });
    const hq = await site.until(
      "address",
      "hq",
      "a failed target",
      ({ status }) => status["failedTargets"] !== undefined,
    );
    const [{ phoneNumberSid }] = hq.status["failedTargets"] as [{ readonly phoneNumberSid: string }];
    const failed = [0, 1, 2].findIndex((index) => site.numberSid(index) === phoneNumberSid);
    const back = await site.reason("binding", deskOf(failed), "RegistrationFailed");
    await site.until(
      "binding",
      deskOf(failed),
      "protected again",
      (object) => condition(object, "Unprotected")?.status === "False",
    );
    expect(condition(back, "Stalled")?.status).toBe("True");
    for (const other of [0, 1, 2].filter((index) => index !== failed)) {
      const stopped = await site.reason("binding", deskOf(other), "RolloutStopped");
      expect(condition(stopped)?.message).toContain(phoneNumberSid);
    }
    await site.quiet();
    expect(await Promise.all([0, 1, 2].map((index) => site.slot(index)))).toEqual(before);
    const [associate, disassociate] = [`associate ${failed}`, `disassociate ${failed}`];
    expect(await site.writes()).toEqual(["create", disassociate, associate, disassociate, associate]);
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    await allAt(site, "2 Side St", 3);
    await site.check();
  });

  it("sends the number back once more, whatever empties it and however late", async () => {
    const site = await stage.site();
    await site.settled();
    const before = await site.slot();
    await site.patch("address", "hq", { spec: { street: FAILING } });
    await site.reason("binding", "desk", "RegistrationFailed");
    for (const _ of [1, 2]) {
      await site.untilSlot(new RegExp(`^${before}$`));
      await site.quiet();
      await site.editNumber({ emergency_address_sid: null, emergency_address_status: "unregistered" });
    }
    await site.untilSlot(new RegExp(`^${before}$`));
    expect(await site.writes()).toContain("associate 0");
    await site.check();
  });

  it("is tried again when somebody asks", async () => {
    const site = await stage.site();
    await site.settled();
    await fault(site, {
      match: { method: "POST", path: site.numberSid() },
      skip: 1,
      times: 1,
      action: { type: "answer", status: 400, code: 21999, message: "No such luck" },
    });
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    await site.reason("binding", "desk", "RegistrationFailed");
    await site.untilSlot(/^AD\w+ registered$/);
    await site.annotate("binding", "desk", "requested-at", "now");
    await allAt(site, "2 Side St");
    const healed = await site.reason("binding", "desk", "Registered");
    expect(healed.status["lastError"]).toBeUndefined();
    await site.check();
  });
});
