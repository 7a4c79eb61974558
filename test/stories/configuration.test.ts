/** What is not as it should be around the operator: one clear word each, and everything else goes on. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane } from "../support/control-plane.ts";
import { accountWith } from "../support/operator-account.ts";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import { condition, eventually, type Site } from "./site.ts";
import { Stage } from "./stage.ts";

const stage = new Stage("configuration");
beforeAll(() => stage.open().then(() => undefined));
afterAll(() => stage.close());

/** A second site beside the broken one works as ever. */
async function othersGoOn(on: Stage): Promise<void> {
  const site = await on.site();
  await site.settled();
  await site.check();
}

async function secretPath(site: Site): Promise<string> {
  return `/api/v1/namespaces/${site.namespace}/secrets/${site.id}`;
}

/** A line of the log of this level that says so. */
async function logged(on: Stage, text: RegExp): Promise<string> {
  const line = await eventually(async () => on.operator.log.find((each) => text.test(each)));
  if (line === undefined)
    throw new Error(`no line says ${String(text)}:\n${on.operator.log.slice(-10).join("\n")}`);
  return line;
}

describe.concurrent("credentials", () => {
  it("whose Secret does not exist are named, and used as soon as it does", async () => {
    const site = await stage.site();
    await stage.plane.send("DELETE", await secretPath(site));
    await site.address();
    const account = await site.reason("account", site.id, "SecretNotFound");
    expect(condition(account)).toMatchObject({ status: "False" });
    expect(condition(account)?.message).toContain(`"${site.id}"`);
    await othersGoOn(stage);
    await site.secret({ authToken: "token" });
    await site.reason("account", site.id, "Authenticated");
    await site.reason("address", "hq", "Validated");
    await site.check();
  });

  it.each([
    ["no key that is known", { password: "token" }, /authToken/],
    ["half of an API key", { apiKeySid: `SK${"1".repeat(32)}` }, /apiKeySecret/],
    ["an empty token", { authToken: "" }, /authToken/],
  ])("with %s are SecretInvalid, naming the keys", async (_, data, message) => {
    const site = await stage.site();
    await site.secret(data);
    const account = await site.reason("account", site.id, "SecretInvalid");
    expect(condition(account)?.message).toMatch(message);
    await site.secret({ authToken: "token" });
    await site.reason("account", site.id, "Authenticated");
    await site.check();
  });

  it("that Twilio does not know are CredentialsRejected, and never shown", async () => {
    const site = await stage.site();
    await site.secret({ authToken: "not-the-token" });
    const account = await site.reason("account", site.id, "CredentialsRejected");
    expect(condition(account)?.message).toContain(`"${site.id}"`);
    expect(JSON.stringify(account)).not.toContain("not-the-token");
    expect(stage.operator.log.join("\n")).not.toContain("not-the-token");
    await site.check();
  });
});

describe.concurrent("an object of an account that does not exist", () => {
  it("waits for it by name", async () => {
    const site = await stage.site();
    await site.address("hq", { accountRef: { name: `${site.id}-none` } });
    const object = await site.reason("address", "hq", "WaitingForAccount");
    expect(condition(object)?.message).toContain(`"${site.id}-none"`);
    await site.check();
  });
});

describe.concurrent("an account whose staleness is shorter than two listings", () => {
  it("is InvalidConfiguration", async () => {
    const site = await stage.site({ account: { maxStaleness: "1m" } });
    const slow = new Stage("configuration-slow", { flags: ["--sweep-interval", "10m"] });
    await slow.open();
    const other = await slow.site({ account: { maxStaleness: "1m" } });
    const account = await other.reason("account", other.id, "InvalidConfiguration");
    expect(condition(account)?.message).toMatch(/maxStaleness/);
    await slow.close();
    await site.reason("account", site.id, "Authenticated");
    await site.check();
  });
});

describe.concurrent("Twilio", () => {
  it("that cannot be reached is named, and waited for", async () => {
    const lost = new Stage("configuration-lost", { twilioUrl: "http://127.0.0.1:1" });
    await lost.open();
    const site = await lost.site();
    await site.address();
    const account = await site.until("account", site.id, "saying what fails", (object) =>
      /ECONNREFUSED|refused|reach/i.test(condition(object)?.message ?? ""),
    );
    expect(condition(account)?.status).toBe("Unknown");
    const address = await site.reason("address", "hq", "Pending");
    expect(condition(address)?.message).toMatch(/not been listed/);
    expect(await lost.operator.end("SIGTERM")).toBeUndefined();
    expect(await lost.operator.ended).toBe(0);
    await lost.close();
  });
});

describe.concurrent("a cluster", () => {
  it("without our resource types is told in one line how to get them, and works once they are there", async () => {
    const plane = await startControlPlane();
    const bare = new Stage("bare", { plane, crds: false });
    await bare.open();
    const line = await logged(bare, /"level":"warn".*install its CustomResourceDefinition/);
    expect(line).toContain("kubectl apply");
    await bare.installCrds();
    await othersGoOn(bare);
    await bare.close();
    await plane.stop();
  });

  it("that forbids a list is told in one line which", async () => {
    const plane = sharedControlPlane();
    const resources = ["twilioaccounts", "emergencyaddresses", "phonenumberbindings"];
    const group = "emergency.twilio-operator.io";
    const work = [
      ...resources.flatMap((resource) =>
        ["get", "list", "watch", "patch"].map((verb) => ({ group, resource, verb })),
      ),
      ...resources.map((resource) => ({ group, resource: `${resource}/status`, verb: "patch" })),
      ...["get", "list", "watch"].map((verb) => ({ group: "", resource: "secrets", verb })),
      { group: "", resource: "namespaces", verb: "get" },
    ];
    const kubeconfig = await accountWith(plane, "forbidden", { work });
    const forbidden = new Stage("forbidden", { kubeconfig });
    await forbidden.open();
    const line = await logged(forbidden, /"level":"warn".*sipdomainsettings/);
    expect(line).toMatch(/forbidden.*cannot list/);
    await forbidden.close();
  });
});

describe("a kubeconfig that is not there", () => {
  it("ends the operator with one line and exit code 1", async () => {
    const nowhere = new Stage("nowhere", { kubeconfig: "/nonexistent/kubeconfig" });
    await nowhere.open();
    expect(await nowhere.operator.ended).toBe(1);
    expect(nowhere.operator.log).toHaveLength(1);
    expect(nowhere.operator.log[0]).toContain("/nonexistent/kubeconfig");
    await nowhere.close();
  });
});
