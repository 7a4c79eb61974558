/** The operator killed at any moment and started again: the same end, and nothing twice. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "./site.ts";
import { Stage } from "./stage.ts";

const stage = new Stage("restart");
beforeAll(() => stage.open().then(() => undefined));
afterAll(() => stage.close());

/** What the story writes when nobody disturbs it; creating the domain and the number may change places. */
const WRITES = [
  "create",
  "enable",
  "associate 0",
  "set caller",
  "create",
  "disassociate 0",
  "associate 0",
  "delete",
];

/** A number that is a domain's caller is registered, and then moves to another address with approval. */
async function play(site: Site): Promise<void> {
  await site.address();
  await site.domain("sip", {}, "desk");
  await site.binding("desk", 0, { deletionPolicy: "Unregister" });
  await site.reason("domain", "sip", "Configured", 20_000);
  await site.patch("address", "hq", { spec: { street: "2 Side St" } });
  await site.until(
    "binding",
    "desk",
    "a plan to approve",
    ({ status }) => status["pendingPlan"] !== undefined,
    20_000,
  );
  await site.approve("desk");
  const isTidy = ({ status }: { readonly status: Readonly<Record<string, unknown>> }): boolean =>
    status["retiringSids"] === undefined && status["boundNumbers"] === 1;
  await site.until("address", "hq", "tidy", isTidy, 20_000);
  await site.reason("binding", "desk", "Registered", 20_000);
  await site.reason("domain", "sip", "Configured", 20_000);
}

/** What there is at Twilio in the end, without what differs from site to site. */
async function end(site: Site): Promise<unknown> {
  const { addresses, numbers, domains } = await site.twilio();
  const street = (sid: unknown): unknown => addresses.find((address) => address.sid === sid)?.["street"];
  return {
    addresses: addresses.map((address) => address["street"]),
    numbers: numbers.map((number) => [
      street(number["emergency_address_sid"]),
      number["emergency_address_status"],
    ]),
    domains: domains.map((domain) => [
      domain["emergency_calling_enabled"],
      domain["emergency_caller_sid"] === site.numberSid(),
    ]),
  };
}

const END = {
  addresses: ["2 Side St"],
  numbers: [["2 Side St", "registered"]],
  domains: [[true, true]],
};

/** Kills the operator as soon as the emulator has answered that write, and starts it again. */
async function killedAfter(site: Site, write: number): Promise<boolean> {
  const abort = new AbortController();
  let seen = 0;
  let killed: Promise<void> | undefined;
  const watching = stage.control.watch((record) => {
    if (record.method === "GET" || record.accountSid !== site.sid) return;
    seen += 1;
    if (seen === write) killed = stage.operator.end("SIGKILL").then(() => void stage.start());
  }, abort.signal);
  await play(site);
  abort.abort();
  await watching.catch(() => undefined);
  await killed;
  return killed !== undefined;
}

describe("an operator that is left alone", () => {
  it("writes each thing once", async () => {
    const site = await stage.site({ domains: 1 });
    await play(site);
    expect((await site.writes()).toSorted()).toEqual(WRITES.toSorted());
    expect(await end(site)).toEqual(END);
    await site.check();
  });
});

describe("an operator killed right after its write", () => {
  it.each(WRITES.map((_, index) => index + 1))("number %d ends where it would have ended", async (write) => {
    const site = await stage.site({ domains: 1 });
    expect(await killedAfter(site, write)).toBe(true);
    expect(await end(site)).toEqual(END);
    const writes = await site.writes();
    expect(writes.filter((each) => each === "create")).toHaveLength(2);
    expect(writes.filter((each) => each === "disassociate 0")).toHaveLength(1);
    await site.check();
  });
});

describe("an operator that is stopped and started again", () => {
  it("ends with exit code 0, and writes nothing when it comes back to a settled world", async () => {
    const site = await stage.site({ domains: 1 });
    await play(site);
    await site.mark();
    const before = (await site.objects()).map(({ metadata }) => metadata.resourceVersion);
    await stage.operator.end("SIGTERM");
    expect(await stage.operator.ended).toBe(0);
    stage.start();
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    const objects = (await site.objects()).filter(({ kind }) => kind !== "TwilioAccount");
    expect(before).toEqual(expect.arrayContaining(objects.map(({ metadata }) => metadata.resourceVersion)));
    await site.check();
  });
});

describe("an operator that comes back when the number that it moved is registered already", () => {
  it("goes on with the number that waits for the budget", async () => {
    const site = await stage.site({ numbers: 2 });
    await site.settled(2);
    await site.mark();
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    await site.untilWrites(["create", "disassociate 0", "associate 0"]);
    await stage.operator.end("SIGKILL");
    await site.untilSlot(/ registered$/);
    stage.start();
    const isTidy = ({ status }: { readonly status: Readonly<Record<string, unknown>> }): boolean =>
      status["retiringSids"] === undefined && status["boundNumbers"] === 2;
    await site.until("address", "hq", "tidy", isTidy, 20_000);
    const moves = [0, 1].flatMap((index) => [`disassociate ${index}`, `associate ${index}`]);
    expect(await site.writes()).toEqual(["create", ...moves, "delete"]);
    await site.check();
  });
});
