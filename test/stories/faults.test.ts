import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fault } from "./faults.ts";
import { condition, type Site } from "./site.ts";
import { Stage } from "./stage.ts";

const stage = new Stage("faults");
beforeAll(() => stage.open().then(() => undefined));
afterAll(() => stage.close());

const CREATE = { method: "POST", path: "/Addresses.json" };
const NUMBER = { method: "POST", path: "/IncomingPhoneNumbers/" };

/** From nothing to a registered number, whatever goes wrong; and one Address only. */
async function endsRegistered(site: Site): Promise<void> {
  await site.address();
  await site.binding();
  await site.reason("binding", "desk", "Registered", 20_000);
  await site.quiet();
  expect((await site.twilio()).addresses.length).toBe(1);
  await site.check();
}

describe.concurrent("a create whose answer is lost", () => {
  it.each([
    { type: "cut", when: "after" },
    { type: "answerAfter", status: 500 },
    { type: "answerAfter", status: 503 },
    { type: "truncate" },
    { type: "html" },
    { type: "empty" },
  ] as const)("is found by a look-up and not sent again: %o", async (action) => {
    const site = await stage.site();
    await fault(site, { match: CREATE, times: 1, action });
    await endsRegistered(site);
    expect(await site.writes()).toEqual(["create", "associate 0"]);
  });

  it.each([
    { type: "cut", when: "before" },
    { type: "answer", status: 500 },
  ] as const)("is sent again only after the last look is due: %o", async (action) => {
    const site = await stage.site();
    await fault(site, { match: CREATE, times: 1, action });
    await endsRegistered(site);
    expect(await site.writes()).toEqual(["create", "create", "associate 0"]);
    const records = await site.records();
    const posts = records.flatMap(({ method, path }, index) =>
      method === "POST" && path.endsWith("/Addresses.json") ? [index] : [],
    );
    const looks = records
      .slice(posts[0], posts[1])
      .filter(({ method, query }) => method === "GET" && query["FriendlyName"] !== undefined);
    // One that comes late is worth those before it. Due are 50, 150 and 600 ms by --time-scale, from the record that is
    // written before the request: on a busy machine that is a good while earlier.
    const begun = records[posts[0] ?? 0]?.beganAt ?? 0;
    const last = looks.findLast(({ status }) => status === 200)?.beganAt ?? 0;
    expect(last - begun).toBeGreaterThan(200);
  });

  it("is not sent again while the listing lags behind", async () => {
    const site = await stage.site();
    await fault(site, { match: CREATE, times: 1, action: { type: "cut", when: "after" } });
    await fault(site, {
      match: { method: "GET", path: "/Addresses.json" },
      action: { type: "lag", ms: 300 },
    });
    await endsRegistered(site);
    expect(await site.writes()).toEqual(["create", "associate 0"]);
  });
});

describe.concurrent("a write to a number whose answer is lost", () => {
  it.each([
    { type: "cut", when: "after" },
    { type: "answerAfter", status: 502 },
    { type: "truncate" },
    { type: "html" },
  ] as const)("is looked at, and not sent again: %o", async (action) => {
    const site = await stage.site();
    await fault(site, { match: NUMBER, times: 1, action });
    await endsRegistered(site);
    expect(await site.writes()).toEqual(["create", "associate 0"]);
  });

  it.each([
    { type: "cut", when: "before" },
    { type: "answer", status: 500 },
    { type: "answer", status: 409, code: 20409 },
    { type: "answer", status: 429, code: 20429 },
  ] as const)("is sent again where it had no effect: %o", async (action) => {
    const site = await stage.site();
    await fault(site, { match: NUMBER, times: 1, action });
    await endsRegistered(site);
    expect(await site.writes()).toEqual(["create", "associate 0", "associate 0"]);
  });

  it("takes nothing away twice in a change", async () => {
    const site = await stage.site();
    await site.settled();
    await fault(site, { match: NUMBER, times: 2, action: { type: "cut", when: "after" } });
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    await site.until(
      "address",
      "hq",
      "tidy",
      ({ status, metadata }) =>
        status["retiringSids"] === undefined && status["observedGeneration"] === metadata.generation,
    );
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual(["create", "disassociate 0", "associate 0", "delete"]);
    await site.check();
  });
});

describe.concurrent("Twilio too busy", () => {
  it("is waited for: bursts of 429 on everything are no object's fault", async () => {
    const site = await stage.site({ numbers: 3 });
    await fault(site, {
      match: {},
      skip: 3,
      times: 25,
      action: { type: "answer", status: 429, code: 20429, message: "Too Many Requests" },
    });
    await site.address();
    for (const index of [0, 1, 2]) await site.binding(`desk${index}`, index);
    for (const index of [0, 1, 2]) {
      const object = await site.reason("binding", `desk${index}`, "Registered", 30_000);
      expect(object.status["lastError"]).toBeUndefined();
    }
    expect((await site.twilio()).addresses.length).toBe(1);
    await site.check();
  });
});

describe.concurrent("a refusal", () => {
  it("of an association stops the object, with code, request and message, until somebody asks again", async () => {
    const site = await stage.site();
    const refusal = { type: "answer", status: 400, code: 21617, message: "Not this one" } as const;
    await fault(site, { match: NUMBER, times: 1, action: refusal });
    await site.address();
    await site.binding();
    const object = await site.reason("binding", "desk", "RejectedByTwilio");
    expect(condition(object, "Stalled")?.status).toBe("True");
    expect(condition(object)?.message).toMatch(/21617.*RQ\w+.*Not this one/);
    expect(object.status["lastError"]).toMatchObject({ code: 21617 });
    expect(object.status["retry"]).toMatchObject({ count: 1 });
    await site.quiet();
    expect(await site.writes()).toEqual(["create", "associate 0"]);
    await site.annotate("binding", "desk", "requested-at", "now");
    const healed = await site.reason("binding", "desk", "Registered");
    expect(healed.status["lastError"]).toBeUndefined();
    expect(healed.status["retry"]).toBeUndefined();
    expect(healed.status["lastHandledReconcileAt"]).toBe("now");
    await site.check();
  });

  it("with 403 of one route leaves the rest of the account at work", async () => {
    const site = await stage.site({ domains: 1 });
    await site.settled();
    const refusal = { type: "answer", status: 403, code: 20003, message: "No permission" } as const;
    await fault(site, { match: { method: "POST", path: "/SIP/Domains/" }, action: refusal });
    await site.domain();
    await site.reason("domain", "sip", "RejectedByTwilio");
    await site.reason("account", site.id, "Authenticated");
    await site.binding("desk", 0, { emergencyStatus: "Inactive" });
    await site.reason("binding", "desk", "Unregistered");
    expect(await site.slot()).toBe("unregistered");
    await site.check();
  });
});

describe.concurrent("a broken listing", () => {
  it.each([
    { type: "truncate" },
    { type: "html" },
    { type: "html", status: 502 },
    { type: "empty" },
    { type: "answer", status: 500 },
    { type: "cut", when: "before" },
  ] as const)("is thrown away whole, and settled objects keep their status: %o", async (action) => {
    const site = await stage.site();
    await site.settled();
    const before = await site.get("binding", "desk");
    await fault(site, { match: { method: "GET", path: "/IncomingPhoneNumbers.json" }, times: 4, action });
    await listings(site, 5);
    expect(await site.writes()).toEqual([]);
    const after = await site.get("binding", "desk");
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    await stage.control.removeFaults(site.id);
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });
});

/** So many listings of numbers were asked for since the mark. */
async function listings(site: Site, count: number): Promise<void> {
  for (const until = Date.now() + 15_000; Date.now() < until;) {
    const lists = (await site.records()).filter(({ path }) => path.endsWith("/IncomingPhoneNumbers.json"));
    if (lists.length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not ${count} listings in time`);
}

describe.concurrent("a listing that lacks what is there", () => {
  it.each([0.5, 1])("is suspect, and nothing is made or taken away for it: %d of each", async (part) => {
    const site = await stage.site({ numbers: 4 });
    await site.settled(4);
    for (const path of ["/IncomingPhoneNumbers.json", "/Addresses.json"])
      await fault(site, { match: { method: "GET", path }, action: { type: "shrink", part } });
    await listings(site, 4);
    expect(await site.writes()).toEqual([]);
    for (const name of ["desk", "desk1", "desk2", "desk3"]) {
      const { conditions } = (await site.get("binding", name)).status;
      expect(conditions).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
    }
    await stage.control.removeFaults(site.id);
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });

  it("does not make an Address of ours again that a listing lacks once", async () => {
    const site = await stage.site();
    await site.settled();
    await fault(site, {
      match: { method: "GET", path: "/Addresses.json" },
      times: 3,
      action: { type: "shrink", part: 1 },
    });
    await listings(site, 4);
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    await site.check();
  });
});

describe.concurrent("credentials that Twilio refuses for a while", () => {
  it("show on the account and on objects with pending work; settled objects keep their status", async () => {
    const site = await stage.site({ numbers: 2 });
    await site.settled();
    const before = await site.get("binding", "desk");
    await site.control.setAccount(site.sid, { authToken: "another" });
    const account = await site.reason("account", site.id, "CredentialsRejected");
    expect(condition(account, "Stalled")?.status).toBe("True");
    expect(condition(account)?.message).toContain(site.id);
    await site.binding("desk1", 1);
    const pending = await site.reason("binding", "desk1", "CredentialsRejected");
    expect(condition(pending)?.status).toBe("Unknown");
    const after = await site.get("binding", "desk");
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    expect((await site.writes()).filter((write) => write.startsWith("associate"))).toEqual([]);
    await site.control.setAccount(site.sid, { authToken: "token" });
    await site.reason("binding", "desk1", "Registered");
    await site.reason("account", site.id, "Authenticated");
    await site.check();
  });

  it("are mended at once by a new Secret", async () => {
    const site = await stage.site();
    await site.settled();
    await site.control.setAccount(site.sid, { authToken: "rotated" });
    await site.reason("account", site.id, "CredentialsRejected");
    await site.secret({ authToken: "rotated" });
    const account = await site.reason("account", site.id, "Authenticated", 1_500);
    expect(condition(account)?.status).toBe("True");
    await site.check();
  });
});
