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
    expect(stdout).toMatch(/! the leases in namespace cli-doctor cannot be read: .*forbidden/);
    expect(stdout).not.toContain("there is no lease");
  });

  describe.concurrent("leases", () => {
    const LEASES = "/apis/coordination.k8s.io/v1/namespaces/cli-doctor/leases";
    const renewal = (skewMs: number): object => ({
      spec: {
        holderIdentity: "one",
        leaseDurationSeconds: 15,
        renewTime: new Date(Date.now() + skewMs).toISOString().replace("Z", "000Z"),
      },
    });
    /** Runs doctor beside a lease that is renewed every second, or not at all. */
    async function beside(
      name: string,
      { renews = true, skewMs = 0, group = "" },
      ...args: readonly string[]
    ): Promise<readonly string[]> {
      const labels = group === "" ? {} : { "emergency.twilio-operator.io/replica": group };
      await stage.plane.send("POST", LEASES, { metadata: { name, labels }, ...renewal(skewMs) });
      const renew = (): void => void stage.plane.send("PATCH", `${LEASES}/${name}`, renewal(skewMs));
      const timer = renews ? setInterval(renew, 1_000) : undefined;
      try {
        const found = await findings("--leader-elect", "true", ...args);
        return found
          .filter(({ what }) => /lease|clock/.test(what))
          .map(({ level, what }) => `${level}: ${what}`);
      } finally {
        clearInterval(timer);
      }
    }

    it.each([
      [
        "of a leader that lives",
        { renews: true },
        ["ok: one leads and renews its lease", "ok: the leader's clock agrees with the one of this machine"],
      ],
      [
        "of a leader that is gone",
        { renews: false },
        ["warning: one holds the lease NAME in namespace cli-doctor and does not renew it"],
      ],
      [
        "of a leader whose clock is wrong",
        { skewMs: 90_000 },
        [
          "ok: one leads and renews its lease",
          expect.stringMatching(/^warning: the leader's clock is (89|90) s ahead of/) as string,
        ],
      ],
    ])("%s", { timeout: 60_000 }, async (what, how, said) => {
      const name = what.replaceAll(" ", "-");
      const expected = said.map((line) => (typeof line === "string" ? line.replace("NAME", name) : line));
      expect(await beside(name, how, "--lease-name", name)).toEqual(expected);
    });

    it("that nobody has made", { timeout: 60_000 }, async () => {
      const found = await findings("--leader-elect", "true", "--lease-name", "nobody");
      expect(found.map(({ what }) => what)).toContain("there is no lease nobody in namespace cli-doctor");
    });

    it("of replicas that share the accounts, alive and gone", { timeout: 60_000 }, async () => {
      const sharing = ["--sharding", "accounts", "--lease-name", "shared"];
      expect(await beside("shared-gone", { renews: false, group: "shared" }, ...sharing)).toEqual([
        "warning: replica one does not renew its lease shared-gone in namespace cli-doctor",
      ]);
      expect(await beside("shared-alive", { group: "shared" }, ...sharing)).toEqual([
        "ok: 1 of 2 replicas renew their leases and share the accounts",
        "warning: replica one does not renew its lease shared-gone in namespace cli-doctor",
      ]);
    });
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
