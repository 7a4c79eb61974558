/** Credentials are read from Secrets that accounts name, used within seconds, and never written anywhere. */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../support/control-plane/ports.ts";
import { formsOf, leaksIn, outputsOf } from "./outputs.ts";
import { condition, eventually, type Site } from "./site.ts";
import { Stage } from "./stage.ts";

const PRELOAD = fileURLToPath(new URL("preload/crash.mjs", import.meta.url));

/** Of the length that Twilio gives them. */
function secret(): string {
  return randomBytes(16).toString("hex");
}

let stage: Stage;
let metrics: string;
beforeAll(async () => {
  metrics = `127.0.0.1:${await freePort()}`;
  const launch = { node: ["--import", PRELOAD] };
  stage = await new Stage("secrets", { flags: ["--metrics-addr", metrics], launch }).open();
});
afterAll(() => stage.close());

/** Of anything that can be read from outside. */
async function leaks(credentials: readonly string[]): Promise<readonly string[]> {
  return leaksIn(await outputsOf(stage, metrics), credentials);
}

/** A site whose account has this token. */
async function siteWith(token: string): Promise<Site> {
  const site = await stage.site({ numbers: 2 });
  await site.control.setAccount(site.sid, { authToken: token });
  await site.secret({ authToken: token });
  // The operator may only just have been started.
  await site.reason("account", site.id, "Authenticated", 60_000);
  return site;
}

describe("credentials", () => {
  it("right or wrong, are in no output; a changed Secret works within seconds", async () => {
    const [right, wrong, half, next] = [secret(), secret(), secret(), secret()];
    const site = await siteWith(right);
    await site.settled();
    await site.secret({ authToken: wrong });
    const refused = await site.reason("account", site.id, "CredentialsRejected");
    expect(condition(refused)?.message).toContain(site.id);
    await site.secret({ apiKeySid: `SK${secret()}`, apiKeySecret: wrong });
    await site.reason("account", site.id, "CredentialsRejected");
    await site.secret({ apiKeySid: `SK${secret()}`, other: half });
    await site.reason("account", site.id, "SecretInvalid");
    await site.control.setAccount(site.sid, { authToken: next });
    await site.secret({ authToken: next });
    await site.reason("account", site.id, "Authenticated", 10_000);
    await site.binding("desk1", 1);
    await site.reason("binding", "desk1", "Registered");
    // Events are sent a moment after what they tell of.
    const told = await eventually(async () => {
      const { events } = await outputsOf(stage, metrics);
      return events.includes("AssociateAddress") ? true : undefined;
    });
    expect(told).toBe(true);
    expect(stage.operator.log.join("\n")).toContain("listing the account failed");
    expect(await leaks([right, wrong, half, next].flatMap((value) => formsOf(site.sid, value)))).toEqual([]);
    await site.check();
  });

  it("are taken from another Secret when the account names another one, and no longer from the old one", async () => {
    const [first, second] = [secret(), secret()];
    const [site, other] = [await siteWith(first), await siteWith(second)];
    await site.control.setAccount(site.sid, { authToken: second });
    await site.reason("account", site.id, "CredentialsRejected");
    // The operator may read only Secrets with the names of sites; this one now serves two accounts.
    await site.patch("account", site.id, { spec: { credentialsSecretRef: { name: other.id } } });
    await site.reason("account", site.id, "Authenticated", 10_000);
    const third = secret();
    for (const each of [site, other]) await each.control.setAccount(each.sid, { authToken: third });
    for (const each of [site, other]) await each.reason("account", each.id, "CredentialsRejected");
    await other.secret({ authToken: third });
    for (const each of [site, other]) await each.reason("account", each.id, "Authenticated", 10_000);
    await site.secret({ authToken: secret() });
    await site.quiet();
    expect(condition(await site.get("account", site.id))?.reason).toBe("Authenticated");
  });

  it("are in nothing that a crash prints, and the crash ends the process", async () => {
    const token = secret();
    const site = await siteWith(token);
    await site.quiet();
    const { operator } = stage;
    operator.send("SIGUSR2");
    expect(await operator.ended).toBe(1);
    const crash = operator.log.find((line) => line.includes("a fault on purpose"));
    expect(JSON.parse(crash ?? "{}")).toMatchObject({ level: "error", msg: "crashed" });
    expect(leaksIn({ log: operator.log.join("\n") }, formsOf(site.sid, token))).toEqual([]);
    stage.start();
    const isBack = await eventually(async () => {
      const response = await fetch(`http://${metrics}/metrics`).catch(() => undefined);
      return response?.ok === true ? true : undefined;
    });
    expect(isBack).toBe(true);
  });
});
