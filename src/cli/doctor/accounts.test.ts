import { expect, it } from "vitest";
import type { KubeClient } from "../../kube/client.ts";
import { KubeError } from "../../kube/errors.ts";
import { systemClock } from "../../runtime/system-clock.ts";
import { accountFor } from "../standalone/accounts.ts";
import { checkAccounts } from "./accounts.ts";

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
