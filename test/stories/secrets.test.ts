/** Credentials are read from Secrets that accounts name, used without a restart, and never written to the log. */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../support/control-plane/ports.ts";
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

/** As it is, as HTTP sends it, and as a Secret holds it. */
function formsOf(user: string, password: string): readonly string[] {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return [password, base64(`${user}:${password}`), base64(password)];
}

function expectNone(log: string, forms: readonly string[]): void {
  for (const form of forms) expect(log.includes(form), "the log has a credential in it").toBe(false);
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
  it("are taken from another Secret when the account names another one, and no longer from the old one", async () => {
    const [first, second] = [secret(), secret()];
    const [site, other] = [await siteWith(first), await siteWith(second)];
    await site.control.setAccount(site.sid, { authToken: second });
    await site.reason("account", site.id, "CredentialsRejected", 30_000);
    // The operator may read only Secrets with the names of sites; this one now serves two accounts.
    await site.patch("account", site.id, { spec: { credentialsSecretRef: { name: other.id } } });
    await site.reason("account", site.id, "Authenticated", 30_000);
    const third = secret();
    for (const each of [site, other]) await each.control.setAccount(each.sid, { authToken: third });
    for (const each of [site, other]) await each.reason("account", each.id, "CredentialsRejected", 30_000);
    await other.secret({ authToken: third });
    for (const each of [site, other]) await each.reason("account", each.id, "Authenticated", 30_000);
    const wrong = secret();
    await site.secret({ authToken: wrong });
    await site.quiet();
    for (const value of [first, second, third, wrong])
      for (const { sid } of [site, other]) expectNone(stage.operator.log.join("\n"), formsOf(sid, value));
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
    expectNone(operator.log.join("\n"), formsOf(site.sid, token));
    stage.start();
    const isBack = await eventually(async () => {
      const response = await fetch(`http://${metrics}/metrics`).catch(() => undefined);
      return response?.ok === true ? true : undefined;
    }, 60_000);
    expect(isBack).toBe(true);
  });
});
