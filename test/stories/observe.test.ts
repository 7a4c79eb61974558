/** S6: Observe, suspend and dry-run write nothing, and still tell the truth. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { condition } from "./site.ts";
import { Stage } from "./stage.ts";

const stage = new Stage("observe");
const dry = new Stage("dry-run", { flags: ["--dry-run"] });
beforeAll(() => Promise.all([stage.open(), dry.open()]).then(() => undefined));
afterAll(() => Promise.all([stage.close(), dry.close()]));

const OBSERVE = { managementPolicy: "Observe" };

describe.concurrent("an account that is only observed", () => {
  it("gets no write, and its objects show what is missing", async () => {
    const site = await stage.site({ account: OBSERVE, domains: 1 });
    await site.address();
    await site.binding();
    await site.domain();
    const binding = await site.reason("binding", "desk", "Observing");
    expect(condition(binding)?.status).not.toBe("True");
    expect(condition(await site.reason("address", "hq", "Observing"), "Drifted")?.status).toBe("True");
    expect(condition(await site.reason("domain", "sip", "Observing"), "Drifted")?.status).toBe("True");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });

  it("is set up once it is managed, and let be when it is observed again", async () => {
    const site = await stage.site({ account: OBSERVE });
    await site.address();
    await site.binding();
    await site.reason("binding", "desk", "Observing");
    await site.patch("account", site.id, { spec: { managementPolicy: "Manage" } });
    await site.reason("binding", "desk", "Registered");
    await site.patch("account", site.id, { spec: OBSERVE });
    await site.mark();
    const settled = await site.until(
      "binding",
      "desk",
      "observed and Ready",
      (object) => condition(object)?.reason === "Observing" && condition(object)?.status === "True",
    );
    expect(condition(settled, "Drifted")?.status).not.toBe("True");
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    await site.until("address", "hq", "drifted", (object) => condition(object, "Drifted")?.status === "True");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });
});

describe.concurrent("one object that is only observed", () => {
  it("keeps its own hands off, whatever the account says", async () => {
    const site = await stage.site({ numbers: 2 });
    await site.address();
    await site.binding("desk", 0, OBSERVE);
    await site.binding("desk1", 1);
    await site.reason("binding", "desk1", "Registered");
    await site.reason("binding", "desk", "Observing");
    await site.quiet();
    expect(await site.writes()).toEqual(["create", "associate 1"]);
    await site.check();
  });
});

describe.concurrent("suspend", () => {
  it("stops a change before it begins, and goes on when it is lifted", async () => {
    const site = await stage.site();
    await site.settled();
    await site.patch("binding", "desk", { spec: { suspend: true } });
    const suspended = await site.reason("binding", "desk", "Suspended");
    expect(condition(suspended)?.status).toBe("True");
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    await site.until("binding", "desk", "no longer true", (object) => condition(object)?.status !== "True");
    await site.quiet();
    expect(await site.writes()).toEqual(["create"]);
    await site.patch("binding", "desk", { spec: { suspend: false } });
    await site.reason("binding", "desk", "Registered");
    expect((await site.writes()).slice(0, 3)).toEqual(["create", "disassociate 0", "associate 0"]);
    await site.check();
  });

  it("keeps an address from being made", async () => {
    const site = await stage.site();
    await site.address("hq", { suspend: true });
    await site.binding();
    await site.reason("address", "hq", "Suspended");
    await site.reason("binding", "desk", "WaitingForAddress");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });
});

describe.concurrent("an operator started with --dry-run", () => {
  it("writes nothing to Twilio", async () => {
    const site = await dry.site({ domains: 1 });
    await site.address();
    await site.binding();
    await site.domain("sip", {}, "desk");
    await site.quiet();
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });
});
