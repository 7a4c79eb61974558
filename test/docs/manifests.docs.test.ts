/** Every manifest on a page is taken by the API server as it stands; excerpts are not manifests. */
import { beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { GROUP, PLURALS, type Kind } from "../../src/api/names.ts";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import { readPage, ROOT } from "./page.ts";
import { PAGES } from "./pages.ts";

interface Manifest {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string };
}

const NAMESPACE = "manifests-of-pages";

const manifests = PAGES.flatMap((path) =>
  readPage(path)
    .blocks.filter(({ language }) => language === "yaml")
    .flatMap(({ text, line }) =>
      parseAllDocuments(text)
        .map((document) => document.toJS() as Manifest | null)
        .filter((manifest) => manifest?.apiVersion?.startsWith(GROUP) === true)
        .map((manifest) => ({ at: `${path}:${line}`, kind: manifest?.kind as Kind, manifest })),
    ),
);

beforeAll(async () => {
  const plane = sharedControlPlane();
  const applied = await plane.kubectl(["apply", "--server-side", "-f", `${ROOT}/crds`]);
  if (applied.code !== 0) throw new Error(applied.stderr);
  await plane.kubectl(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"]);
  await plane.send("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
});

test("there are manifests of every kind", () => {
  expect(new Set(manifests.map(({ kind }) => kind))).toEqual(new Set(Object.keys(PLURALS)));
});

test.each(manifests)("$at $kind", async ({ kind, manifest }) => {
  const path = `/apis/${GROUP}/v1alpha1/namespaces/${NAMESPACE}/${PLURALS[kind]}`;
  const reply = await sharedControlPlane().send("POST", `${path}?dryRun=All&fieldValidation=Strict`, {
    ...manifest,
    metadata: { ...manifest?.metadata, namespace: NAMESPACE },
  });
  expect(reply.status, reply.body).toBe(201);
});
