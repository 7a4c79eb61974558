/** The manifests that a user starts from: taken by the API server, complete, and in agreement with the emulator's data. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { GROUP, type Kind } from "../../src/api/names.ts";
import type {
  EmergencyAddressSpec,
  PhoneNumberBindingSpec,
  SIPDomainSettingSpec,
} from "../../src/api/types.gen.ts";
import { isNumberOf } from "../../src/lib/phone.ts";
import type { ApiServer } from "./api-server.ts";
import { startApiServer, type Running } from "./start.ts";

interface Example {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: unknown;
  readonly stringData?: Readonly<Record<string, string>>;
}

interface EmulatorAccount {
  readonly sid: string;
  readonly authToken: string;
  readonly numbers: readonly { readonly sid: string; readonly phone_number: string }[];
  readonly domains: readonly { readonly sid: string; readonly domain_name: string }[];
}

const folder = join(import.meta.dirname, "../../examples");
const examples = readdirSync(join(folder, "company"))
  .toSorted()
  .flatMap((file) => parseAllDocuments(readFileSync(join(folder, "company", file), "utf8")))
  .map((document) => document.toJS() as Example);
const emulated = parse(readFileSync(join(folder, "emulator-data.yaml"), "utf8")) as {
  accounts: EmulatorAccount[];
};

function all<Spec>(kind: Kind): { readonly name: string; readonly spec: Spec }[] {
  return examples
    .filter((example) => example.kind === kind)
    .map(({ metadata, spec }) => ({ name: metadata.name, spec: spec as Spec }));
}

const addresses = all<EmergencyAddressSpec>("EmergencyAddress");
const numbers = all<PhoneNumberBindingSpec>("PhoneNumberBinding");
const domains = all<SIPDomainSettingSpec>("SIPDomainSetting");

let running: Running;
let api: ApiServer;

beforeAll(async () => {
  running = await startApiServer("examples");
  api = running.api;
});

afterAll(async () => {
  await running?.close();
});

describe("the API server takes", () => {
  test.each(examples)("$kind $metadata.name", async (example) => {
    const ours = example.apiVersion.startsWith(GROUP);
    const path = ours ? api.pathOf(example.kind as Kind) : `/api/v1/namespaces/${running.namespace}/secrets`;
    const reply = await api.send("POST", `${path}?dryRun=All&fieldValidation=Strict`, example);

    expect(reply.status, reply.body.message).toBe(201);
  });
});

describe("the company", () => {
  test("has eight numbers in three countries and one SIP domain", () => {
    expect(numbers).toHaveLength(8);
    expect(new Set(addresses.map(({ spec }) => spec.isoCountry))).toEqual(new Set(["US", "CA", "GB"]));
    expect(domains).toHaveLength(1);
  });

  test("has each number at an address of its own country", () => {
    for (const { name, spec } of numbers) {
      const address = addresses.find((candidate) => candidate.name === spec.addressRef?.name);
      expect(address, name).toBeDefined();
      if (address === undefined) continue;
      expect(isNumberOf(address.spec.isoCountry, spec.phoneNumber ?? ""), name).toBe("yes");
    }
  });

  test("has one of its numbers as emergency caller of the domain", () => {
    const caller = domains[0]?.spec.emergencyCallerRef?.name;
    expect(numbers.map(({ name }) => name)).toContain(caller);
  });
});

describe("the emulator's data", () => {
  const [account] = emulated.accounts;

  test("are the account and the token of the manifests", () => {
    const secret = examples.find(({ kind }) => kind === "Secret");
    expect(all<{ accountSid: string }>("TwilioAccount").map(({ spec }) => spec.accountSid)).toEqual([
      account?.sid,
    ]);
    expect(secret?.stringData).toEqual({ authToken: account?.authToken });
  });

  test("hold exactly the numbers and domains of the manifests, each with a proper sid", () => {
    const phoneNumbers = new Set(account?.numbers.map((number) => number.phone_number));
    expect(phoneNumbers).toEqual(new Set(numbers.map(({ spec }) => spec.phoneNumber)));
    expect(account?.domains.map((domain) => domain.domain_name)).toEqual(
      domains.map(({ spec }) => spec.domainName),
    );
    for (const { sid } of account?.numbers ?? []) expect(sid).toMatch(/^PN[0-9a-f]{32}$/);
    for (const { sid } of account?.domains ?? []) expect(sid).toMatch(/^SD[0-9a-f]{32}$/);
  });
});
