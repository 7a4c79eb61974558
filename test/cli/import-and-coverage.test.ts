import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Account, address, type Bench, manifest, openBench } from "./standalone.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
}, 30_000);
afterAll(() => bench.close());

const TIMEOUT = 180_000;

interface Odd {
  readonly addresses: readonly object[];
  readonly numbers: readonly object[];
  readonly domains: readonly object[];
}

const ad = (digit: string): string => `AD${digit.repeat(32)}`;
const content = {
  customer_name: "Acme",
  street: "1 Main St",
  city: "Denver",
  region: "CO",
  postal_code: "80202",
  iso_country: "US",
  emergency_enabled: true,
};

/** What accounts that people have kept for years look like. */
const ODD: Odd = {
  addresses: [
    { ...content, sid: ad("1"), friendly_name: "Head Office" },
    { ...content, sid: ad("2"), friendly_name: "Head Office" },
    { ...content, sid: ad("3"), friendly_name: "", emergency_enabled: false },
    { ...content, sid: ad("4"), friendly_name: "Nobody's", street: "9 Side St" },
    { ...content, sid: ad("5"), friendly_name: "No region", region: "" },
    { ...content, sid: ad("6"), friendly_name: "1st floor: 'quoted' # and: more" },
  ],
  numbers: [
    ["1", "registered", "Reception"],
    ["2", "registered", "Reception"],
    ["3", "unregistered", "At one that is not enabled"],
    ["5", "registered", "At one without a region"],
    ["6", "registered", "123"],
    ["1", "registration-failure", "Failed"],
    ["1", "pending-registration", "Null"],
    [undefined, "unregistered", "Free"],
    [undefined, undefined, "Null"],
  ].map(([digit, status, name], index) => ({
    sid: `PN${String(index + 1).padStart(32, "0")}`,
    phone_number: `+1303555200${index}`,
    friendly_name: name,
    emergency_address_sid: digit === undefined ? null : ad(digit),
    emergency_address_status: status ?? null,
    emergency_status: "Active",
  })),
  domains: [
    { domain_name: "used.sip.twilio.com", emergency_calling_enabled: true, emergency_caller_sid: "PN1" },
    { domain_name: "plain.sip.twilio.com", emergency_calling_enabled: false, emergency_caller_sid: null },
    { domain_name: "odd.sip.twilio.com", emergency_calling_enabled: true, emergency_caller_sid: "PN8" },
  ].map((domain, index) => ({
    ...domain,
    sid: `SD${String(index + 1).padStart(32, "0")}`,
    emergency_caller_sid:
      domain.emergency_caller_sid?.replace(/(\d)$/, "$1").replace(/^PN(\d)$/, `PN${"0".repeat(31)}$1`) ??
      null,
  })),
};

/** `plan` on a folder of manifests, as they are and with Manage instead of Observe. */
async function expectNothingToDo(account: Account, folder: string): Promise<void> {
  const observed = await account.run(["plan", "-f", folder]);
  expect(observed.stdout).toContain("Nothing to do");
  expect(observed.code).toBe(0);
  const managed = `${folder}-managed`;
  mkdirSync(managed);
  for (const name of readdirSync(folder))
    writeFileSync(
      join(managed, name),
      readFileSync(join(folder, name), "utf8").replaceAll("Observe", "Manage"),
    );
  const changed = await account.run(["plan", "-f", managed]);
  expect(changed.stdout).toContain("Nothing to do");
  expect(changed.code).toBe(0);
}

describe.concurrent("import", () => {
  it.each(["kind", "site"])(
    "of odd data, split by %s, is manifests that change nothing",
    { timeout: TIMEOUT },
    async (split) => {
      const account = await Account.open(bench, ODD);
      const folder = join(bench.folder, `${account.sid}-import`);
      const done = await account.run(["import", "--output", folder, "--split", split]);
      expect(done.code).toBe(0);
      expect(done.stderr).toMatch(
        /^4 of 9 numbers at 3 addresses, 2 SIP domains; \d+ left out, each with its reason\n$/,
      );
      const text = readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), "utf8"))
        .join("");
      expect(text).toContain(
        "# Left out: +13035552007 (PN00000000000000000000000000000008): it has no emergency address.",
      );
      expect(text).toContain("its registration is registration-failure");
      expect(text).toContain("it is not enabled for emergencies");
      expect(text).toContain("region");
      expect(text).toContain("name: head-office-2");
      await expectNothingToDo(account, folder);
      expect(await account.writes()).toEqual([]);
    },
  );

  it("of an empty account is an account", { timeout: TIMEOUT }, async () => {
    const account = await Account.open(bench, { numbers: 0 });
    const { code, stdout } = await account.run(["import"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`accountSid: ${account.sid}`);
    expect(stdout).not.toContain("PhoneNumberBinding");
  });

  it("of 1,500 numbers is manifests that change nothing", { timeout: TIMEOUT }, async () => {
    const numbers = Array.from({ length: 1_500 }, (_, index) => ({
      sid: `PN${String(index).padStart(32, "0")}`,
      phone_number: `+1303${String(3_000_000 + index)}`,
      emergency_address_sid: index % 3 === 0 ? null : ad("1"),
      emergency_address_status: index % 3 === 0 ? "unregistered" : "registered",
      emergency_status: "Active",
    }));
    const account = await Account.open(bench, { numbers, addresses: ODD.addresses.slice(0, 1) });
    const folder = join(bench.folder, `${account.sid}-import`);
    const done = await account.run(["import", "--output", folder]);
    expect(done.stderr).toContain("1000 of 1500 numbers at 1 addresses");
    const text = readFileSync(join(folder, "30-numbers.yaml"), "utf8");
    expect(new Set(text.match(/phoneNumber: .*/g)).size).toBe(1_000);
    await expectNothingToDo(account, folder);
  });

  it("overwrites nothing", { timeout: TIMEOUT }, async () => {
    const account = await Account.open(bench);
    const folder = join(bench.folder, `${account.sid}-import`);
    expect((await account.run(["import", "--output", folder])).code).toBe(0);
    const again = await account.run(["import", "--output", folder]);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("10-account.yaml is there already, and nothing was written");
  });
});

describe("import that fails in the middle", () => {
  it("leaves nothing behind", { timeout: TIMEOUT }, async () => {
    const numbers = Array.from({ length: 2_500 }, (_, index) => ({
      sid: `PN${String(index).padStart(32, "0")}`,
      phone_number: `+1303${String(3_000_000 + index)}`,
      emergency_address_sid: ad("1"),
      emergency_address_status: "registered",
      emergency_status: "Active",
    }));
    const account = await Account.open(bench, { numbers, addresses: ODD.addresses.slice(0, 1) });
    const folder = join(bench.folder, `${account.sid}-import`);
    await bench.emulator.control.addFault({
      name: "last page",
      times: 99,
      match: { accountSid: account.sid, query: { Page: "2" } },
      action: { type: "answer", status: 400, code: 20001 },
    });
    const done = await account.run(["import", "--output", folder]);
    await bench.emulator.control.removeFaults("last page");
    expect(done).toMatchObject({ code: 1, stdout: "" });
    expect(existsSync(folder)).toBe(false);
    expect((await account.run(["import", "--output", folder])).stderr).toContain("2500 of 2500 numbers");
    expect(readdirSync(folder).toSorted()).toEqual([
      "10-account.yaml",
      "20-addresses.yaml",
      "30-numbers.yaml",
    ]);
  });
});

describe.concurrent("coverage", () => {
  it("tells how each number is protected, and which are managed", { timeout: TIMEOUT }, async () => {
    const account = await Account.open(bench, ODD);
    const file = account.file([
      address("hq"),
      manifest("PhoneNumberBinding", "desk", { phoneNumber: "+13035552000", addressRef: { name: "hq" } }),
    ]);
    const { code, stdout } = await account.run(["coverage", "-f", file, "-o", "json"]);
    expect(code).toBe(0);
    const coverage = JSON.parse(stdout) as {
      readonly account: string;
      readonly totals: object;
      readonly numbers: readonly { readonly phoneNumber: string; readonly managed: boolean }[];
    };
    expect(coverage.account).toBe(account.sid);
    expect(coverage.totals).toEqual({
      ...{ numbers: 9, registered: 4, pending: 1, failed: 1, unregistered: 3, unsupported: 0 },
      unmanaged: 8,
    });
    expect(coverage.numbers.filter(({ managed }) => managed).map(({ phoneNumber }) => phoneNumber)).toEqual([
      "+13035552000",
    ]);
  });

  it(
    "is a table for a spreadsheet and a page without outside resources, of a saved account too",
    { timeout: TIMEOUT },
    async () => {
      const account = await Account.open(bench, ODD);
      const saved = join(bench.folder, `${account.sid}.json`);
      const csv = await account.run(["coverage", "-o", "csv", "--save-snapshot", saved]);
      const [head, ...rows] = csv.stdout.trimEnd().split("\r\n");
      expect(head).toBe("phoneNumber,sid,state,emergencyAddressSid,managed,warnings");
      expect(rows).toHaveLength(9);
      const since = (await bench.emulator.control.requests()).length;
      const html = await account.run(["coverage", "-o", "html", "--snapshot", saved]);
      expect(html.stdout).toContain("+13035552000");
      expect(html.stdout).not.toMatch(/(src|href)=/);
      expect(
        (await bench.emulator.control.requests()).slice(since).map(({ accountSid }) => accountSid),
      ).not.toContain(account.sid);
    },
  );
});
