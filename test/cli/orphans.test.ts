import { afterAll, beforeAll, expect, it } from "vitest";
import type { TwilioJson } from "../support/emulator.ts";
import { Account, address, type Bench, manifest, openBench, TOKEN } from "./standalone.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
}, 30_000);
afterAll(() => bench.close());

const binding = (account: Account): object =>
  manifest("PhoneNumberBinding", "desk", { phoneNumberSid: account.number(), addressRef: { name: "hq" } });

it(
  "shows what no manifest stands for any more, and deletes only what nothing uses",
  { timeout: 60_000 },
  async () => {
    const account = await Account.open(bench, {
      addresses: [
        { sid: `AD${"f".repeat(32)}`, friendly_name: "Somebody's", customer_name: "A", street: "1 A St" },
      ],
    });
    const all = account.file([address("hq"), address("shop", { street: "2 Side St" }), binding(account)]);
    expect((await account.run(["apply", "-f", all])).code).toBe(0);
    expect((await account.run(["orphans", "-f", all])).stdout).toBe("No orphans.\n");

    const rest = account.file([address("kept", { street: "3 Kept St" })], "rest.yaml");
    const found = await account.run(["orphans", "-f", rest, "-o", "json"]);
    const { orphans } = JSON.parse(found.stdout) as {
      readonly orphans: readonly { readonly usedBy: readonly string[] }[];
    };
    expect(orphans.map(({ usedBy }) => usedBy)).toEqual(expect.arrayContaining([[account.number()], []]));
    expect(orphans).toHaveLength(2);

    const refused = await account.run(["orphans", "-f", rest, "--delete"], "no\n");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("nothing was deleted");
    const done = await account.run(["orphans", "-f", rest, "--delete"], "yes\n");
    expect(done.code).toBe(0);
    const { addresses } = await bench.emulator.control.account(account.sid);
    expect(addresses.map(({ street }) => street)).toEqual(expect.arrayContaining(["1 A St", "1 Main St"]));
    expect(addresses).toHaveLength(2);
    expect((await account.run(["orphans", "-f", rest, "--owner-id", "somebody"])).stdout).toBe(
      "No orphans.\n",
    );
  },
);

it(
  "shows the second Address of an object and content, which no number uses",
  { timeout: 60_000 },
  async () => {
    const account = await Account.open(bench);
    const all = account.file([address("hq"), binding(account)]);
    expect((await account.run(["apply", "-f", all])).code).toBe(0);
    const [first] = (await bench.emulator.control.account(account.sid)).addresses;
    const twin = await twinOf(account, first ?? { sid: "" });
    const found = await account.run(["orphans", "-f", all, "-o", "json"]);
    const { orphans } = JSON.parse(found.stdout) as { readonly orphans: readonly object[] };
    expect(orphans).toEqual([{ sid: twin, friendlyName: first?.["friendly_name"], usedBy: [] }]);
  },
);

/** Makes the same Address again, as a process does that was frozen while it sent the request. */
async function twinOf(account: Account, first: TwilioJson): Promise<string> {
  const fields = {
    FriendlyName: "friendly_name",
    CustomerName: "customer_name",
    Street: "street",
    City: "city",
    Region: "region",
    PostalCode: "postal_code",
    IsoCountry: "iso_country",
  };
  const form = Object.entries(fields).map(([field, name]): [string, string] => [field, String(first[name])]);
  const response = await fetch(`${bench.emulator.url}/2010-04-01/Accounts/${account.sid}/Addresses.json`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${account.sid}:${TOKEN}`)}` },
    body: new URLSearchParams([...form, ["EmergencyEnabled", "true"]]),
  });
  return ((await response.json()) as TwilioJson).sid;
}
