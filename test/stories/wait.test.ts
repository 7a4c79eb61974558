/** `kubectl wait` is what scripts and pipelines believe: it may never take the readiness of an older spec for the new one's. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "./site.ts";
import { Stage } from "./stage.ts";

const stage = new Stage("wait");
beforeAll(() => stage.open().then(() => undefined));
afterAll(() => stage.close());

/** `kubectl wait` for the object's readiness, with a time-out in seconds. */
function waitFor(
  site: Site,
  what: string,
  timeoutS = 30,
): Promise<{ readonly code: number; readonly stderr: string }> {
  const flags = ["-n", site.namespace, "--for=condition=Ready", `--timeout=${timeoutS}s`];
  return stage.plane.kubectl(["wait", ...flags, what]);
}

describe.concurrent("kubectl wait", () => {
  it("returns only when Twilio has what the last of many edits says", async () => {
    const site = await stage.site();
    await site.settled(1);
    for (let edit = 1; edit <= 8; edit += 1) {
      const street = `${edit} Churn St`;
      await site.patch("address", "hq", { spec: { street } });
      const done = await waitFor(site, `emergencyaddress/${site.id}-hq`);
      expect(done.code, done.stderr).toBe(0);
      const streets = (await site.twilio()).addresses.map((address) => address["street"]);
      expect(streets).toContain(street);
    }
    await site.check();
  });

  it("returns for a number only when it is registered at the last of many addresses", async () => {
    const site = await stage.site();
    await site.settled(1);
    await site.address("annex", { street: "9 Annex St" });
    await site.reason("address", "annex", "Validated");
    for (const name of ["annex", "hq", "annex", "hq"]) {
      await site.patch("binding", "desk", { spec: { addressRef: { name: site.named("address", name) } } });
      const done = await waitFor(site, `phonenumberbinding/${site.id}-desk`);
      expect(done.code, done.stderr).toBe(0);
      const { sid } = (await site.get("address", name)).status;
      expect(await site.slot()).toBe(`${String(sid)} registered`);
    }
    await site.check();
  });

  it("does not return while nobody has looked at the new spec", async () => {
    const own = await new Stage("wait-alone").open();
    try {
      const site = await own.site();
      await site.settled(1);
      await own.operator.end();
      await site.patch("binding", "desk", { spec: { changePolicy: "Manual" } });
      const done = await waitFor(site, `phonenumberbinding/${site.id}-desk`, 2);
      expect(done.code).toBe(1);
      expect(done.stderr).toContain("timed out waiting for the condition");
    } finally {
      await own.close();
    }
  });
});
