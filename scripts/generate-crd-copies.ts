/**
 * Copies crds/ to where a packaging tool needs files of its own: kustomize takes no file from outside its folder. The
 * copies are checked for drift like everything generated.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

const COMMENT =
  "# Copied from crds/ by scripts/generate-crd-copies.ts: do not edit, run `npm run generate`.\n";

/** Writes deploy/kustomize/crds under `root`: a copy of each CRD, and the kustomization that names them. */
export function copyCrds(root: string): void {
  const target = join(root, "deploy/kustomize/crds");
  mkdirSync(target, { recursive: true });
  const files = readdirSync(join(root, "crds")).toSorted();
  for (const file of files) {
    writeFileSync(join(target, file), COMMENT + readFileSync(join(root, "crds", file), "utf8"));
  }
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: files,
  };
  writeFileSync(join(target, "kustomization.yaml"), COMMENT + stringify(kustomization));
}

if (import.meta.main) copyCrds(join(import.meta.dirname, ".."));
