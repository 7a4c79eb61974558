import { expect, it } from "vitest";
import type { KubeClient } from "../../kube/client.ts";
import { KubeError } from "../../kube/errors.ts";
import { checkPermissions } from "./permissions.ts";

interface Asked {
  readonly spec: { readonly resourceAttributes: { readonly verb: string } };
}

const needed = ["get", "list", "patch", "watch"].map((verb) => ({ group: "", resource: "secrets", verb }));

/** A cluster whose API server allows the verbs that say so, and breaks down over those that it does not know. */
const cluster = (allowed: Readonly<Record<string, boolean>>): KubeClient =>
  ({
    create: async (_: object, { spec }: Asked) => {
      const answer = allowed[spec.resourceAttributes.verb];
      if (answer === undefined)
        throw new KubeError({ kind: "timeout", message: "no answer within 10000 ms" });
      return { status: { allowed: answer } };
    },
  }) as unknown as KubeClient;

it("finds all permissions there", async () => {
  const found = await checkPermissions(cluster({ get: true, list: true, patch: true, watch: true }), needed);
  expect(found).toEqual([{ level: "ok", what: "all 4 permissions that the operator needs are there" }]);
});

it("tells the permissions that could not be asked for, once, beside those that are missing", async () => {
  const found = await checkPermissions(cluster({ get: true, list: false }), needed);
  expect(found).toMatchObject([
    { level: "broken", what: "not allowed: list secrets in all namespaces" },
    { level: "broken", what: "2 of 4 permissions could not be checked: no answer within 10000 ms" },
  ]);
});

it("hides no fault of the program as one of the cluster", async () => {
  const faulty = { create: () => Promise.reject(new TypeError("no")) } as unknown as KubeClient;
  await expect(checkPermissions(faulty, needed)).rejects.toThrow(TypeError);
});
