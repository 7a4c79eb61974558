import { describe, expect, it } from "vitest";
import { ACCOUNT, run, STANDARD_KEY } from "../../../test/emulator/running.ts";
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

it("a key that may not read its account is told so, and works", async () => {
  const twilio = await run();
  const apiKeySecret = "secret-of-the-key";
  const found = async (secret: string): Promise<unknown> => {
    const data = { apiKeySid: STANDARD_KEY, apiKeySecret: secret };
    const encoded = Object.entries(data).map(([name, text]) => [name, Buffer.from(text).toString("base64")]);
    return checkAccounts([accountFor(ACCOUNT, "shop", "default")], {
      client: { get: () => Promise.resolve({ data: Object.fromEntries(encoded) }) } as unknown as KubeClient,
      clock: systemClock(),
      baseUrl: twilio.emulator.url,
    });
  };
  try {
    const what = expect.stringContaining("may not read the account itself") as string;
    expect(await found(apiKeySecret)).toMatchObject([{ level: "ok", what }]);
    expect(await found("secret-of-another")).toMatchObject([{ level: "broken" }]);
  } finally {
    await twilio.stop();
  }
});

describe("credentials that are refused", () => {
  const account = accountFor(`AC${"1".repeat(32)}`, "shop", "default");
  const refused = { kind: "unauthorized", message: "Authenticate", code: 20003, requestId: "RQ1" } as const;
  /** Twilio's regions, and what each says to these credentials. */
  const asked = (says: Readonly<Record<string, "known" | "unauthorized" | "network">>) =>
    findRegion(account, refused, {
      regions: Object.keys(says),
      connectIn: (region) => ({
        probe: () =>
          Promise.resolve(
            says[region] === "known"
              ? { ok: true, value: { status: "active" } }
              : { ok: false, failure: { ...refused, kind: says[region] } },
          ) as ReturnType<TwilioAccountClient["probe"]>,
      }),
    });

  it("are looked for in Twilio's other regions", async () => {
    const { level, what, cure } = await asked({ us1: "known", ie1: "known" });
    expect(level).toBe("broken");
    expect(what).toMatch(/are of region ie1, not of us1$/);
    expect(cure).toContain(`-p '{"spec":{"twilioRegion":"ie1"}}'`);
  });

  it("and known nowhere: where Twilio has refused them, what it said, and what to correct", async () => {
    const { what, cure } = await asked({ us1: "unauthorized", ie1: "unauthorized", au1: "unauthorized" });
    expect(what).toMatch(/let us in, nor in ie1 or au1: Authenticate \(error 20003, request RQ1\)$/);
    expect(cure).toMatch(/^correct the Secret /);
  });

  it("are not said to be refused where nobody was reached", async () => {
    expect((await asked({ us1: "unauthorized", ie1: "network" })).what).toMatch(/let us in: Authenticate/);
  });

  it("belong to no region behind an emulator or a gateway", async () => {
    expect((await asked({})).what).toMatch(/let us in: Authenticate/);
  });
});
