import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { condition, type Site } from "./site.ts";
import { blocked, deleteAll, OTHER_STREET } from "./deletion.ts";
import { refuseAssociations } from "./faults.ts";
import { Stage } from "./stage.ts";

const stage = new Stage("mid-change");
beforeAll(() => stage.open().then(() => undefined));
afterAll(() => stage.close());

describe.concurrent("deleting a binding in the middle of a change", () => {
  /** The number has just lost its old address and waits at Twilio. */
  async function midChange(binding: object = {}): Promise<Site> {
    const site = await stage.site();
    await site.settled(1, binding);
    await site.patch("address", "hq", { spec: OTHER_STREET });
    await site.untilSlot(/unregist/);
    return site;
  }

  it("is held by the finalizer, ends at the new Address, and then goes", async () => {
    const site = await midChange();
    const seen = await site.find("binding", "desk");
    expect(seen?.metadata.finalizers).toEqual(["emergency.twilio-operator.io/finalizer"]);
    await site.delete("binding", "desk");
    await site.gone("binding", "desk");
    expect(await site.slot()).toMatch(/ registered$/);
    const { addresses, numbers } = await site.twilio();
    const at = addresses.find(({ sid }) => sid === numbers[0]?.["emergency_address_sid"]);
    expect(at?.["street"]).toBe(OTHER_STREET.street);
    await site.check();
  });

  it("goes back to the previous Address when the new one fails, and then goes", async () => {
    const site = await stage.site();
    await site.settled();
    const before = await site.slot();
    await refuseAssociations(site);
    await site.patch("address", "hq", { spec: OTHER_STREET });
    await site.untilSlot(/unregist/);
    await site.delete("binding", "desk");
    await site.gone("binding", "desk");
    expect(await site.slot()).toBe(before);
    await site.check();
  });

  it("lets it go by confirm-abandon when Twilio takes the number at neither Address", async () => {
    const site = await stage.site();
    await site.settled();
    await stage.control.addFault({
      name: site.id,
      match: { method: "POST", path: site.numberSid() },
      skip: 1,
      action: { type: "answer", status: 400, code: 21999, message: "No such luck" },
    });
    await site.patch("address", "hq", { spec: OTHER_STREET });
    await site.untilSlot(/unregist/);
    await site.delete("binding", "desk");
    expect(await blocked(site, "binding", "desk")).toContain("confirm-abandon");
    const held = await site.get("binding", "desk");
    expect(condition(held, "Unprotected")?.status).toBe("True");
    await site.annotate("binding", "desk", "confirm-abandon");
    await site.gone("binding", "desk");
    await site.check();
  });

  it("makes room for the number that waits for the budget when it is let go", async () => {
    const site = await stage.site({ numbers: 2 });
    await site.settled(2);
    await refuseAssociations(site, "busy");
    await site.patch("address", "hq", { spec: OTHER_STREET });
    await site.reason("binding", "desk1", "WaitingForBudget");
    await site.untilSlot(/^unregistered$/);
    await site.annotate("binding", "desk", "confirm-abandon");
    await site.delete("binding", "desk");
    await site.gone("binding", "desk");
    await site.reason("binding", "desk1", "Registered");
    expect(await site.slot()).toBe("unregistered");
    await site.check();
  });

  it.each([{ suspend: true }, { managementPolicy: "Observe" }])(
    "is held by %o, unprotected",
    async (policy) => {
      const site = await stage.site();
      await site.settled();
      await refuseAssociations(site, "busy");
      await site.patch("address", "hq", { spec: OTHER_STREET });
      await site.untilSlot(/unregist/);
      await site.patch("binding", "desk", { spec: policy });
      await site.delete("binding", "desk");
      await site.quiet();
      await site.mark();
      await stage.control.removeFaults(site.id);
      await site.quiet();
      const held = await site.get("binding", "desk");
      expect(condition(held, "Unprotected")?.status).toBe("True");
      expect(await site.writes()).toEqual([]);
      await site.patch("binding", "desk", { spec: { suspend: false, managementPolicy: "Manage" } });
      await site.gone("binding", "desk");
      expect(await site.slot()).toMatch(/ registered$/);
      await site.check();
    },
  );

  it("a confirmed Unregister ends unregistered", async () => {
    const site = await midChange({ deletionPolicy: "Unregister" });
    await site.annotate("binding", "desk", "confirm-delete");
    await site.delete("binding", "desk");
    await site.gone("binding", "desk");
    expect(await site.slot()).toBe("unregistered");
    await site.check();
  });
});

/** Many at once: news of an end comes by the watch, by a live read or by our own release, in any order. */
it("lets go of whole sites in order, also after a change", async () => {
  const leave = async (site: Site): Promise<void> => {
    await site.settled(1, { deletionPolicy: "Unregister" }, { deletionPolicy: "Delete" });
    await site.domain("sip", { deletionPolicy: "Disable" });
    await site.reason("domain", "sip", "Configured");
    await site.patch("address", "hq", { spec: OTHER_STREET });
    await site.until("binding", "desk", "moved", ({ status }) => status["appliedAddressSids"]?.length === 2);
    await site.reason("binding", "desk", "Registered");
    await deleteAll(site);
    expect((await site.twilio()).addresses).toEqual([]);
    await site.check();
  };
  const sites = await Promise.all(Array.from({ length: 10 }, () => stage.site({ domains: 1 })));
  await Promise.all(sites.map(leave));
});
