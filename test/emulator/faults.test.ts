/** Faults on purpose: what the caller sees, and whether the write took effect all the same. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FaultRule } from "../support/emulator.ts";
import { ACCOUNT, NUMBER, OFFICE, run, TOKEN, basic, type Running } from "./running.ts";

let twilio: Running;

beforeEach(async () => {
  twilio = await run();
});

afterEach(() => twilio.stop());

const fault = (action: FaultRule["action"], over: Partial<FaultRule> = {}): Promise<unknown> =>
  twilio.control.addFault({
    name: "the fault",
    match: { path: "/Addresses.json" },
    times: 1,
    ...over,
    action,
  });

const create = () => twilio.post("/Addresses.json", OFFICE);
const count = async (): Promise<number> => (await twilio.control.account(ACCOUNT)).addresses.length;

describe("a write", () => {
  it.each([
    ["answered without effect", { type: "answer", status: 503, code: 20503 }, 503, 0],
    ["carried out but answered otherwise", { type: "answerAfter", status: 500, code: 20500 }, 500, 1],
  ] as const)("%s", async (_, action, status, effect) => {
    await fault(action);
    expect((await create()).status).toBe(status);
    expect(await count()).toBe(effect);
    expect((await create()).status).toBe(201);
  });

  it.each([
    ["before", 0],
    ["after", 1],
  ] as const)("cut %s it took effect", async (when, effect) => {
    await fault({ type: "cut", when });
    await expect(create()).rejects.toThrow("fetch failed");
    expect(await count()).toBe(effect);
    expect((await twilio.control.requests()).at(-1)).toMatchObject({
      status: 0,
      fault: "the fault",
      effect: effect === 1,
    });
  });

  it("ignored, though the answer is yes and has the record in it", async () => {
    await fault({ type: "ignore" }, { match: { method: "POST", path: NUMBER } });
    const answer = await twilio.post(`/IncomingPhoneNumbers/${NUMBER}.json`, { FriendlyName: "desk" });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ sid: NUMBER });
    const { numbers } = await twilio.control.account(ACCOUNT);
    expect(numbers.find(({ sid }) => sid === NUMBER)?.["friendly_name"]).not.toBe("desk");
    expect((await twilio.control.requests()).at(-1)).toMatchObject({ method: "POST", effect: false });
  });

  it.each([["truncate"], ["html"], ["empty"]] as const)(
    "answered by what cannot be read: %s",
    async (type) => {
      await fault({ type });
      const response = await fetch(`${twilio.emulator.url}/2010-04-01/Accounts/${ACCOUNT}/Addresses.json`, {
        method: "POST",
        headers: { authorization: basic(ACCOUNT, TOKEN) },
        body: new URLSearchParams(OFFICE),
      });
      const text = await response.text();
      expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
      expect(await count()).toBe(1);
    },
  );

  it("throttled with Retry-After, as often as asked and then no more", async () => {
    await fault({ type: "answer", status: 429, code: 20429, headers: { "retry-after": "2" } }, { times: 2 });
    const replies = [await create(), await create(), await create()];
    expect(replies.map((reply) => reply.status)).toEqual([429, 429, 201]);
    expect(replies[0]?.headers.get("retry-after")).toBe("2");
  });

  it("matched by its fields, after some are let through", async () => {
    await fault(
      { type: "answer", status: 409 },
      { match: { method: "POST", form: { Street: "1 Main St" } }, skip: 1 },
    );
    expect((await twilio.post("/Addresses.json", { ...OFFICE, Street: "9 Other St" })).status).toBe(201);
    expect((await create()).status).toBe(201);
    expect((await create()).status).toBe(409);
  });
});

describe("a listing", () => {
  it("lags behind by as much as asked", async () => {
    await fault({ type: "lag", ms: 60_000 }, { match: { method: "GET", path: "/Addresses.json" }, times: 1 });
    await create();
    const rows = async () => ((await twilio.get("/Addresses.json")).body["addresses"] as unknown[]).length;
    expect(await rows()).toBe(0);
    expect(await rows()).toBe(1);
  });

  it("shrinks, and lacks its second page", async () => {
    for (let i = 0; i < 4; i += 1) await create();
    await fault({ type: "shrink", part: 0.5 }, { match: { method: "GET", path: "/Addresses.json" } });
    expect((await twilio.get("/Addresses.json")).body["addresses"]).toHaveLength(2);
    await fault({ type: "missingPage" }, { match: { method: "GET", path: "/Addresses.json" } });
    expect((await twilio.get("/Addresses.json?PageSize=2")).body["next_page_uri"]).toBeNull();
    expect((await twilio.get("/Addresses.json?PageSize=2")).body["next_page_uri"]).not.toBeNull();
  });
});

it("more requests than the limit at a time are answered 429", async () => {
  await twilio.control.set({ concurrencyLimit: 2, latencyMs: 50 });
  const replies = await Promise.all([1, 2, 3, 4].map(() => twilio.get("/Addresses.json")));
  expect(
    replies.map((reply) => reply.status).filter((status) => status === 429).length,
  ).toBeGreaterThanOrEqual(1);
  expect(
    replies.some((reply) => reply.status === 200 && reply.headers.get("twilio-concurrent-requests") === "2"),
  ).toBe(true);
});

it("records every request with its fields, and tells it to who listens", async () => {
  const heard: string[] = [];
  const stop = new AbortController();
  const listening = twilio.control
    .watch((record) => heard.push(record.method), stop.signal)
    .catch(() => undefined);
  await expect.poll(async () => (await twilio.get("/Addresses.json"), heard.length)).toBeGreaterThan(0);
  await create();
  const [write] = await twilio.control.writes(ACCOUNT);
  expect(write).toMatchObject({ method: "POST", form: { Street: "1 Main St" }, status: 201, effect: true });
  await expect.poll(() => heard).toContain("POST");
  stop.abort();
  await listening;
});
