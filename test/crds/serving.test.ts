/** How the API server serves the four resources: names, columns, status. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GROUP, KINDS, PLURALS, VERSION, type Kind } from "../../src/api/names.ts";
import type { ApiServer } from "./api-server.ts";
import { manifest } from "./manifests.ts";
import { startApiServer, type Running } from "./start.ts";
import { STATUSES } from "./statuses.ts";

let running: Running;
let api: ApiServer;

beforeAll(async () => {
  running = await startApiServer("serving");
  api = running.api;
});

afterAll(async () => {
  await running?.close();
});

const COLUMNS: Readonly<Record<Kind, { readonly narrow: string; readonly sid: string }>> = {
  TwilioAccount: { narrow: "NAME READY NUMBERS REGISTERED UNREGISTERED AGE", sid: ".spec.accountSid" },
  EmergencyAddress: { narrow: "NAME READY CITY COUNTRY NUMBERS REASON AGE", sid: ".status.sid" },
  PhoneNumberBinding: {
    narrow: "NAME NUMBER ADDRESS READY REGISTRATION REASON AGE",
    sid: ".status.phoneNumberSid",
  },
  SIPDomainSetting: { narrow: "NAME DOMAIN ENABLED CALLER READY REASON AGE", sid: ".status.domainSid" },
};

const SHORT: Readonly<Record<Kind, string>> = {
  TwilioAccount: "twacc",
  EmergencyAddress: "eaddr",
  PhoneNumberBinding: "pnb",
  SIPDomainSetting: "sipds",
};

describe.each(KINDS)("%s", (kind) => {
  const crdPath = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${PLURALS[kind]}.${GROUP}`;

  test("is established, and the API server finds no fault with its schema", async () => {
    const { body } = await api.send("GET", crdPath);
    const conditions = body.status?.["conditions"] as { type: string; status: string; message: string }[];
    const wrong = conditions.filter(({ type, status }) =>
      type === "NonStructuralSchema" ? status === "True" : status !== "True",
    );

    expect(conditions.map(({ type }) => type)).toContain("Established");
    expect(wrong).toEqual([]);
  });

  test("has its short name and the category emergency", async () => {
    const { body } = await api.send("GET", `/apis/${GROUP}/${VERSION}`);
    const resources = (
      body as unknown as {
        resources: { name: string; shortNames?: string[]; categories?: string[]; namespaced: boolean }[];
      }
    ).resources;
    const resource = resources.find(({ name }) => name === PLURALS[kind]);

    expect(resource).toMatchObject({
      shortNames: [SHORT[kind]],
      categories: ["emergency"],
      namespaced: true,
    });
    expect(resources.map(({ name }) => name)).toContain(`${PLURALS[kind]}/status`);
  });

  test("is listed with the columns of the contract, MESSAGE and SID only in the wide form", async () => {
    const columns = await api.columns(kind);
    const narrow = columns.filter(({ priority }) => priority === 0).map(({ name }) => name.toUpperCase());
    const wide = columns.filter(({ priority }) => priority === 1).map(({ name }) => name);

    expect(narrow.join(" ")).toBe(COLUMNS[kind].narrow);
    expect(wide).toEqual(["MESSAGE", "SID"]);
  });

  test("keeps every field of its status", async () => {
    const object = manifest(kind, `with-status-${PLURALS[kind]}`);
    const created = await api.create(object);
    expect(created.status, created.body.message).toBe(201);
    const reply = await api.replace({ ...object, status: STATUSES[kind] }, "/status?fieldValidation=Strict");

    expect(reply.status, reply.body.message).toBe(200);
    expect(reply.body.status).toEqual(STATUSES[kind]);
  });

  test("has one condition of each type", async () => {
    const object = manifest(kind, `with-twins-${PLURALS[kind]}`);
    await api.create(object);
    const [ready] = STATUSES[kind].conditions ?? [];
    const reply = await api.replace({ ...object, status: { conditions: [ready, ready] } }, "/status");

    expect(reply.status).toBe(422);
    expect(reply.body.message).toContain("Duplicate value");
  });

  test("takes its status by the subresource only", async () => {
    const object = manifest(kind, `without-status-${PLURALS[kind]}`);
    const { body } = await api.send("POST", api.pathOf(kind), { ...object, status: STATUSES[kind] });

    expect(body.status).toEqual({ observedGeneration: -1 });
  });
});
