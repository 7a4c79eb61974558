/** Every bad input is told in readable lines with a way out, ends with the right code, and changes nothing. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Account, address, type Bench, manifest, openBench } from "./standalone.ts";
import { VERSION } from "../../src/version.ts";
import { program } from "./program.ts";

/** A call is a process of its own, and several run at a time. */
const TIMEOUT = 180_000;

let bench: Bench;
let account: Account;
beforeAll(async () => {
  bench = await openBench();
  account = await Account.open(bench);
}, 30_000);
afterAll(() => bench.close());

const binding = (changes: object = {}): object =>
  manifest("PhoneNumberBinding", "desk", {
    phoneNumber: "+13035551000",
    addressRef: { name: "hq" },
    ...changes,
  });
const twilioAccount = (changes: object = {}): object =>
  manifest("TwilioAccount", "default", {
    accountSid: `AC${"0".repeat(32)}`,
    credentialsSecretRef: { name: "creds" },
    ...changes,
  });
const without = (object: object, field: string): object => {
  const { spec, ...rest } = object as { spec: Record<string, unknown> };
  return { ...rest, spec: Object.fromEntries(Object.entries(spec).filter(([name]) => name !== field)) };
};

const yaml = (...objects: readonly object[]): string =>
  objects.map((object) => stringify(object)).join("---\n");

/** What stands in the manifests, and what must be said about it. */
const MANIFESTS: readonly (readonly [string, string, string])[] = [
  ["nothing", "", "no object of emergency.twilio-operator.io"],
  ["a syntax error", "apiVersion: v1\nkind: [\n", ":3:1: no valid YAML"],
  ["a tab as indentation", "metadata:\n\tname: a\n", ":2:1: no valid YAML"],
  ["a key twice", "kind: A\nkind: B\n", ":2:1: no valid YAML"],
  ["a text", "just words\n", ":1: this is no Kubernetes object"],
  ["a list", "- a\n- b\n", ":1: this is no Kubernetes object"],
  ["no kind", yaml({ apiVersion: "v1" }), "apiVersion and kind are required"],
  [
    "no name",
    yaml({ apiVersion: "emergency.twilio-operator.io/v1alpha1", kind: "TwilioAccount" }),
    "metadata.name of this TwilioAccount",
  ],
  ["a name in capitals", yaml(address("HQ")), "metadata.name of this EmergencyAddress must be lower-case"],
  [
    "a kind of ours that there is not",
    yaml({ ...address("hq"), kind: "Address" }),
    "there is no such kind; there are TwilioAccount",
  ],
  [
    "another version",
    yaml({ ...address("hq"), apiVersion: "emergency.twilio-operator.io/v2" }),
    "use emergency.twilio-operator.io/v1alpha1",
  ],
  [
    "only others' kinds",
    yaml({ apiVersion: "v1", kind: "Namespace", metadata: { name: "a" } }),
    "no object of emergency",
  ],
  ["no spec", yaml({ ...address("hq"), spec: undefined }), "spec is required"],
  ["a spec that is a text", yaml({ ...address("hq"), spec: "x" }), "spec must be object"],
  ["an object twice", yaml(address("hq"), address("hq")), "the same object stands at"],
  ["a field that there is not", yaml(address("hq", { zip: "80202" })), "spec.zip is no field of this kind"],
  ["a wrong type", yaml(address("hq", { street: 5 })), "spec.street must be string"],
  ["an alias without an anchor", "a: *nothing\n", "no valid YAML"],
  ...["customerName", "street", "city", "region", "postalCode", "isoCountry"].map(
    (field) =>
      [
        `an address without ${field}`,
        yaml(without(address("hq"), field)),
        `spec.${field} is required`,
      ] as const,
  ),
  [
    "a long customer name",
    yaml(address("hq", { customerName: "x".repeat(33) })),
    "must NOT have more than 32 characters",
  ],
  [
    "a customer name of many bytes",
    yaml(address("hq", { customerName: "ü".repeat(31) + "漢".repeat(1) })),
    "64 bytes",
  ],
  ["a customer name with @", yaml(address("hq", { customerName: "a@b" })), "must not contain any of & @ #"],
  [
    "a customer name that ends with a blank",
    yaml(address("hq", { customerName: "Acme " })),
    "must not begin or end with a blank",
  ],
  [
    "a region in small letters",
    yaml(address("hq", { region: "co" })),
    "region must be two upper-case letters",
  ],
  [
    "a postal code of another country",
    yaml(address("hq", { postalCode: "M5V 2T6" })),
    "postalCode must be a ZIP code in US",
  ],
  [
    "a country without emergency calling",
    yaml(address("hq", { isoCountry: "DE" })),
    "must be one of US, CA, GB",
  ],
  ["the sid of a number for an address", yaml(address("hq", { sid: `PN${"0".repeat(32)}` })), "spec.sid"],
  [
    "a deletionPolicy of another kind",
    yaml(address("hq", { deletionPolicy: "Unregister" })),
    "must be one of Retain, Delete",
  ],
  [
    "neither number nor sid",
    yaml(without(binding(), "phoneNumber")),
    "exactly one of phoneNumber and phoneNumberSid",
  ],
  [
    "number and sid",
    yaml(binding({ phoneNumberSid: `PN${"0".repeat(32)}` })),
    "exactly one of phoneNumber and phoneNumberSid",
  ],
  ["a number without +", yaml(binding({ phoneNumber: "13035551000" })), "E.164"],
  ["Active without an address", yaml(without(binding(), "addressRef")), "addressRef"],
  ["an unknown changePolicy", yaml(binding({ changePolicy: "Fast" })), "must be one of Rolling, Manual"],
  ["an account without a sid", yaml(without(twilioAccount(), "accountSid")), "spec.accountSid is required"],
  ["an account sid that is none", yaml(twilioAccount({ accountSid: "AC123" })), "spec.accountSid"],
  [
    "an account without a Secret",
    yaml(without(twilioAccount(), "credentialsSecretRef")),
    "spec.credentialsSecretRef is required",
  ],
  ["a duration in days", yaml(twilioAccount({ sweepInterval: "1d" })), "spec.sweepInterval"],
  ["a sweep that is too fast", yaml(twilioAccount({ sweepInterval: "1s" })), "spec.sweepInterval"],
  ["a negative budget", yaml(twilioAccount({ maxUnprotected: -1 })), "spec.maxUnprotected must be >= 0"],
  ["too many requests at a time", yaml(twilioAccount({ maxConcurrentRequests: 101 })), "must be <= 100"],
  [
    "a domain of somebody else's",
    yaml(
      manifest("SIPDomainSetting", "sip", { domainName: "sip.example.com", emergencyCallingEnabled: true }),
    ),
    "spec.domainName",
  ],
  [
    "a domain that does not say on or off",
    yaml(manifest("SIPDomainSetting", "sip", { domainName: "a.sip.twilio.com" })),
    "spec.emergencyCallingEnabled is required",
  ],
];

describe.concurrent("manifests with", () => {
  it.each(MANIFESTS)("%s", { timeout: TIMEOUT }, async (_, text, says) => {
    const { code, stdout, stderr } = await account.run(["apply", "-f", "-"], text);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

/** Arguments, and what must be said. `@` stands for a folder of the test's own. */
const CALLS: readonly (readonly [string, readonly string[], string])[] = [
  ["an unknown command", ["aply"], "unknown command 'aply'"],
  ["an unknown flag", ["plan", "-f", "@/good.yaml", "--fast"], "unknown option '--fast'"],
  ["a flag without its value", ["plan", "-f"], "argument missing"],
  ["plan without manifests", ["plan"], "required option '-f, --file <path...>' not specified"],
  ["apply without manifests", ["apply"], "required option '-f, --file <path...>' not specified"],
  ["a file that is not there", ["plan", "-f", "@/none.yaml"], "there is no such file or folder"],
  ["an empty folder", ["plan", "-f", "@/empty"], "no object of emergency.twilio-operator.io"],
  [
    "an unknown format",
    ["plan", "-f", "@/good.yaml", "-o", "xml"],
    "Allowed choices are text, json, markdown",
  ],
  [
    "a snapshot that is not there",
    ["plan", "-f", "@/good.yaml", "--snapshot", "@/none.json"],
    "cannot be read; make one with",
  ],
  [
    "a snapshot that is none",
    ["plan", "-f", "@/good.yaml", "--snapshot", "@/good.yaml"],
    "is no snapshot of this version",
  ],
  [
    "a base URL that is none",
    ["plan", "-f", "@/good.yaml", "--twilio-base-url", "localhost"],
    "is not an http or https URL",
  ],
  [
    "a timeout that is none",
    ["apply", "-f", "@/good.yaml", "--timeout", "soon"],
    "a duration is written like 30s",
  ],
  [
    "a coverage format that there is not",
    ["coverage", "-o", "pdf"],
    "Allowed choices are text, json, csv, html",
  ],
  ["a split that there is not", ["import", "--split", "city"], "Allowed choices are kind, site"],
  ["a spreadsheet that is not there", ["from-csv", "@/none.csv"], "cannot be read"],
  ["a port that is none", ["emulate", "--port", "high"], "a port is a whole number"],
  ["emulator data that is not there", ["emulate", "--data", "@/none.yaml"], "does not exist"],
  ["a kubeconfig that is not there", ["status", "--kubeconfig", "@/none"], "none"],
  ["approve without an object", ["approve"], "missing required argument 'kind/name'"],
  ["approve of nothing", ["approve", "desk", "--kubeconfig", "@/none"], "is not KIND/NAME"],
  ["a log level that there is not", ["run", "--log-level", "loud"], "is not one of debug, info, warn, error"],
];

describe.concurrent("a call with", () => {
  beforeAll(async () => {
    const { mkdirSync } = await import("node:fs");
    mkdirSync(join(bench.folder, "empty"));
    writeFileSync(join(bench.folder, "good.yaml"), yaml(address("hq"), binding()));
  });

  it.each(CALLS)("%s", { timeout: TIMEOUT }, async (_, args, says) => {
    const { code, stdout, stderr } = await account.run(args.map((arg) => arg.replace("@", bench.folder)));
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe.concurrent("credentials", () => {
  const good = yaml(address("hq"), binding());

  it.each([
    ["that are not there", {}, "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"],
    [
      "of half an API key",
      { TWILIO_ACCOUNT_SID: `AC${"1".repeat(32)}`, TWILIO_API_KEY: "SK1" },
      "TWILIO_API_KEY is set, but TWILIO_API_SECRET is not",
    ],
    [
      "with a sid that is none",
      { TWILIO_ACCOUNT_SID: "AC1", TWILIO_AUTH_TOKEN: "x" },
      "TWILIO_ACCOUNT_SID is not an account sid",
    ],
  ])("%s", { timeout: TIMEOUT }, async (_, env, says) => {
    const { code, stdout, stderr } = await program(["plan", "-f", "-"], { env, input: good });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(says);
  });

  it("that Twilio refuses", { timeout: TIMEOUT }, async () => {
    const env = { ...account.env, TWILIO_AUTH_TOKEN: "wrong-token" };
    for (const args of [["plan", "-f", "-"], ["apply", "-f", "-"], ["coverage"], ["import"]]) {
      const { code, stdout, stderr } = await program(args, { env, input: good });
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(/check the auth token or the API key/);
      expect(stderr).not.toContain("wrong-token");
    }
  });

  it("for a Twilio that is not reached", { timeout: TIMEOUT }, async () => {
    const env = { ...account.env, TWILIO_BASE_URL: "http://127.0.0.1:9" };
    const { code, stderr } = await program(["plan", "-f", "-"], { env, input: good });
    expect(code).toBe(1);
    expect(stderr).toContain("check the network, and --twilio-base-url");
  });
});

it("none of these calls wrote anything to Twilio", async () => {
  expect(await account.writes()).toEqual([]);
});

describe.concurrent("every command", () => {
  it.each([
    "run",
    "plan",
    "apply",
    "import",
    "status",
    "coverage",
    "orphans",
    "approve",
    "from-csv",
    "doctor",
    "emulate",
  ])("%s has help with an example, and a version", { timeout: TIMEOUT }, async (command) => {
    const { code, stdout } = await program([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: twilio-emergency ${command}`);
    expect(stdout).toContain(`Example:\n  twilio-emergency ${command}`);
    const version = await program([command, "--version"]);
    expect(version).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: "" });
  });
});
