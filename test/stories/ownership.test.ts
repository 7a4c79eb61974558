import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONTENT } from "../support/planning.ts";
import { eventually } from "./eventually.ts";
import { condition, type Seen, type Site } from "./site.ts";
import { Stage } from "./stage.ts";

const BRANCH = "ownership-branch";
const stage = new Stage("ownership", { namespaces: [BRANCH] });
beforeAll(() => stage.open().then(() => undefined));
afterAll(() => stage.close());

/** The usual content in Twilio's names. */
const STORED = {
  customer_name: CONTENT.customerName,
  street: CONTENT.street,
  city: CONTENT.city,
  region: CONTENT.region,
  postal_code: CONTENT.postalCode,
  iso_country: CONTENT.isoCountry,
};
const FOREIGN = `AD${"f".repeat(32)}`;

/** An account that somebody has configured by hand: a foreign Address, and the number registered there. */
function byHand(content: object = {}): Promise<Site> {
  return stage.site({
    addresses: [{ sid: FOREIGN, friendly_name: "Head office", ...STORED, ...content }],
    slots: [{ emergency_address_sid: FOREIGN, emergency_address_status: "registered" }],
  });
}

const sidOf = (object: Seen): string => object.status["sid"] as string;

describe.concurrent("adopting an Address that somebody made by hand", () => {
  it("writes nothing where it is as desired", async () => {
    const site = await byHand();
    await site.address("hq", { sid: FOREIGN });
    await site.binding();
    await site.reason("binding", "desk", "Registered");
    expect(sidOf(await site.reason("address", "hq", "Validated"))).toBe(FOREIGN);
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });

  it("replaces it where it differs, its number only with approval, and leaves it standing", async () => {
    const site = await byHand({ street: "99 Old St" });
    await site.address("hq", { sid: FOREIGN });
    await site.binding();
    await site.reason("binding", "desk", "AwaitingApproval");
    await site.quiet();
    expect(await site.writes()).toEqual(["create"]);
    await site.approve("desk");
    await site.reason("binding", "desk", "Registered");
    await site.quiet();
    expect(await site.writes()).toEqual(["create", "disassociate 0", "associate 0"]);
    expect((await site.twilio()).addresses.map(({ sid }) => sid)).toContain(FOREIGN);
    await site.check();
  });

  it("is a Conflict for an object that already has another Address", async () => {
    const site = await byHand();
    await site.address();
    await site.reason("address", "hq", "Validated");
    await site.mark();
    await site.patch("address", "hq", { spec: { sid: FOREIGN } });
    const object = await site.reason("address", "hq", "Conflict");
    expect(condition(object, "Stalled")?.status).toBe("True");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });

  it("is no Conflict any more when that object is made anew without it", async () => {
    const site = await byHand();
    await site.editNumber({ emergency_address_sid: null, emergency_address_status: "unregistered" });
    await site.settled();
    const made = sidOf(await site.reason("address", "hq", "Validated"));
    await site.patch("address", "hq", { spec: { sid: FOREIGN } });
    await site.reason("address", "hq", "Conflict");
    await site.delete("address", "hq");
    await site.gone("address", "hq");
    await site.address();
    expect(sidOf(await site.reason("address", "hq", "Validated"))).toBe(made);
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual([]);
    await site.check();
  });

  it("is a fault after the grace where there is no such Address", async () => {
    const site = await stage.site();
    await site.address("hq", { sid: FOREIGN });
    await site.until("address", "hq", "working", (object) => {
      const ready = condition(object);
      return ready?.reason === "AddressNotFound" && ready.status === "Unknown";
    });
    const fault = await site.until(
      "address",
      "hq",
      "stalled",
      (object) => condition(object)?.status === "False",
    );
    expect(condition(fault, "Stalled")?.status).toBe("True");
    expect(await site.writes()).toEqual([]);
  });

  it("is a Conflict for the second object that adopts it", async () => {
    const site = await byHand();
    await site.address("hq", { sid: FOREIGN });
    await site.reason("address", "hq", "Validated");
    await site.address("copy", { sid: FOREIGN, street: "5 Fifth St" });
    await site.reason("address", "copy", "Conflict");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
  });

  it("is how an object gets another name, once the one that made the Address has gone", async () => {
    const site = await stage.site();
    await site.settled();
    await site.address("renamed", { sid: sidOf(await site.get("address", "hq")) });
    await site.reason("address", "renamed", "Conflict");
    await site.quiet();
    await site.delete("address", "hq");
    await site.reason("address", "renamed", "Validated");
    await site.patch("binding", "desk", { spec: { addressRef: { name: site.named("address", "renamed") } } });
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual([]);
    await site.check();
  });
});

describe.concurrent("two objects that claim one number", () => {
  it("leave it to the first; the other writes nothing until it is alone", async () => {
    const site = await stage.site();
    await site.settled();
    await site.address("branch", { street: "7 Branch St" });
    await site.binding("rival", 0, { addressRef: { name: `${site.id}-branch` } });
    const loser = await site.reason("binding", "rival", "Conflict");
    expect(condition(loser)?.message).toContain(`${site.id}-desk`);
    await site.quiet();
    expect(await site.writes()).toEqual(["create"]);
    await site.delete("binding", "rival");
    await site.gone("binding", "rival");
    expect(await site.writes()).toEqual(["create"]);
    await site.check();
  });

  it("leave it to the one that names it by phone number and was there first", async () => {
    const site = await stage.site();
    await site.address();
    await site.apply("binding", "first", {
      accountRef: { name: site.id },
      phoneNumber: site.phoneNumber(),
      addressRef: { name: `${site.id}-hq` },
    });
    await site.reason("binding", "first", "Registered");
    await site.binding("second");
    await site.reason("binding", "second", "Conflict");
    await site.delete("binding", "first");
    await site.reason("binding", "second", "Registered");
    expect(await site.writes()).toEqual(["create", "associate 0"]);
    await site.check();
  });
});

describe.concurrent("a number whose objects move to another namespace", () => {
  it("is the new binding's as soon as the old one of the same name has gone", async () => {
    const site = await stage.site();
    await site.binding("desk", 0, { emergencyStatus: "Inactive" });
    await site.reason("binding", "desk", "Unregistered");
    await site.mark();
    const moved = await site.alsoIn(BRANCH);
    await moved.address();
    await moved.binding();
    const waiting = await moved.reason("binding", "desk", "Conflict");
    expect(condition(waiting)?.message).toContain(`${site.namespace}/${site.id}-desk`);
    await moved.reason("address", "hq", "Validated");
    await site.quiet();
    await site.delete("binding", "desk");
    await moved.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual(["create", "associate 0"]);
    await moved.check();
  });
});

describe.concurrent("two TwilioAccount objects for one account", () => {
  it("share one limit: the smallest maxUnprotected", async () => {
    const site = await stage.site({ numbers: 3, account: { maxUnprotected: 3 } });
    await site.settled(3);
    await site.apply("account", `${site.id}-b`, {
      accountSid: site.sid,
      credentialsSecretRef: { name: site.id },
      maxUnprotected: 0,
    });
    await site.reason("account", `${site.id}-b`, "Authenticated");
    await site.mark();
    await site.patch("address", "hq", { spec: { street: "3 Third St" } });
    const waiting = await site.reason("binding", "desk", "WaitingForBudget");
    expect(condition(waiting)?.message).toContain("frozen");
    expect(await site.writes()).toEqual(["create"]);
    await site.patch("account", `${site.id}-b`, { spec: { maxUnprotected: 1 } });
    await site.until("binding", "desk2", "moved", (object) => object.status["operation"] === undefined);
    for (const name of ["desk", "desk1", "desk2"]) await site.reason("binding", name, "Registered", 20_000);
    await site.check();
  });
});

describe.concurrent("an object whose account is another now", () => {
  it("says AccountMismatch and writes nothing", async () => {
    const [site, other] = [await stage.site(), await stage.site()];
    await site.settled();
    const { spec } = await other.get("account", other.id);
    await site.delete("account", site.id);
    await site.apply("account", site.id, { ...spec });
    await site.reason("binding", "desk", "AccountMismatch");
    await site.reason("address", "hq", "AccountMismatch");
    await other.quiet();
    expect(await site.writes()).toEqual([]);
    expect(await other.writes()).toEqual([]);
  });
});

describe.concurrent("somebody at the Console", () => {
  it("who edits our Address has it superseded, and its numbers moved with approval only", async () => {
    const site = await stage.site();
    await site.settled();
    const before = sidOf(await site.get("address", "hq"));
    await site.edit(before, { street: "66 Elsewhere" });
    await site.reason("binding", "desk", "AwaitingApproval");
    const after = sidOf(await site.reason("address", "hq", "Validated"));
    expect(after).not.toBe(before);
    await site.quiet();
    expect(await site.writes()).toEqual(["create"]);
    await site.approve("desk");
    await site.reason("binding", "desk", "Registered");
    await site.until("address", "hq", "tidy", ({ status }) => status["retiringSids"] === undefined);
    expect(await site.writes()).toEqual(["create", "disassociate 0", "associate 0", "delete"]);
    await site.check();
  });

  it("who switches our Address's emergency use off has it superseded likewise", async () => {
    const site = await stage.site();
    await site.settled();
    await site.edit(sidOf(await site.get("address", "hq")), { emergency_enabled: false });
    await site.reason("binding", "desk", "AwaitingApproval");
    expect(await site.writes()).toEqual(["create"]);
    await site.check();
  });

  it("who takes the address from a number sees it put back", async () => {
    const site = await stage.site();
    await site.settled();
    const before = await site.slot();
    await site.editNumber({ emergency_address_sid: null, emergency_address_status: "unregistered" });
    await site.untilSlot(before);
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual(["associate 0"]);
    await site.check();
  });

  it("who gives a number another address keeps it until somebody approves", async () => {
    const site = await byHand();
    await site.editNumber({ emergency_address_sid: null, emergency_address_status: "unregistered" });
    await site.settled();
    await site.editNumber({ emergency_address_sid: FOREIGN, emergency_address_status: "registered" });
    const asked = await site.reason("binding", "desk", "AwaitingApproval");
    expect(condition(asked)?.message).toContain("spec.sid of a new EmergencyAddress");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    expect(await site.slot()).toBe(`${FOREIGN} registered`);
    await site.check();
  });

  it("who gives a number another address keeps it for good by a new object that adopts it", async () => {
    const site = await byHand();
    await site.editNumber({ emergency_address_sid: null, emergency_address_status: "unregistered" });
    await site.settled();
    await site.editNumber({ emergency_address_sid: FOREIGN, emergency_address_status: "registered" });
    await site.reason("binding", "desk", "AwaitingApproval");
    await site.address("found", { sid: FOREIGN });
    await site.patch("binding", "desk", { spec: { addressRef: { name: site.named("address", "found") } } });
    await site.reason("binding", "desk", "Registered");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    expect(await site.slot()).toBe(`${FOREIGN} registered`);
    await site.check();
  });

  it("who switches a domain off sees it switched on again", async () => {
    const site = await stage.site({ domains: 1 });
    await site.settled();
    await site.domain("sip", {}, "desk");
    await site.reason("domain", "sip", "Configured");
    await site.quiet();
    await site.mark();
    await site.edit(site.domainSid(), { emergency_calling_enabled: false });
    await site.untilWrites(["enable"]);
    await site.quiet();
    await site.reason("domain", "sip", "Configured");
    expect(await site.writes()).toEqual(["enable"]);
    await site.check();
  });

  it("who deletes our Address sees it made again, and its number registered there", async () => {
    const site = await stage.site();
    await site.settled();
    const before = sidOf(await site.get("address", "hq"));
    await site.editNumber({ emergency_address_sid: null, emergency_address_status: "unregistered" });
    await site.control.remove(site.sid, before);
    await site.until("address", "hq", "made again", (object) => sidOf(object) !== before);
    await site.reason("binding", "desk", "Registered");
    expect((await site.writes()).filter((write) => write === "create")).toEqual(["create"]);
    await site.check();
  });
});

describe.concurrent("a lost status", () => {
  it("costs nothing where all is settled", async () => {
    const site = await stage.site({ domains: 1 });
    await site.settled();
    await site.domain("sip", {}, "desk");
    await site.reason("domain", "sip", "Configured");
    await site.quiet();
    await site.mark();
    for (const [kind, name] of [
      ["address", "hq"],
      ["binding", "desk"],
      ["domain", "sip"],
    ] as const)
      await site.wipe(kind, name);
    await site.reason("address", "hq", "Validated");
    await site.reason("binding", "desk", "Registered");
    await site.reason("domain", "sip", "Configured");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });

  it("of a number in mid-change still ends registered", async () => {
    const site = await stage.site();
    await site.settled();
    await site.patch("address", "hq", { spec: { street: "4 Fourth St" } });
    await site.untilSlot(/unregist/);
    await site.wipe("binding", "desk");
    await site.wipe("address", "hq");
    await site.reason("binding", "desk", "Registered");
    const streets = await eventually(async () => {
      const { addresses } = await site.twilio();
      return addresses.length === 1 ? addresses.map(({ street }) => street) : undefined;
    });
    expect(streets).toEqual(["4 Fourth St"]);
    await site.quiet();
    const { metadata } = await site.get("binding", "desk");
    expect(metadata.finalizers ?? []).toEqual([]);
    await site.check();
  });
});
