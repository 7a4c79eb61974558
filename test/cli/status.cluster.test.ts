import { once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../stories/eventually.ts";
import type { Site } from "../stories/site.ts";
import { Stage } from "../stories/stage.ts";
import { program, start } from "./program.ts";

const stage = new Stage("cli-status");

beforeAll(async () => {
  await stage.open();
}, 90_000);
afterAll(() => stage.close());

const status = (...args: readonly string[]): ReturnType<typeof program> =>
  program(["status", "--kubeconfig", stage.plane.kubeconfigPath, "--namespace", stage.namespace, ...args]);

describe("status", () => {
  let site: Site;
  afterEach(() => site.check());

  it("shows accounts, addresses, numbers and domains as a tree", async () => {
    site = await stage.site({ domains: 1 });
    await site.settled();
    await site.domain("sip", {}, "desk");
    await site.reason("domain", "sip", "Configured");
    const { code, stdout, stderr } = await status();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const tree = stdout.slice(stdout.indexOf(`✓ account ${stage.namespace}/${site.id} `)).split("\n");
    expect(tree.slice(0, 4)).toEqual([
      expect.stringMatching(/^✓ account \S+ Authenticated \d+s {2}AC\d+ {2}1 of 1 numbers registered$/),
      expect.stringMatching(/^└─ ✓ address s\d+-hq Validated \d+s .* AD[0-9a-f]+$/),
      expect.stringMatching(/^ {3}└─ ✓ number s\d+-desk Registered \d+s {2}\+1\d+ {2}registered$/),
      expect.stringMatching(/^ {6}└─ ✓ domain s\d+-sip Configured \d+s .* emergency calling on$/),
    ]);
    expect(stdout).not.toContain("Needs attention");
  });

  it("names what needs attention first, each with a line that helps", async () => {
    site = await stage.site();
    await site.address("hq", { customerName: "Acme" });
    await site.binding("lost", 0, { phoneNumberSid: `PN${"f".repeat(32)}` });
    await site.reason("binding", "lost", "NumberNotFound");
    await site.until("binding", "lost", "a fault", (object) =>
      (object.status["conditions"] as readonly { type: string }[]).some(({ type }) => type === "Stalled"),
    );
    const lines = (await status()).stdout.split("\n");
    expect(lines[0]).toMatch(/^Needs attention: \d+$/);
    const at = lines.findIndex((line) =>
      line.startsWith(`✗ PhoneNumberBinding/${site.id}-lost in ${stage.namespace}: `),
    );
    expect(at).toBeGreaterThan(0);
    expect(lines[at + 2]).toBe(
      `    → correct the number, or buy it in this account: kubectl -n ${stage.namespace} edit phonenumberbindings ${site.id}-lost`,
    );
  });

  it("gives the objects as JSON", async () => {
    site = await stage.site();
    await site.settled();
    const { items } = JSON.parse((await status("-o", "json")).stdout) as {
      readonly items: readonly { readonly kind: string; readonly metadata: { readonly name: string } }[];
    };
    expect(items.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toContain(
      `PhoneNumberBinding/${site.id}-desk`,
    );
  });

  it("tells of every change while it watches, and ends when interrupted", async () => {
    site = await stage.site();
    const child = start([
      ...["status", "--watch", "--kubeconfig", stage.plane.kubeconfigPath],
      ...["--namespace", stage.namespace],
    ]);
    let seen = "";
    child.stdout?.on("data", (chunk: Buffer) => (seen += chunk.toString()));
    await eventually(async () =>
      seen.includes(`TwilioAccount/${stage.namespace}/${site.id} `) ? true : undefined,
    );
    await site.settled();
    const key = `PhoneNumberBinding/${stage.namespace}/${site.id}-desk`;
    await eventually(async () => (seen.includes(`${key} Ready=True Registered`) ? true : undefined));
    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number | null];
    expect(code).toBe(0);
    expect(seen).toContain(`${key} Ready=True Registered`);
  });

  it("says in one line that it cannot see the objects", async () => {
    site = await stage.site();
    await stage.plane.send("POST", `/api/v1/namespaces/${stage.namespace}/serviceaccounts`, {
      metadata: { name: "nobody" },
    });
    const kubeconfig = await stage.plane.serviceAccountKubeconfig(stage.namespace, "nobody");
    const { code, stdout, stderr } = await program(["status", "--kubeconfig", kubeconfig]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.trim().split("\n")).toEqual([expect.stringContaining("cannot list ")]);
  });
});
