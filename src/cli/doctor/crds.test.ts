/** Against the definitions that stand in crds/, whole and with something missing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { KubeClient } from "../../kube/client.ts";
import { KubeError } from "../../kube/errors.ts";
import { checkCrds } from "./crds.ts";

const FOLDER = join(import.meta.dirname, "../../../crds");
const textOf = (name: string): string => readFileSync(join(FOLDER, `${name.split(".")[0]}.yaml`), "utf8");

/** A cluster with these definitions, as `edit` leaves their text. */
const cluster = (edit: (text: string) => string): KubeClient =>
  ({
    get: (_: object, { name }: { readonly name: string }) => Promise.resolve(parse(edit(textOf(name)))),
  }) as unknown as KubeClient;

describe("the CRDs of a cluster", () => {
  it("are those of this version", async () => {
    expect(await checkCrds(cluster((text) => text))).toMatchObject([{ level: "ok" }]);
  });

  it("may have more than this version knows", async () => {
    const newer = cluster((text) =>
      text.replaceAll(/^( *)usedApproval:/gm, "$1tomorrow: {type: string}\n$&"),
    );
    expect(await checkCrds(newer)).toMatchObject([{ level: "ok" }]);
  });

  it("are older: the field and the command are named", async () => {
    const older = cluster((text) => text.replaceAll("previousAddressSid:", "formerAddressSid:"));
    const [finding, ...others] = await checkCrds(older);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ level: "broken" });
    expect(finding?.what).toContain(
      "CRD phonenumberbindings.emergency.twilio-operator.io is older than this version: it lacks status.previousAddressSid",
    );
    expect(finding?.cure).toContain("kubectl apply --server-side -f crds/");
  });

  it("lack the version", async () => {
    const found = await checkCrds(cluster((text) => text.replaceAll("name: v1alpha1", "name: v1")));
    expect(found.map(({ what }) => what)).toContainEqual(expect.stringMatching(/has no version v1alpha1$/));
  });

  it("cannot be read: each is named with what the API server said", async () => {
    const failing = {
      get: () => Promise.reject(new KubeError({ kind: "server", message: "get crd: 503" })),
    } as unknown as KubeClient;
    const found = await checkCrds(failing);
    expect(found).toHaveLength(4);
    for (const { level, what } of found)
      expect([level, what]).toEqual([
        "broken",
        expect.stringMatching(/^the CRD \S+ cannot be read: get crd: 503$/),
      ]);
  });

  it("may not be read: said, and no more", async () => {
    const forbidden = {
      get: () => Promise.reject(new KubeError({ kind: "forbidden", message: "no" })),
    } as unknown as KubeClient;
    expect((await checkCrds(forbidden)).map(({ level }) => level)).toEqual(Array(4).fill("warning"));
  });
});
