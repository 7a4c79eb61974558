import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RequestRecord } from "../support/emulator.ts";
import { Account, address, type Bench, manifest, openBench } from "./standalone.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
}, 30_000);
afterAll(() => bench.close());

const TIMEOUT = 180_000;

interface Step {
  readonly object: string;
  readonly method: string;
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly why: string;
  readonly unprotects?: { readonly number: string; readonly upTo: string };
}

interface Plan {
  readonly account: string;
  readonly steps: readonly Step[];
  readonly forecast: readonly Step[];
  readonly approvals: readonly {
    readonly object: string;
    readonly hash: string;
    readonly takesAway: string;
  }[];
  readonly faults: readonly { readonly object: string; readonly reason: string }[];
  readonly waiting: readonly { readonly object: string; readonly reason: string; readonly message: string }[];
}

const binding = (account: Account, index = 0, changes: object = {}): object =>
  manifest("PhoneNumberBinding", `desk${index}`, {
    phoneNumberSid: account.number(index),
    addressRef: { name: "hq" },
    ...changes,
  });

const ajv = new Ajv2020({ allErrors: true });
const isOfSchema = ajv.compile(
  JSON.parse(
    readFileSync(new URL("../../docs/reference/plan.schema.json", import.meta.url), "utf8"),
  ) as object,
);

/** What `plan -o json` says; it is as the published schema has it, each time. */
async function plan(
  account: Account,
  file: string,
  ...args: readonly string[]
): Promise<Plan & { code: number | null }> {
  const { code, stdout, stderr } = await account.run(["plan", "-f", file, "-o", "json", ...args]);
  expect(stderr).toBe("");
  const planned = JSON.parse(stdout) as Plan;
  isOfSchema(planned);
  expect(isOfSchema.errors).toBeNull();
  return { ...planned, code };
}

/** Calls with the sids of new Addresses taken for what stands for them before they are there. */
function comparable(
  calls: readonly { readonly method: string; readonly path: string; readonly fields: object }[],
): string[] {
  return calls.map(({ method, path, fields }) => {
    const entries = Object.entries(fields as Readonly<Record<string, string>>).toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    );
    return `${method} ${path} ${JSON.stringify(entries)}`.replaceAll(
      /AD[0-9a-f]{32}|\{sid of [^}]*\}/g,
      "AD",
    );
  });
}

const recorded = (records: readonly RequestRecord[]): string[] =>
  comparable(records.map(({ method, path, form }) => ({ method, path, fields: form })));

describe.concurrent("plan, then apply", () => {
  it("announces exactly the calls that are made, in their order", { timeout: TIMEOUT }, async () => {
    const account = await Account.open(bench, { numbers: 3, domains: 1 });
    const file = account.file([
      address("hq"),
      address("shop", { street: "2 Side St" }),
      binding(account, 0),
      binding(account, 1),
      binding(account, 2, { addressRef: { name: "shop" } }),
      manifest("SIPDomainSetting", "sip", {
        domainSid: account.domain(),
        emergencyCallingEnabled: true,
        emergencyCallerRef: { name: "desk0" },
      }),
    ]);
    const planned = await plan(account, file);
    expect(planned.code).toBe(2);
    expect(planned.account).toBe(account.sid);
    expect(planned.steps.map(({ object }) => object)).toContain("EmergencyAddress/default/hq");
    expect(planned.forecast.map(({ object }) => object)).toContain("PhoneNumberBinding/default/desk2");
    expect(await account.writes()).toEqual([]);

    const applied = await account.run(["apply", "-f", file, "--wait", "--timeout", "40s"]);
    expect(applied.stderr).toContain("6 of 6 settled");
    expect(applied.code).toBe(0);
    expect(recorded(await account.writes())).toEqual(comparable([...planned.steps, ...planned.forecast]));

    const again = await plan(account, file);
    expect(again).toMatchObject({ code: 0, steps: [], forecast: [], approvals: [], faults: [] });
  });

  it(
    "moves numbers within the budget, and says who is unprotected for how long",
    { timeout: TIMEOUT },
    async () => {
      const account = await Account.open(bench, { numbers: 2 });
      const bindings = [binding(account, 0), binding(account, 1)];
      const before = account.file([address("hq"), ...bindings]);
      expect((await account.run(["apply", "-f", before])).code).toBe(0);
      const since = (await account.bench.emulator.control.requests()).at(-1)?.id ?? 0;

      const after = account.file([address("hq", { street: "9 New St" }), ...bindings], "after.yaml");
      const planned = await plan(account, after);
      const all = [...planned.steps, ...planned.forecast];
      expect(
        all.filter(({ unprotects }) => unprotects !== undefined).map(({ unprotects }) => unprotects),
      ).toEqual([
        { number: account.phone(0), country: "US", upTo: "30 minutes" },
        { number: account.phone(1), country: "US", upTo: "30 minutes" },
      ]);
      const text = (await account.run(["plan", "-f", after])).stdout;
      for (const index of [0, 1])
        expect(text).toMatch(
          new RegExp(
            `first the old address is taken away\\.\n +! \\${account.phone(index)} has no registered address from here .*30 minutes`,
          ),
        );
      expect(text).toContain("2 numbers are without a registered address on the way");
      const markdown = (await account.run(["plan", "-f", after, "-o", "markdown"])).stdout;
      expect(markdown).toMatch(/taken away\.<br>⚠️ \+\d+ has no registered address .*30 minutes\. \|/);
      const applied = await account.run(["apply", "-f", after, "--timeout", "40s"]);
      expect(applied.code).toBe(0);
      expect(recorded(await account.writes(since))).toEqual(comparable(all));
    },
  );

  it("says that a number in the UK may be without protection for days", { timeout: TIMEOUT }, async () => {
    const numbers = [{ sid: `PN${"7".repeat(32)}`, phone_number: "+442071838750" }];
    const account = await Account.open(bench, { numbers });
    const london = { isoCountry: "GB", city: "London", region: "London", postalCode: "SW1A 1AA" };
    const desk = manifest("PhoneNumberBinding", "desk", {
      phoneNumber: "+442071838750",
      addressRef: { name: "hq" },
    });
    const before = account.file([address("hq", london), desk]);
    expect((await account.run(["apply", "-f", before])).code).toBe(0);
    const after = account.file([address("hq", { ...london, street: "9 New St" }), desk], "after.yaml");
    const planned = await plan(account, after);
    const losses = [...planned.steps, ...planned.forecast].flatMap(({ unprotects }) => unprotects ?? []);
    expect(losses).toEqual([{ number: "+442071838750", country: "GB", upTo: "72 hours" }]);
    const text = (await account.run(["plan", "-f", after])).stdout;
    expect(text).toMatch(/! \+442071838750 has no registered address from here .*72 hours/);
  });

  const sip = (account: Account, changes: object): object =>
    manifest("SIPDomainSetting", "sip", {
      domainSid: account.domain(),
      emergencyCallingEnabled: true,
      ...changes,
    });
  const two = [address("hq"), address("shop", { street: "2 Side St" })];
  const at = (account: Account, ...names: readonly string[]): readonly object[] =>
    names.map((name, index) => binding(account, index, { addressRef: { name } }));
  type Shape = (account: Account) => readonly object[];
  const SHAPES: readonly (readonly [string, Shape, Shape])[] = [
    [
      "one more number at an address that is there",
      (account) => [...two, ...at(account, "hq")],
      (account) => [...two, ...at(account, "hq", "hq")],
    ],
    [
      "a number that needs no address any more",
      (account) => [...two, ...at(account, "hq", "hq")],
      (account) => [...two, ...at(account, "hq"), binding(account, 1, { emergencyStatus: "Inactive" })],
    ],
    [
      "a domain whose caller becomes another number",
      (account) => [
        ...two,
        ...at(account, "hq", "shop"),
        sip(account, { emergencyCallerRef: { name: "desk0" } }),
      ],
      (account) => [
        ...two,
        ...at(account, "hq", "shop"),
        sip(account, { emergencyCallerRef: { name: "desk1" } }),
      ],
    ],
    [
      "a domain whose caller becomes a number that moves",
      (account) => [
        ...two,
        ...at(account, "hq", "shop"),
        sip(account, { emergencyCallerRef: { name: "desk0" } }),
      ],
      (account) => [
        address("hq"),
        address("shop", { street: "9 New St" }),
        ...at(account, "hq", "shop"),
        sip(account, { emergencyCallerRef: { name: "desk1" } }),
      ],
    ],
    [
      "a domain that is switched off",
      (account) => [...two, ...at(account, "hq"), sip(account, { emergencyCallerRef: { name: "desk0" } })],
      (account) => [...two, ...at(account, "hq"), sip(account, { emergencyCallingEnabled: false })],
    ],
  ];

  it.each(SHAPES)("announces what is done with %s", { timeout: TIMEOUT }, async (_, before, after) => {
    const account = await Account.open(bench, { numbers: 2, domains: 1 });
    const first = account.file(before(account), "before.yaml");
    expect(await account.run(["apply", "-f", first, "--timeout", "2m"])).toMatchObject({ code: 0 });
    const since = (await account.bench.emulator.control.requests()).at(-1)?.id ?? 0;
    const file = account.file(after(account), "after.yaml");
    const planned = await plan(account, file);
    expect(planned).toMatchObject({ code: 2, approvals: [], faults: [] });
    expect(await account.run(["apply", "-f", file, "--timeout", "2m"])).toMatchObject({ code: 0 });
    const done = recorded(await account.writes(since));
    expect(done.length).toBeGreaterThan(0);
    expect(done).toEqual(comparable([...planned.steps, ...planned.forecast]));
  });

  it("waits for the approval of what takes a foreign address away", { timeout: TIMEOUT }, async () => {
    const account = await Account.open(bench, { numbers: 1 });
    const foreign = account.file([address("hq", { street: "5 Old St" }), binding(account)], "foreign.yaml");
    expect((await account.run(["apply", "-f", foreign, "--owner-id", "somebody"])).code).toBe(0);
    const since = (await account.bench.emulator.control.requests()).at(-1)?.id ?? 0;
    const file = account.file([address("hq"), binding(account)]);

    const refused = await account.run(["apply", "-f", file]);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("another owner");
    expect(await account.writes(since)).toEqual([]);

    const planned = await plan(account, file);
    expect(planned.code).toBe(2);
    const [approval] = planned.approvals;
    expect(approval?.object).toBe("PhoneNumberBinding/default/desk0");
    const wrong = await account.run(["apply", "-f", file, "--approve", "wronghash", "--timeout", "20s"]);
    expect(wrong.code).toBe(4);
    expect((await account.writes(since)).map(({ form }) => form["EmergencyAddressSid"])).not.toContain("");

    const done = await account.run([
      "apply",
      "-f",
      file,
      "--approve",
      approval?.hash ?? "",
      "--timeout",
      "40s",
    ]);
    expect(done.code).toBe(0);
  });

  const FREEZE = "The account is frozen: spec.maxUnprotected of its TwilioAccount is 0";

  /** A registered number whose move is approved, in an account that is frozen by now. */
  async function frozen(): Promise<{ readonly account: Account; readonly approved: readonly string[] }> {
    const account = await Account.open(bench, { numbers: 1 });
    const first = account.file([...two, ...at(account, "hq")], "before.yaml");
    expect((await account.run(["apply", "-f", first])).code).toBe(0);
    const freeze = manifest("TwilioAccount", "default", {
      accountSid: account.sid,
      credentialsSecretRef: { name: "environment" },
      maxUnprotected: 0,
    });
    const file = account.file([freeze, ...two, ...at(account, "shop")]);
    const { approvals } = await plan(account, file);
    return { account, approved: ["-f", file, "--approve", approvals[0]?.hash ?? ""] };
  }

  it("has something to do where a freeze holds a change back", { timeout: TIMEOUT }, async () => {
    const { account, approved } = await frozen();
    const text = await account.run(["plan", ...approved]);
    expect(text.stdout).toContain(
      `! PhoneNumberBinding/default/desk0 still waits: WaitingForBudget\n    ${FREEZE}`,
    );
    expect(text.stdout).toContain("\n0 calls now, 0 to follow, 1 still waiting.\n");
    expect(text.code).toBe(2);
    const markdown = await account.run(["plan", ...approved, "-o", "markdown"]);
    expect(markdown.stdout).toContain(`**PhoneNumberBinding/default/desk0** WaitingForBudget: ${FREEZE}`);
    const json = await account.run(["plan", ...approved, "-o", "json"]);
    const planned = JSON.parse(json.stdout) as Plan;
    expect(isOfSchema(planned)).toBe(true);
    expect(planned).toMatchObject({ steps: [], forecast: [], approvals: [], faults: [] });
    expect(planned.waiting).toMatchObject([
      { object: "PhoneNumberBinding/default/desk0", reason: "WaitingForBudget" },
    ]);
  });

  it("does not wait for the end of a freeze", { timeout: TIMEOUT }, async () => {
    const { account, approved } = await frozen();
    const applied = await account.run(["apply", ...approved, "--wait"]);
    expect(applied.stderr).toContain(`! PhoneNumberBinding/default/desk0: WaitingForBudget: ${FREEZE}`);
    expect(applied.code).toBe(3);
    const { numbers } = await bench.emulator.control.account(account.sid);
    expect(numbers[0]?.["emergency_address_status"]).toBe("registered");
  });

  it("says what is at fault, and ends with 1", { timeout: TIMEOUT }, async () => {
    const account = await Account.open(bench, { numbers: 1 });
    const file = account.file([
      address("hq"),
      manifest("PhoneNumberBinding", "lost", { phoneNumber: "+13035559999", addressRef: { name: "hq" } }),
    ]);
    const planned = await plan(account, file);
    expect(planned.code).toBe(1);
    expect(planned.faults).toMatchObject([
      { object: "PhoneNumberBinding/default/lost", reason: "NumberNotFound" },
    ]);
  });

  it("plans as Markdown and as text, from standard input too", { timeout: TIMEOUT }, async () => {
    const account = await Account.open(bench, { numbers: 1 });
    const manifests = JSON.stringify({
      apiVersion: "v1",
      kind: "List",
      items: [address("hq"), binding(account)],
    });
    const markdown = await account.run(["plan", "-f", "-", "-o", "markdown"], manifests);
    expect(markdown.stdout).toMatch(/^### Emergency addresses: 1 call now, 1 to follow\.\n/);
    expect(markdown.stdout).toContain("| EmergencyAddress/default/hq | `POST /2010-04-01/Accounts/");
    const text = await account.run(["plan", "-f", "-"], manifests);
    expect(text.stdout).toContain("EmergencyAddressSid: (empty) → {sid of EmergencyAddress default/hq}");
    expect(text.stdout).not.toContain("\u001B[");
    expect(text.code).toBe(2);
  });
});
