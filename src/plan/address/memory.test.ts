/** What an EmergencyAddress remembers in its status: no more than is true, and nothing that it still needs is lost. */
import { describe, expect, it } from "vitest";
import {
  CONTENT,
  FOREIGN,
  HQ,
  NOW,
  OLD,
  retrying,
  sid,
  tagOf,
  withoutStatus,
  world,
  type Parts,
  type WorldBuilder,
} from "../../../test/support/builders.ts";
import { anAddress } from "../../../test/support/planning.ts";
import type { Status } from "../status.ts";

const scene = (parts: Parts = {}): WorldBuilder => world().account().address("hq", parts);
const statusOf = (builder: WorldBuilder): Status => builder.status("EmergencyAddress", "hq");
const number = (index: number): object => ({ sid: sid("PN", index), phoneNumber: `+1303555010${index}` });

describe("the Address in use", () => {
  it("is remembered with what Twilio stored of it, but for empty fields", () => {
    const found = world()
      .account()
      .object(withoutStatus(anAddress("hq")))
      .tagged("hq", { sid: HQ, friendlyName: tagOf("hq"), street: "1 Main Street" });
    const { sid: known, address } = statusOf(found);
    expect({ known, address }).toEqual({ known: HQ, address: { ...CONTENT, street: "1 Main Street" } });
  });

  it("is remembered so too where only its sid is, or another Address", () => {
    for (const status of [{ sid: HQ }, { sid: OLD, address: { ...CONTENT, street: "9 Old St" } }])
      expect(statusOf(scene({ status }).tagged("hq", { sid: HQ }))).toMatchObject({
        sid: HQ,
        address: CONTENT,
      });
  });

  it("keeps the record of how it was stored, whatever capitals it is in now", () => {
    const status = { sid: FOREIGN, adoptedSid: FOREIGN, address: CONTENT };
    const adopted = scene({ spec: { sid: FOREIGN }, status }).twilioAddress({
      sid: FOREIGN,
      street: "1 MAIN ST",
    });
    expect(statusOf(adopted)).toMatchObject({ address: CONTENT });
  });

  it("ends the doubt about its creation, and with it what Twilio had suggested", () => {
    const operation = {
      type: "CreateAddress",
      target: tagOf("hq"),
      startedAt: new Date(NOW - 1_000).toISOString(),
      begun: false,
    };
    const status = { operation, suggestedAddress: { street: "1 MAIN ST" } };
    const found = statusOf(scene({ status }).tagged("hq", { sid: HQ }));
    expect(found).not.toHaveProperty("operation");
    expect(found).not.toHaveProperty("suggestedAddress");
    expect(statusOf(scene({ status }))).toMatchObject({ operation });
  });

  it("counts the numbers that have it as emergency address, whatever their state", () => {
    const used = scene()
      .tagged("hq", { sid: HQ })
      .registered(HQ)
      .registered(HQ, { ...number(2), emergencyAddressStatus: "pending-registration" })
      .number({ ...number(3), addressSid: HQ })
      .registered(OLD, number(4));
    expect(statusOf(used)).toMatchObject({ boundNumbers: 2 });
    expect(statusOf(scene().registered(OLD))).toMatchObject({ boundNumbers: 0 });
  });
});

describe("the Address that spec.sid names is remembered as adopted", () => {
  it("once it is the one in use", () => {
    for (const status of [{}, { sid: FOREIGN }]) {
      const adopted = scene({ spec: { sid: FOREIGN }, status }).twilioAddress({ sid: FOREIGN });
      expect(statusOf(adopted)).toMatchObject({ sid: FOREIGN, adoptedSid: FOREIGN });
    }
  });

  it("also where one of our own has taken its place and the status was lost", () => {
    const replaced = world()
      .account()
      .object(withoutStatus(anAddress("hq", { spec: { sid: FOREIGN } })))
      .tagged("hq", { sid: HQ })
      .twilioAddress({ sid: FOREIGN, street: "9 Old St" });
    expect(statusOf(replaced)).toMatchObject({ sid: HQ, adoptedSid: FOREIGN });
  });

  it("and stays so when it is taken out of the spec", () => {
    const status = { adoptedSid: FOREIGN };
    expect(statusOf(scene({ status }))).toMatchObject(status);
    expect(statusOf(scene({ status }).tagged("hq", { sid: HQ }))).toMatchObject(status);
  });
});

describe("Addresses that are to be removed", () => {
  it("are remembered in order, as many as the status takes", () => {
    const many = scene();
    const sids = Array.from({ length: 40 }, (_, index) => sid("AD", 60 - index));
    for (const [index, each] of sids.entries())
      many.tagged("hq", { sid: each, street: `${index} Old St` }).registered(each, number(index));
    expect(statusOf(many)["retiringSids"]).toEqual(sids.toReversed().slice(0, 32));
  });

  it("are forgotten once they are gone", () => {
    const status = { sid: HQ, retiringSids: [OLD] };
    expect(statusOf(scene({ status }).tagged("hq", { sid: HQ }))).not.toHaveProperty("retiringSids");
  });
});

describe("an Address that was edited by hand", () => {
  const replaced = (driftedSids: readonly string[], parts: Parts = {}): WorldBuilder =>
    scene({ ...parts, status: { sid: HQ, driftedSids } })
      .tagged("hq", { sid: HQ }, 1)
      .tagged("hq", { sid: OLD, emergencyEnabled: false })
      .registered(OLD);

  it("is remembered as such until it is removed", () => {
    expect(statusOf(replaced([OLD, sid("AD", 7)]))["driftedSids"]).toEqual([OLD]);
    expect(statusOf(replaced([sid("AD", 7)]))).not.toHaveProperty("driftedSids");
  });

  it("and for good if it is the adopted one, which is never removed", () => {
    const drifted = replaced([sid("AD", 7), FOREIGN], { spec: { sid: FOREIGN } });
    expect(statusOf(drifted)["driftedSids"]).toEqual([FOREIGN]);
  });
});

describe("what Twilio refused", () => {
  const lastError = { message: "no" };

  it("is forgotten once the object is as desired, unless a deletion was refused and is still to be made", () => {
    const status = { lastError, retry: retrying(1, 60_000) };
    const settled = scene({ status }).tagged("hq", { sid: HQ });
    expect(statusOf(settled)).not.toHaveProperty("retry");
    expect(statusOf(settled)).not.toHaveProperty("lastError");
    expect(statusOf(settled.tagged("hq", { sid: OLD, street: "9 Old St" }))).toMatchObject(status);
  });

  it("stays while the next attempt is made", () => {
    const status = { lastError, retry: retrying(3, -1), suggestedAddress: { street: "1 MAIN ST" } };
    const due = scene({ status });
    expect(due.plan("EmergencyAddress", "hq").step.type).toBe("CreateAddress");
    expect(statusOf(due)).toMatchObject(status);
  });

  it("starts over with a changed spec: nothing of the old one is said any more", () => {
    const status = {
      lastError,
      retry: retrying(3, 60_000, "of-old-content"),
      suggestedAddress: { street: "1 MAIN ST" },
    };
    const changed = scene({ status });
    expect(changed.plan("EmergencyAddress", "hq").step.type).toBe("CreateAddress");
    const after = statusOf(changed);
    expect(after).toMatchObject({ retry: { count: 0 } });
    expect(after).not.toHaveProperty("lastError");
    expect(after).not.toHaveProperty("suggestedAddress");
  });
});
