/** Every manifest that a page shows or that examples hold is one that the API server takes, every field known to it. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { PAGES } from "../docs/pages.ts";
import { readPage } from "../docs/page.ts";
import { eventually } from "../stories/eventually.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { type Manifest, ROOT, idOf } from "./tools.ts";

interface Shown {
  readonly where: string;
  readonly object: Manifest;
}

/** The definitions of Argo CD are in its module, which is large: gitops/guide.test.ts has it, and shows these to it. */
const ELSEWHERE = /^argoproj\.io\//;

function objectsIn(text: string, where: string): readonly Shown[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS() as Manifest | null;
    const isManifest =
      object !== null && typeof object === "object" && "apiVersion" in object && "kind" in object;
    return isManifest ? [{ where, object }] : [];
  });
}

/** A block with an ellipsis, or one that begins in the middle of an object, shows a part. */
const isWhole = (text: string): boolean => /^apiVersion:/m.test(text) && !text.includes("…");

const PAGES_SHOW = PAGES.flatMap((path) =>
  readPage(path)
    .blocks.filter(({ language, text }) => language === "yaml" && isWhole(text))
    .flatMap(({ text, line }) => objectsIn(text, `${path}:${line}`)),
);
const FILES = globSync(["examples/**/*.yaml", "deploy/argocd/example/**/*.yaml"], { cwd: ROOT }).toSorted();
const EXAMPLES = FILES.flatMap((path) => objectsIn(readFileSync(join(ROOT, path), "utf8"), path));
const ALL = [...PAGES_SHOW, ...EXAMPLES];
const HERE = ALL.filter(({ object }) => !ELSEWHERE.test(object.apiVersion));

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
  const crds = ["crds", "test/deploy/monitoring-crds", "test/deploy/flux-crds"].flatMap((folder) => [
    "-f",
    join(ROOT, folder),
  ]);
  const applied = await plane.kubectl(["apply", "--server-side", ...crds]);
  if (applied.code !== 0) throw new Error(applied.stderr);
  const namespaces = new Set(HERE.map(({ object }) => object.metadata.namespace ?? "default"));
  for (const name of namespaces) await plane.send("POST", "/api/v1/namespaces", { metadata: { name } });
  await eventually(async () => {
    const done = await plane.kubectl([
      "wait",
      "--for=condition=Established",
      "--timeout=30s",
      "crd",
      "--all",
    ]);
    return done.code === 0 ? true : undefined;
  }, 30_000);
});
afterAll(() => plane?.stop());

it("there are some of each", () => {
  expect(PAGES_SHOW.length).toBeGreaterThan(10);
  expect(EXAMPLES.length).toBeGreaterThan(20);
  expect(new Set(HERE.map(({ object }) => object.kind)).size).toBeGreaterThanOrEqual(5);
});

describe("the API server takes", () => {
  it.each(HERE.map(({ where, object }) => [`${where} ${idOf(object)}`, object] as const))(
    "%s",
    async (_, object) => {
      const flags = ["create", "--dry-run=server", "--validate=strict", "-f", "-"];
      const done = await plane.kubectl(flags, JSON.stringify(object));
      expect(done.stderr).toBe("");
    },
  );
});
