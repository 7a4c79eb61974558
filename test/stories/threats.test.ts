/** SECURITY.md, "Who can do what", row by row: what somebody with that one right brings about, and what not. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { CONTENT } from "../support/planning.ts";
import { condition, type Site } from "./site.ts";
import { GROUP, Stage } from "./stage.ts";

const API = `/apis/${GROUP}/v1alpha1`;
const OTHER = "threats-other";
const stage = new Stage("threats", { namespaces: [OTHER] });
beforeAll(() => stage.open().then(() => undefined));
afterAll(() => stage.close());

const STORED = {
  customer_name: CONTENT.customerName,
  street: "99 Old St",
  city: CONTENT.city,
  region: CONTENT.region,
  postal_code: CONTENT.postalCode,
  iso_country: CONTENT.isoCountry,
};
const FOREIGN = `AD${"f".repeat(32)}`;

/** An account in which somebody has registered the number by hand. */
function byHand(): Promise<Site> {
  return stage.site({
    addresses: [{ sid: FOREIGN, friendly_name: "Head office", ...STORED }],
    slots: [{ emergency_address_sid: FOREIGN, emergency_address_status: "registered" }],
  });
}

/** A write that the API server refuses, in its words. */
async function refusal(site: Site, plural: string, name: string, patch: object): Promise<string> {
  const path = `${API}/namespaces/${site.namespace}/${plural}/${site.id}-${name}`;
  const reply = await stage.plane.send("PATCH", path, patch);
  expect(reply.status).toBe(422);
  return reply.body;
}

test("every row of the table is played", () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
  const [, table = ""] = read("../../SECURITY.md").split("| who may write |");
  const rows = [...(table.split("\n\n")[0] ?? "").matchAll(/^\| (?!-)([^|]+) \|/gm)];
  const played = [...read("threats.test.ts").matchAll(/^describe(?:\.concurrent)?\("([^"]+)"/gm)];
  expect(rows.length).toBeGreaterThan(5);
  expect(played.map(([, title]) => title)).toEqual(rows.map(([, row = ""]) => row.replaceAll("`", "")));
});

describe.concurrent("EmergencyAddress", () => {
  it("moves its numbers with one edit, and asks nobody", async () => {
    const site = await stage.site();
    await site.settled();
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    await site.untilWrites(["create", "disassociate 0", "associate 0", "delete"]);
    expect((await site.twilio()).addresses.map(({ street }) => street)).toEqual(["2 Side St"]);
    await site.check();
  });

  it("moves no number of another namespace, whatever its name", async () => {
    const site = await stage.site();
    await site.settled();
    const body = {
      apiVersion: `${GROUP}/v1alpha1`,
      kind: "EmergencyAddress",
      metadata: { name: site.named("address", "hq") },
      spec: { accountRef: { name: site.id }, ...CONTENT, street: "2 Side St" },
    };
    const made = await stage.plane.send("POST", `${API}/namespaces/${OTHER}/emergencyaddresses`, body);
    expect(made.status).toBe(201);
    await site.quiet();
    expect(await site.writes()).toEqual([]);
  });

  it("takes away no address that this operator did not set, and reaches no other account", async () => {
    const site = await byHand();
    await site.address();
    await site.binding();
    await site.reason("binding", "desk", "AwaitingApproval");
    await site.quiet();
    expect(await site.slot()).toBe(`${FOREIGN} registered`);
    const patch = { spec: { accountRef: { name: "another" } } };
    expect(await refusal(site, "emergencyaddresses", "hq", patch)).toContain("accountRef");
  });
});

describe.concurrent("PhoneNumberBinding", () => {
  it("registers a number that nobody has, and approves its own plan", async () => {
    const site = await byHand();
    await site.address();
    await site.binding();
    await site.reason("binding", "desk", "AwaitingApproval");
    await site.approve("desk");
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual(["create", "disassociate 0", "associate 0"]);
    await site.check();
  });

  it("takes no number from the binding that has it", async () => {
    const site = await stage.site();
    await site.settled();
    await site.address("elsewhere", { street: "2 Side St" });
    await site.binding("thief", 0, { addressRef: { name: site.named("address", "elsewhere") } });
    await site.reason("binding", "thief", "Conflict");
    await site.quiet();
    expect(await site.writes()).toEqual(["create"]);
  });
});

describe.concurrent("SIPDomainSetting", () => {
  it("switches emergency calling, but sets no caller that is not registered", async () => {
    const site = await stage.site({ domains: 1 });
    await site.binding();
    await site.domain("sip", {}, "desk");
    await site.untilWrites(["enable"]);
    await site.quiet();
    expect(await site.writes()).toEqual(["enable"]);
  });
});

describe.concurrent("TwilioAccount", () => {
  it("cannot turn objects to another account, nor Twilio's API to another address", async () => {
    const site = await stage.site();
    await site.settled();
    const path = `${API}/namespaces/${site.namespace}/twilioaccounts/${site.id}`;
    const other = { spec: { accountSid: `AC${"9".repeat(32)}` } };
    expect((await stage.plane.send("PATCH", path, other)).status).toBe(422);
    const crd = await stage.plane.send("GET", `/apis/apiextensions.k8s.io/v1/customresourcedefinitions`);
    expect(crd.body).toContain("credentialsSecretRef");
    expect(crd.body).not.toMatch(/"[a-z]*(?:url|host|endpoint)":\{/i);
  });

  it("may have a Secret used that its writer cannot read, and none that the operator may not", async () => {
    const site = await stage.site();
    const name = "somebody-elses";
    const secrets = `/api/v1/namespaces/${site.namespace}/secrets`;
    await stage.plane.send("POST", secrets, { metadata: { name }, stringData: { authToken: "token" } });
    await site.reason("account", site.id, "Authenticated", 60_000);
    await site.patch("account", site.id, { spec: { credentialsSecretRef: { name } } });
    const account = await site.until("account", site.id, "not Ready", (object) => {
      return condition(object)?.status !== "True";
    });
    expect(JSON.stringify(account)).not.toContain('"token"');
  });
});

describe.concurrent("…/status", () => {
  it("makes no number seem registered for longer than a sweep", async () => {
    const site = await byHand();
    await site.address();
    await site.binding();
    await site.reason("binding", "desk", "AwaitingApproval");
    const address = await site.get("address", "hq");
    const forged = {
      emergencyAddressSid: address.status["sid"],
      emergencyAddressStatus: "registered",
      conditions: [
        {
          type: "Ready",
          status: "True",
          reason: "Registered",
          message: "",
          lastTransitionTime: new Date().toISOString(),
        },
      ],
    };
    await site.patch("binding", "desk", { status: forged }, "/status");
    const told = await site.reason("binding", "desk", "AwaitingApproval");
    expect(told.status["emergencyAddressSid"]).toBe(FOREIGN);
  });

  it("takes nothing away by a record of a change that nobody has asked for", async () => {
    const site = await stage.site();
    await site.settled();
    const address = await site.get("address", "hq");
    const operation = {
      type: "DisassociateAddress",
      target: site.numberSid(),
      startedAt: new Date().toISOString(),
      begun: false,
    };
    const forged = { operation, previousAddressSid: address.status["sid"] };
    await site.patch("binding", "desk", { status: forged }, "/status");
    await site.quiet();
    expect(await site.writes()).toEqual([]);
    expect(await site.slot()).toBe(`${String(address.status["sid"])} registered`);
  });

  it("makes a foreign Address pass for one of ours: with a binding that asks for another, it is taken away", async () => {
    const site = await byHand();
    await site.address();
    await site.binding();
    await site.reason("binding", "desk", "AwaitingApproval");
    await site.patch("binding", "desk", { status: { appliedAddressSids: [FOREIGN] } }, "/status");
    await site.reason("binding", "desk", "Registered");
    expect(await site.writes()).toEqual(["create", "disassociate 0", "associate 0"]);
  });
});

describe.concurrent("Secrets in the namespace", () => {
  it("with the credentials of another account: they are refused, and neither account is written to", async () => {
    const [site, other] = [await stage.site(), await stage.site()];
    await site.settled();
    await other.control.setAccount(other.sid, { authToken: "anothertoken" });
    await other.mark();
    await site.secret({ authAccountSid: other.sid, authToken: "anothertoken" });
    await site.reason("account", site.id, "CredentialsRejected");
    await site.patch("address", "hq", { spec: { street: "2 Side St" } });
    await site.reason("address", "hq", "CredentialsRejected");
    expect(await site.writes()).toEqual([]);
    expect(await other.writes()).toEqual([]);
  });

  it("stolen and used at Twilio shows with the next listing: Unprotected, or Drifted", async () => {
    const site = await stage.site();
    await site.settled();
    await site.patch("account", site.id, { spec: { managementPolicy: "Observe" } });
    const address = await site.get("address", "hq");
    await site.edit(String(address.status["sid"]), { street: "66 Elsewhere" });
    await site.until("address", "hq", "Drifted", (object) => condition(object, "Drifted")?.status === "True");
    await site.editNumber({ emergency_address_sid: null, emergency_address_status: "unregistered" });
    const isUnprotected = (object: Parameters<typeof condition>[0]): boolean =>
      condition(object, "Unprotected")?.status === "True";
    const unprotected = await site.until("binding", "desk", "Unprotected", isUnprotected);
    expect(condition(unprotected)?.status).not.toBe("True");
  });
});

describe("Deployment, flags", () => {
  it("decide where credentials are sent: a server of one's own gets them", async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization ?? "");
      response.writeHead(503).end();
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { readonly port: number };
    const site = await stage.site();
    const turned = stage.replica(["--twilio-base-url", `http://127.0.0.1:${port}`, "--dry-run"]);
    // The accounts of the other stories send theirs there too, in no particular order.
    const credentials = `Basic ${Buffer.from(`${site.sid}:token`).toString("base64")}`;
    await expect.poll(() => seen, { timeout: 60_000 }).toContain(credentials);
    await turned.end();
    server.close();
  });
});
