/**
 * Copies crds/, deploy/policies/ and deploy/alerts/ to where a packaging tool needs files of its own: neither kustomize nor Helm takes a
 * file from outside its folder. The copies are checked for drift like everything generated.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";

function comment(source: string): string {
  return `# Copied from ${source}/ by scripts/generate-crd-copies.ts: do not edit, run \`npm run generate\`.\n`;
}

/** Writes what kustomize and the chart need under `root`: copies of the CRDs, policies and alerts. */
export function copyCrds(root: string): void {
  const crds = manifests(root, "crds");
  copy(root, { from: "crds", to: "deploy/kustomize/crds", files: crds });
  copy(root, { from: "crds", to: "deploy/chart/files/crds", files: crds });
  const policies = manifests(root, "deploy/policies");
  copy(root, { from: "deploy/policies", to: "deploy/chart/files/policies", files: policies });
  copy(root, { from: "deploy/alerts", to: "deploy/chart/files", files: ["alerts.yaml"] });
  writeRule(root);
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: crds,
  };
  const target = join(root, "deploy/kustomize/crds/kustomization.yaml");
  writeFileSync(target, comment("crds") + stringify(kustomization));
}

/** The alerts as an object of the Prometheus operator, as the chart makes it. */
function writeRule(root: string): void {
  const name = "twilio-emergency-operator";
  const rule = {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name, namespace: name },
    spec: parse(readFileSync(join(root, "deploy/alerts/alerts.yaml"), "utf8")) as object,
  };
  const target = join(root, "deploy/kustomize/overlays/monitoring/alerts.yaml");
  writeFileSync(target, comment("deploy/alerts") + stringify(rule, { lineWidth: 0 }));
}

function manifests(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".yaml") && name !== "kustomization.yaml")
    .toSorted();
}

function copy(
  root: string,
  what: { readonly from: string; readonly to: string; readonly files: readonly string[] },
): void {
  mkdirSync(join(root, what.to), { recursive: true });
  for (const file of what.files) {
    const text = readFileSync(join(root, what.from, file), "utf8");
    writeFileSync(join(root, what.to, file), comment(what.from) + text);
  }
}

if (import.meta.main) copyCrds(join(import.meta.dirname, ".."));
