/** The rules of the four resources, on a real API server: what it refuses, with which words, and what it takes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ACCEPTED, type Accepted } from "./accepted.ts";
import type { ApiServer } from "./api-server.ts";
import { startApiServer, type Running } from "./start.ts";
import { REFUSED_EDITS, type RefusedEdit } from "./edits.ts";
import { manifest, withChanges } from "./manifests.ts";
import { REFUSED } from "./refused.ts";

let running: Running;
let api: ApiServer;
let made = 0;

beforeAll(async () => {
  running = await startApiServer("validation");
  api = running.api;
});

afterAll(async () => {
  await running?.close();
});

function uniqueName(): string {
  made += 1;
  return `object-${made}`;
}

describe("a manifest that breaks a rule is refused, with words that name the rule", () => {
  test.each(REFUSED)("$kind: $what", async ({ kind, changes, says }) => {
    const reply = await api.create(manifest(kind, uniqueName(), changes), "?dryRun=All");

    expect(reply.body.message).toContain(says);
    expect(reply.status).toBe(422);
  });
});

test("an object without a spec is refused, so that none can lose its spec and get another", async () => {
  const { apiVersion, kind, metadata } = manifest("PhoneNumberBinding", uniqueName());
  const reply = await api.send("POST", `${api.pathOf(kind)}?dryRun=All`, { apiVersion, kind, metadata });

  expect(reply.body.message).toContain("spec: Required value");
  expect(reply.status).toBe(422);
});

describe("an edit that breaks a rule is refused, in one step or in two", () => {
  test.each(REFUSED_EDITS)("$kind: $what", async ({ kind, from, edits, says }: RefusedEdit) => {
    const standing = manifest(kind, uniqueName(), from);
    const created = await api.create(standing);
    expect(created.status, created.body.message).toBe(201);

    for (const changes of edits) {
      const current = (await api.read(standing)).body.spec ?? {};
      const reply = await api.replace({ ...standing, spec: withChanges(current, changes) });
      expect(reply.body.message).toContain(says);
      expect(reply.status).toBe(422);
    }
    expect((await api.read(standing)).body.spec).toEqual(created.body.spec);
  });
});

describe("a manifest that keeps the rules is taken", () => {
  test.each(ACCEPTED)("$kind: $what", async ({ kind, changes, edits = [] }: Accepted) => {
    const standing = manifest(kind, uniqueName(), changes);
    const created = await api.create(standing);
    expect(created.status, created.body.message).toBe(201);

    for (const change of edits) {
      const current = (await api.read(standing)).body.spec ?? {};
      const reply = await api.replace({ ...standing, spec: withChanges(current, change) });
      expect(reply.status, reply.body.message).toBe(200);
    }
  });
});

describe("what the API server fills in", () => {
  test.each(["TwilioAccount", "EmergencyAddress", "PhoneNumberBinding", "SIPDomainSetting"] as const)(
    "a new %s says that nobody has looked at it",
    async (kind) => {
      const { body } = await api.create(manifest(kind, uniqueName()), "?dryRun=All");

      expect(body.status).toEqual({ observedGeneration: -1 });
    },
  );

  test("an account manages, with 8 requests at a time and 1 number unprotected", async () => {
    const { body } = await api.create(manifest("TwilioAccount", uniqueName()), "?dryRun=All");

    expect(body.spec).toMatchObject({
      managementPolicy: "Manage",
      maxConcurrentRequests: 8,
      maxUnprotected: 1,
    });
  });

  test("what is deleted in the cluster stays at Twilio", async () => {
    for (const kind of ["EmergencyAddress", "PhoneNumberBinding", "SIPDomainSetting"] as const) {
      const { body } = await api.create(manifest(kind, uniqueName()), "?dryRun=All");
      expect(body.spec).toMatchObject({ deletionPolicy: "Retain" });
    }
  });

  test("a number is Active and rolls", async () => {
    const { body } = await api.create(manifest("PhoneNumberBinding", uniqueName()), "?dryRun=All");

    expect(body.spec).toMatchObject({ emergencyStatus: "Active", changePolicy: "Rolling" });
  });

  test("an address is not corrected silently", async () => {
    const { body } = await api.create(manifest("EmergencyAddress", uniqueName()), "?dryRun=All");

    expect(body.spec).toMatchObject({ autoCorrect: false });
  });
});

test("the tables are as long as they are meant to be", () => {
  expect(REFUSED.length + REFUSED_EDITS.length).toBeGreaterThanOrEqual(40);
  expect(ACCEPTED.length).toBeGreaterThanOrEqual(15);
});
