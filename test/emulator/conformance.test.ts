/**
 * The emulator's answers against Twilio's own OpenAPI file. The file requires nothing and lets nearly everything be null,
 * so it is tightened: every property must be there, and only those that Twilio has been seen to leave out may be null.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv, type ValidateFunction } from "ajv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { basic, ACCOUNT, DOMAIN, NUMBER, OFFICE, run, STANDARD_KEY, TOKEN, type Running } from "./running.ts";

interface Schema {
  [key: string]: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  nullable?: boolean;
  $ref?: string;
}

const root = createRequire(import.meta.url)
  .resolve("@twilio/cli-core/package.json")
  .replace(/package\.json$/, "");
const spec = JSON.parse(readFileSync(`${root}src/services/twilio-api/twilio_api_v2010.json`, "utf8")) as {
  readonly components: { readonly schemas: Record<string, Schema> };
};

/** What is null on real accounts; anything else must have a value. */
const MAY_BE_NULL = new Set(
  (
    "street_secondary address_sid identity_sid bundle_sid trunk_sid voice_url voice_application_sid sms_application_sid voice_fallback_url " +
    "emergency_address_sid byoc_trunk_sid emergency_caller_sid"
  ).split(" "),
);

/** OpenAPI 3.0 as JSON schema: `nullable` becomes a type, formats and extensions go, references are looked up. */
function tightened(schema: Schema, name = ""): Schema {
  if (schema.$ref !== undefined)
    return tightened(spec.components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {}, name);
  const { nullable: _, format: __, description: ___, properties, ...rest } = schema;
  const kept: Schema = Object.fromEntries(
    Object.entries(rest).filter(([key]) => !key.startsWith("x-")),
  ) as Schema;
  if (properties !== undefined) {
    kept.properties = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, tightened(value, key)]),
    );
    kept.required = Object.keys(properties);
    kept["additionalProperties"] = false;
  }
  return MAY_BE_NULL.has(name) ? { anyOf: [kept, { type: "null" }, { const: "" }] } : kept;
}

function validator(name: string): ValidateFunction {
  const schema = spec.components.schemas[name];
  if (schema === undefined) throw new Error(`Twilio's file has no schema ${name}`);
  return new Ajv({ strict: false, allErrors: true }).compile(tightened(schema));
}

function expectValid(validate: ValidateFunction, value: unknown): void {
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
}

const ADDRESS = validator("api.v2010.account.address");
const INCOMING = validator("api.v2010.account.incoming_phone_number");
const SIP_DOMAIN = validator("api.v2010.account.sip.sip_domain");
const DEPENDENT = validator("api.v2010.account.address.dependent_phone_number");

let twilio: Running;

beforeAll(async () => {
  twilio = await run();
  await twilio.post("/Addresses.json", OFFICE);
});

afterAll(() => twilio.stop());

describe("resources look as Twilio's file says", () => {
  it("an Address, created, fetched, updated, deleted", async () => {
    const made = await twilio.post("/Addresses.json", { ...OFFICE, FriendlyName: "office" });
    expect(made.status).toBe(201);
    expectValid(ADDRESS, made.body);
    expect(made.body["date_created"]).toMatch(
      /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/,
    );
    const path = `/Addresses/${made.body.sid}.json`;
    expectValid(ADDRESS, (await twilio.get(path)).body);
    const updated = await twilio.post(path, { FriendlyName: "other" });
    expectValid(ADDRESS, updated.body);
    expect(updated.body["friendly_name"]).toBe("other");
    const gone = await twilio.remove(path);
    expect([gone.status, gone.body]).toEqual([204, {}]);
    expect((await twilio.get(path)).status).toBe(404);
  });

  it("a number, with and without an emergency address, and among its Address's dependants", async () => {
    expectValid(INCOMING, (await twilio.get(`/IncomingPhoneNumbers/${NUMBER}.json`)).body);
    const { body: address } = await twilio.post("/Addresses.json", OFFICE);
    const set = await twilio.post(`/IncomingPhoneNumbers/${NUMBER}.json`, {
      EmergencyAddressSid: address.sid,
    });
    expectValid(INCOMING, set.body);
    expect(set.body["emergency_address_status"]).toBe("pending-registration");
    const { body } = await twilio.get(`/Addresses/${address.sid}/DependentPhoneNumbers.json`);
    const rows = body["dependent_phone_numbers"] as unknown[];
    expect(rows).toHaveLength(1);
    expectValid(DEPENDENT, rows[0]);
  });

  it("a SIP domain, fetched, updated and made", async () => {
    expectValid(SIP_DOMAIN, (await twilio.get(`/SIP/Domains/${DOMAIN}.json`)).body);
    const updated = await twilio.post(`/SIP/Domains/${DOMAIN}.json`, { EmergencyCallingEnabled: "true" });
    expectValid(SIP_DOMAIN, updated.body);
    const made = await twilio.post("/SIP/Domains.json", { DomainName: "second.sip.twilio.com" });
    expect(made.status).toBe(201);
    expectValid(SIP_DOMAIN, made.body);
  });

  it.each([
    ["/Addresses.json", "addresses", ADDRESS],
    ["/IncomingPhoneNumbers.json", "incoming_phone_numbers", INCOMING],
    ["/IncomingPhoneNumbers/Local.json", "incoming_phone_numbers", INCOMING],
    ["/SIP/Domains.json", "domains", SIP_DOMAIN],
  ] as const)("the rows of %s", async (path, key, validate) => {
    const { body } = await twilio.get(path);
    const rows = body[key] as unknown[];
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expectValid(validate, row);
    for (const field of ["start", "end", "page", "page_size"]) expect(body[field]).toBeTypeOf("number");
    expect(body["uri"]).toMatch(/^\/2010-04-01\/Accounts\/AC1+\/.*PageSize=50/);
  });
});

describe("errors look as Twilio's", () => {
  it.each([
    ["an unknown Address", () => twilio.get(`/Addresses/AD${"0".repeat(32)}.json`), 404, 20404],
    ["an unknown route", () => twilio.get("/Nothing.json"), 404, 20404],
    ["a method that does not exist", () => twilio.remove("/Addresses.json"), 405, 20004],
    ["too large a page", () => twilio.get("/Addresses.json?PageSize=1001"), 400, 20007],
    [
      "a page token of nobody's",
      () => twilio.get(`/Addresses.json?PageToken=PAID${"9".repeat(32)}`),
      400,
      21481,
    ],
    ["wrong credentials", () => twilio.get("/Addresses.json", basic(ACCOUNT, "wrong")), 401, 20003],
    ["no number", () => twilio.post("/IncomingPhoneNumbers.json", { PhoneNumber: "x" }), 400, 21421],
    [
      "a bad domain name",
      () => twilio.post("/SIP/Domains.json", { DomainName: "x..sip.twilio.com" }),
      400,
      21231,
    ],
    [
      "a taken domain name",
      () => twilio.post("/SIP/Domains.json", { DomainName: "test.sip.twilio.com" }),
      400,
      21232,
    ],
    ["a missing field", () => twilio.post("/Addresses.json", { Street: "x" }), 400, 21238],
    [
      "a customer's name with &",
      () => twilio.post("/Addresses.json", { ...OFFICE, CustomerName: "A&B" }),
      400,
      21238,
    ],
    [
      "an address that is nowhere",
      () => twilio.post("/Addresses.json", { ...OFFICE, Street: "1 Nowhere Lane" }),
      400,
      21628,
    ],
  ] as const)("%s", async (_, request, status, code) => {
    const { body, ...reply } = await request();
    expect([reply.status, body.code, body["status"]]).toEqual([status, code, status]);
    expect(body.message).not.toBe("");
    expect(body["more_info"]).toBe(`https://www.twilio.com/docs/errors/${code}`);
    expect(reply.headers.get("twilio-request-id")).toMatch(/^RQ[0-9a-f]{32}$/);
  });

  it("a suggestion in 21629, unless Twilio may correct by itself", async () => {
    const misspelt = { ...OFFICE, Street: "645 Harrison Streat" };
    const { body } = await twilio.post("/Addresses.json", misspelt);
    expect(body.code).toBe(21629);
    expect(body.message).toMatch(
      /^Failed to validate address\. Check the suggested address\. \| FriendlyName: , CustomerName: Acme, Street: 645 HARRISON ST, Locality: SAN FRANCISCO, Region: CA, /,
    );
    const corrected = await twilio.post("/Addresses.json", { ...misspelt, AutoCorrectAddress: "true" });
    expect([corrected.status, corrected.body["street"]]).toEqual([201, "645 HARRISON ST"]);
  });
});

describe("credentials", () => {
  it("accepts the token, an API key, and the token of the parent", async () => {
    const child = `AC${"9".repeat(32)}`;
    await twilio.control.addAccount({ sid: child, authToken: "own", parent: ACCOUNT });
    const probe = (sid: string, auth: string) =>
      fetch(`${twilio.emulator.url}/2010-04-01/Accounts/${sid}.json`, { headers: { authorization: auth } });
    expect((await probe(ACCOUNT, basic(ACCOUNT, TOKEN))).status).toBe(200);
    expect((await probe(ACCOUNT, basic(`SK${"4".repeat(32)}`, "secret-of-the-key"))).status).toBe(200);
    expect((await probe(child, basic(ACCOUNT, TOKEN))).status).toBe(200);
    expect((await probe(child, basic(child, "own"))).status).toBe(200);
    expect((await probe(ACCOUNT, basic(child, "own"))).status).toBe(401);
  });

  it("lets a standard key do all but read the account", async () => {
    const key = basic(STANDARD_KEY, "secret-of-the-key");
    expect(await twilio.get(".json", key)).toMatchObject({ status: 401, body: { code: 20003 } });
    expect((await twilio.get("/IncomingPhoneNumbers.json?PageSize=1", key)).status).toBe(200);
    const wrong = basic(STANDARD_KEY, "secret-of-another");
    expect((await twilio.get("/IncomingPhoneNumbers.json?PageSize=1", wrong)).status).toBe(401);
  });
});
