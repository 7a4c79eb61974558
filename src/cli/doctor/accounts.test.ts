import { describe, expect, it } from "vitest";
import type { KubeClient } from "../../kube/client.ts";
import { KubeError } from "../../kube/errors.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import type { TwilioAccountClient } from "../../twilio/types.ts";
import { accountFor } from "../standalone/accounts.ts";
import { checkAccounts, findRegion } from "./accounts.ts";

/** A cluster in which every read ends so. */
const failing = (kind: "forbidden" | "network"): KubeClient =>
  ({
    get: () => Promise.reject(new KubeError({ kind, message: `get secrets: ${kind}` })),
  }) as unknown as KubeClient;

it.each([
  ["forbidden", "warning", "you may not read its Secret"],
  ["network", "broken", "its Secret environment cannot be read: get secrets: network"],
] as const)("a Secret that is not read (%s) is told as what it is", async (kind, level, says) => {
  const found = await checkAccounts([accountFor(`AC${"1".repeat(32)}`, "shop", "default")], {
    client: failing(kind),
    clock: systemClock(),
    baseUrl: undefined,
  });
  expect(found).toMatchObject([{ level, what: expect.stringContaining(says) as string }]);
});

describe("credentials that are refused", () => {
  const account = accountFor(`AC${"1".repeat(32)}`, "shop", "default");
  const refused = { kind: "unauthorized", message: "Authenticate", code: 20003, requestId: "RQ1" } as const;
  /** A Twilio that knows them in these regions. */
  const knownIn = (...regions: readonly string[]) =>
    findRegion(account, refused, ({ spec }) => ({
      probe: () =>
        Promise.resolve(
          regions.includes(spec.twilioRegion ?? "us1")
            ? { ok: true, value: { status: "active" } }
            : { ok: false, failure: refused },
        ) as ReturnType<TwilioAccountClient["probe"]>,
    }));

  it("are looked for in Twilio's other regions", async () => {
    const { level, what, cure } = await knownIn("ie1");
    expect(level).toBe("broken");
    expect(what).toMatch(/are of region ie1, not of us1$/);
    expect(cure).toContain(`-p '{"spec":{"twilioRegion":"ie1"}}'`);
  });

  it("and known nowhere: what Twilio said, and what to correct", async () => {
    const { what, cure } = await knownIn();
    expect(what).toMatch(/in no region: Authenticate \(error 20003, request RQ1\)$/);
    expect(cure).toMatch(/^correct the Secret /);
  });
});
