import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stage } from "./stage.ts";
import { condition } from "./site.ts";

const stage = new Stage("deletion");
beforeAll(() => stage.open().then(() => undefined));
afterAll(() => stage.close());

describe.concurrent("deleting a binding", () => {
  it("goes at once with deletionPolicy Retain, and the number stays registered", async () => {
    const site = await stage.site();
    await site.settled();
    await site.delete("binding", "desk");
    await site.gone("binding", "desk");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    expect(await site.slot()).toMatch(/registered$/);
    await site.check();
  });

  it("waits for confirmation with Unregister, then unregisters the number and goes", async () => {
    const site = await stage.site();
    await site.settled(1, { deletionPolicy: "Unregister" });
    await site.delete("binding", "desk");
    const blocked = await site.reason("binding", "desk", "DeletionBlocked");
    expect(condition(blocked)?.message).toContain("confirm-delete");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.annotate("binding", "desk", "confirm-delete");
    await site.gone("binding", "desk");
    expect(await site.writes()).toEqual(["disassociate 0"]);
    expect(await site.slot()).toBe("unregistered");
    await site.check();
  });
});
