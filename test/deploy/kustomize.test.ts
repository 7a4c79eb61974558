import { describe, expect, it } from "vitest";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import { readPage } from "../docs/page.ts";
import { type Manifest, idOf, manifests, render } from "./tools.ts";

const MONITORING = [
  ...["--set", "metrics.serviceMonitor.enabled=true"],
  ...["--set", "metrics.prometheusRule.enabled=true"],
];
const PAIRS: readonly (readonly [string, readonly string[]])[] = [
  ["base", []],
  ["overlays/namespaced", ["--set", "watchNamespaces={emergency}"]],
  ["overlays/monitoring", MONITORING],
  ["overlays/sharding", ["--set", "sharding=accounts"]],
];

async function kustomize(folder: string): Promise<readonly Manifest[]> {
  const done = await sharedControlPlane().kubectl(["kustomize", `deploy/kustomize/${folder}`]);
  if (done.code !== 0) throw new Error(done.stderr);
  return manifests(done.stdout);
}

/** Without the marks that each tool puts on its own: labels of the object, the chart's word that CRDs are kept. */
function plain(object: Manifest): object {
  const { labels: _, annotations = {}, ...metadata } = object.metadata;
  const { "helm.sh/resource-policy": _h, "argocd.argoproj.io/sync-options": _a, ...others } = annotations;
  return {
    ...object,
    metadata: Object.keys(others).length > 0 ? { ...metadata, annotations: others } : metadata,
  };
}

/** Arguments are a set; the order of objects says nothing. */
function comparable(objects: readonly Manifest[]): Readonly<Record<string, object>> {
  const entries = objects
    // `helm install --create-namespace` makes it.
    .filter(({ kind }) => kind !== "Namespace")
    .map((object) => [idOf(object), plain(object)] as const);
  for (const [id, object] of entries) {
    if (!id.startsWith("Deployment/")) continue;
    const { containers } = (object as Manifest)["spec"].template.spec;
    containers[0].args.sort();
  }
  return Object.fromEntries(entries);
}

describe.each(PAIRS)("kustomize %s", (folder, args) => {
  it("gives the objects that the chart gives", async () => {
    const [chart, built] = await Promise.all([render(args), kustomize(folder)]);
    expect(comparable(built)).toEqual(comparable(manifests(chart)));
  });
});

describe("docs/guide/uninstall.md", () => {
  const { blocks } = readPage("docs/guide/uninstall.md");
  const deletes = blocks.flatMap(({ text }) => [...text.matchAll(/^kubectl delete (\S+) (\S+)$/gm)]);
  const deleted = deletes.flatMap(([, kinds = "", name = ""]) =>
    kinds.split(",").map((kind) => `${kind} ${name}`),
  );

  it("removes all that the base makes, but the CRDs and the policies", async () => {
    const stays = /^(CustomResourceDefinition|ValidatingAdmissionPolicy(Binding)?)$/;
    const goes = (await kustomize("base"))
      .filter(({ kind }) => !stays.test(kind))
      .map(({ kind, metadata: { name, namespace } }) =>
        namespace === undefined ? `${kind.toLowerCase()} ${name}` : `namespace ${namespace}`,
      );
    expect(deleted).toEqual(expect.arrayContaining([...new Set(goes)]));
  });
});
