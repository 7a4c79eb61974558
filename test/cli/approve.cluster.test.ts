import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "../stories/site.ts";
import { Stage } from "../stories/stage.ts";
import { type Ended, program, start } from "./program.ts";
import { eventually } from "../stories/eventually.ts";
import { once } from "node:events";

const stage = new Stage("cli-approve");
beforeAll(async () => {
  await stage.open();
}, 90_000);
afterAll(() => stage.close());

const flags = (): readonly string[] => [
  ...["--kubeconfig", stage.plane.kubeconfigPath],
  ...["--namespace", stage.namespace],
];

const approve = (target: string, ...args: readonly string[]): Promise<Ended> =>
  program(["approve", target, ...flags(), ...args]);

/** A number under changePolicy Manual whose address has got new content. */
async function asking(): Promise<{ readonly site: Site; readonly target: string }> {
  const site = await stage.site();
  await site.settled(1, { changePolicy: "Manual" });
  await site.patch("address", "hq", { spec: { street: "2 Side St" } });
  await site.reason("binding", "desk", "AwaitingApproval");
  return { site, target: `phonenumberbinding/${site.id}-desk` };
}

describe("approve", () => {
  it("shows who loses protection, and approves what it has shown", async () => {
    const { site, target } = await asking();
    const { code, stdout } = await approve(target, "--yes");
    expect(code).toBe(0);
    expect(stdout).toContain(`PhoneNumberBinding/${site.id}-desk in namespace ${stage.namespace}`);
    expect(stdout).toContain("1. DisassociateAddress");
    expect(stdout).toMatch(/approved: \S+\n$/);
    await site.until("binding", "desk", "moved", ({ status }) => status["appliedAddressSids"]?.length === 2);
    await site.reason("binding", "desk", "Registered");
    await site.check();
  });

  it("does nothing without a yes", async () => {
    const { site, target } = await asking();
    const refused = await program(["approve", target, ...flags()], { input: "y\n" });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("nothing was approved");
    const nobody = await program(["approve", target, ...flags()]);
    expect(nobody.code).toBe(1);
    const object = await site.get("binding", "desk");
    expect(object.metadata.annotations?.["emergency.twilio-operator.io/approve"]).toBeUndefined();
  });

  it("refuses when the plan has changed since it was shown", async () => {
    const { site, target } = await asking();
    const child = start(["approve", target, ...flags()]);
    let [shown, said] = ["", ""];
    child.stdout?.on("data", (chunk: Buffer) => (shown += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await eventually(async () => (said.includes("Type yes") ? true : undefined));
    const before = /Plan (\S+)/.exec(shown)?.[1];
    await site.patch("address", "hq", { spec: { street: "3 Other St" } });
    await site.until("binding", "desk", "asks anew", ({ status }) => {
      const hash = status["pendingPlan"]?.hash as string | undefined;
      return hash !== undefined && hash !== before;
    });
    child.stdin?.end("yes\n");
    const [code] = (await once(child, "close")) as [number | null];
    expect(code).toBe(1);
    expect(said).toContain("the plan has changed since it was shown, and was not approved");
  });

  it.each([
    ["PhoneNumberBinding", "is not KIND/NAME"],
    ["Nothing/at-all", "is not KIND/NAME"],
    ["PhoneNumberBinding/nobody", "there is no PhoneNumberBinding/nobody in namespace cli-approve"],
  ])("says in one line why it cannot: %s", async (target, says) => {
    const { code, stdout, stderr } = await approve(target, "--yes");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(says);
  });

  it("says that an object waits for nothing", async () => {
    const site = await stage.site();
    await site.settled();
    const { code, stderr } = await approve(`phonenumberbindings/${site.id}-desk`, "--yes");
    expect(code).toBe(1);
    expect(stderr).toContain("waits for no approval: it is Registered");
  });
});
