/** The control API under /_emulator: settings, faults, time, the record, and edits as by somebody in the Console. */
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { loadAccount } from "./data.ts";
import type { Dispatcher } from "./dispatch.ts";
import type { FaultRule } from "./faults.ts";
import { addDomain } from "./domains.ts";
import { addNumber } from "./numbers.ts";
import { newSid, toJson, type Json, type PhoneNumber, type Resource } from "./resources.ts";
import { unknownSettings, type Settings } from "./settings.ts";
import type { Account, World } from "./world.ts";

export function controlApp(dispatcher: Dispatcher): Hono {
  const { world, faults, recorder, history } = dispatcher;
  const app = new Hono();
  app.get("/settings", (c) => c.json(world.settings));
  app.patch("/settings", async (c) => {
    const patch = await c.req.json<Partial<Settings>>();
    const unknown = unknownSettings(patch);
    if (unknown.length > 0) return c.json({ error: `unknown settings: ${unknown.join(", ")}` }, 400);
    world.settings = { ...world.settings, ...patch };
    return c.json(world.settings);
  });
  app.get("/faults", (c) => c.json(faults.list()));
  app.post("/faults", async (c) => {
    const rule = await c.req.json<FaultRule>();
    faults.add(rule);
    if (rule.action.type === "lag")
      for (const account of world.accounts.values()) history.remember(account, world.now());
    return c.json({ added: rule.name });
  });
  app.delete("/faults", (c) => {
    faults.remove(c.req.query("name"));
    if (!faults.list().some((rule) => rule.action.type === "lag")) history.clear();
    return c.json({});
  });
  app.post("/advance", async (c) => {
    world.advance((await c.req.json<{ readonly ms: number }>()).ms);
    return c.json({ now: world.now() });
  });
  app.post("/settle", (c) => {
    world.settleAll();
    return c.json({});
  });
  app.get("/requests", (c) => {
    const accountSid = c.req.query("accountSid");
    const records = recorder.since(Number(c.req.query("since") ?? 0));
    return c.json(
      accountSid === undefined ? records : records.filter((record) => record.accountSid === accountSid),
    );
  });
  app.delete("/requests", (c) => {
    recorder.clear();
    return c.json({});
  });
  app.get("/requests/stream", (c) =>
    streamSSE(c, async (stream) => {
      const stop = recorder.listen((record) => void stream.writeSSE({ data: JSON.stringify(record) }));
      await new Promise<void>((resolve) => stream.onAbort(resolve));
      stop();
    }),
  );
  app.get("/timeline", (c) => {
    catchUpAll(dispatcher);
    return c.json({ timeline: world.timeline, violations: world.violations, warnings: world.warnings });
  });
  app.route("/accounts", accountsApp(dispatcher));
  return app;
}

function accountsApp(dispatcher: Dispatcher): Hono {
  const { world } = dispatcher;
  const app = new Hono();
  app.post("/", async (c) => {
    loadAccount(world, await c.req.json(), "account");
    return c.json({});
  });
  app.get("/:sid", (c) => {
    const account = world.accounts.get(c.req.param("sid"));
    if (account === undefined) return c.json({ error: "no such account" }, 404);
    catchUpAll(dispatcher);
    return c.json(stateOf(account, world.settings));
  });
  app.patch("/:sid", async (c) => {
    const account = world.accounts.get(c.req.param("sid"));
    if (account === undefined) return c.json({ error: "no such account" }, 404);
    const { authToken, suspended } = await c.req.json<{
      readonly authToken?: string;
      readonly suspended?: boolean;
    }>();
    if (authToken !== undefined) account.authToken = authToken;
    if (suspended !== undefined) account.suspended = suspended;
    return c.json({});
  });
  app.patch("/:sid/:resource", async (c) => {
    const account = world.accounts.get(c.req.param("sid"));
    if (account === undefined) return c.json({ error: "no such account" }, 404);
    return c.json(edit(dispatcher, account, c.req.param("resource"), await c.req.json<Json>()));
  });
  app.delete("/:sid/:resource", (c) => {
    const account = world.accounts.get(c.req.param("sid"));
    const resource = c.req.param("resource");
    if (account === undefined) return c.json({ error: "no such account" }, 404);
    const removed = [account.addresses, account.numbers, account.domains].some((map) => map.delete(resource));
    return c.json({ removed });
  });
  return app;
}

/** Changes a resource past all rules, or adds a number (`new-number`) or domain (`new-domain`). */
function edit({ world }: Dispatcher, account: Account, sid: string, fields: Json): Json {
  if (sid === "new-number")
    return toJson(
      addNumber(world, account, { sid: newSid("PN"), phone_number: "", ...fields }),
      world.settings,
    );
  if (sid === "new-domain")
    return toJson(
      addDomain(world, account, { sid: newSid("SD"), domain_name: "", ...fields }),
      world.settings,
    );
  const resource: Resource | undefined =
    account.addresses.get(sid) ?? account.numbers.get(sid) ?? account.domains.get(sid);
  if (resource === undefined) return { error: `no resource ${sid}` };
  if (resource.kind === "number") editSlot(world, resource, fields);
  Object.assign(resource, fields, { updatedAt: world.now() + 1000 });
  return toJson(resource, world.settings);
}

/** What somebody puts into the slot ends what was pending there, and is seen in the timeline. */
function editSlot(world: World, number: PhoneNumber, fields: Json): void {
  const { emergency_address_sid: sid, emergency_address_status: status } = fields as Partial<PhoneNumber>;
  if (sid === undefined && status === undefined) return;
  number.due = undefined;
  world.setSlot(number, {
    sid: sid === undefined ? number.emergency_address_sid : sid,
    status: status ?? number.emergency_address_status,
  });
}

function catchUpAll({ world }: Dispatcher): void {
  for (const account of world.accounts.values())
    for (const number of account.numbers.values()) world.catchUp(number);
}

function stateOf(account: Account, settings: Settings): Json {
  const all = (map: ReadonlyMap<string, Resource>): Json[] =>
    [...map.values()].map((resource) => toJson(resource, settings));
  return {
    sid: account.sid,
    addresses: all(account.addresses),
    numbers: all(account.numbers),
    domains: all(account.domains),
  };
}
