import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stage } from "../stories/stage.ts";
import { accountWith } from "../support/operator-account.ts";
import { type Ended, program } from "./program.ts";

const stage = new Stage("cli-doctor");
beforeAll(async () => {
  await stage.open();
}, 90_000);
afterAll(() => stage.close());

interface Findings {
  readonly findings: readonly { readonly level: string; readonly what: string; readonly cure?: string }[];
}

const doctor = (kubeconfig: string, ...args: readonly string[]): Promise<Ended> =>
  program([
    ...["doctor", "--kubeconfig", kubeconfig, "--namespace", stage.namespace],
    ...["--twilio-base-url", stage.control.url, "--lease-namespace", stage.namespace, ...args],
  ]);

async function findings(...args: readonly string[]): Promise<Findings["findings"]> {
  const { stdout } = await doctor(stage.plane.kubeconfigPath, "-o", "json", ...args);
  return (JSON.parse(stdout) as Findings).findings;
}

describe("doctor", () => {
  it("finds nothing broken where all is well", async () => {
    const site = await stage.site();
    await site.settled();
    const found = await findings();
    expect(found.filter(({ level }) => level === "broken")).toEqual([]);
    expect(found.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        expect.stringContaining("permissions that the operator needs are there"),
        expect.stringContaining(`TwilioAccount ${stage.namespace}/${site.id}: its credentials work`),
      ]),
    );
    expect((await doctor(stage.plane.kubeconfigPath)).code).toBe(0);
  });

  it("names a Secret that is not there, one without its keys, and credentials that Twilio refuses", async () => {
    const [absent, empty, wrong] = [await stage.site(), await stage.site(), await stage.site()];
    await stage.plane.send("DELETE", `/api/v1/namespaces/${stage.namespace}/secrets/${absent.id}`);
    await empty.secret({ something: "else" });
    await wrong.secret({ authToken: "wrong" });
    const found = await findings();
    const of = (name: string): unknown =>
      found
        .filter(({ what }) => what.startsWith(`TwilioAccount ${stage.namespace}/${name}:`))
        .map(({ what, level }) => `${level} ${what}`);
    expect(of(absent.id)).toEqual([expect.stringMatching(/^broken .*its Secret \S+ does not exist$/)]);
    expect(of(empty.id)).toEqual([expect.stringMatching(/^broken .*needs the key authToken/)]);
    expect(of(wrong.id)).toEqual([expect.stringMatching(/^broken .*Twilio does not let us in/)]);
    const { code, stdout } = await doctor(stage.plane.kubeconfigPath);
    expect(code).toBe(1);
    expect(stdout).toContain(`→ kubectl -n ${stage.namespace} create secret generic ${absent.id}`);
    expect(stdout).not.toContain("wrong\n");
  });

  it("names each permission that is missing", async () => {
    const read = ["twilioaccounts", "emergencyaddresses", "phonenumberbindings", "sipdomainsettings"].map(
      (resource) => ({ group: "emergency.twilio-operator.io", resource, verb: "list" }),
    );
    const kubeconfig = await accountWith(stage.plane, "cli-doctor-reader", { work: read });
    const { code, stdout } = await doctor(kubeconfig);
    expect(code).toBe(1);
    expect(stdout).toContain(
      "✗ not allowed: watch phonenumberbindings.emergency.twilio-operator.io in namespace cli-doctor",
    );
    expect(stdout).toContain("✗ not allowed: patch emergencyaddresses/status");
    expect(stdout).not.toContain("not allowed: list phonenumberbindings");
  });

  it("says what an uninstall would leave behind", async () => {
    const site = await stage.site();
    await site.settled(1, { deletionPolicy: "Unregister" });
    const found = await findings("--pre-uninstall");
    expect(found.filter(({ level }) => level === "broken")).toMatchObject([
      {
        what: expect.stringContaining(
          `PhoneNumberBinding ${stage.namespace}/${site.id}-desk carries our finalizer`,
        ) as string,
        cure: expect.stringContaining("kubectl -n cli-doctor patch phonenumberbindings") as string,
      },
    ]);
  });

  it("says in one line that the cluster is not reached", async () => {
    const { code, stdout } = await program([
      "doctor",
      "--kubeconfig",
      stage.plane.kubeconfigPath,
      "--context",
      "none",
    ]);
    expect({ code, stdout }).toMatchObject({ code: 1, stdout: "" });
  });
});
