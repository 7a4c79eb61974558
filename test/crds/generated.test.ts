/** What is made from crds/ and deploy/policies/: the types, and the copies that kustomize and the chart need. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyCrds } from "../../scripts/generate-crd-copies.ts";
import { generateTypes } from "../../scripts/generate-types.ts";

const root = join(import.meta.dirname, "../..");
let scratch: string;

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "crds-"));
  mkdirSync(join(scratch, "deploy/kustomize/overlays/monitoring"), { recursive: true });
  for (const source of ["crds", "deploy/policies", "deploy/alerts"])
    cpSync(join(root, source), join(scratch, source), { recursive: true });
});

afterEach(() => {
  rmSync(scratch, { recursive: true });
});

function edit(file: string, from: string, to: string): void {
  const path = join(scratch, "crds", file);
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

test("the types in src/api are those of the CRDs", async () => {
  const written = readFileSync(join(root, "src/api/types.gen.ts"), "utf8");
  expect(await generateTypes(join(root, "crds"))).toBe(written);
});

test("a change of a CRD changes the types", async () => {
  edit("phonenumberbindings.yaml", "enum: [Rolling, Manual]", "enum: [Rolling, Manual, Never]");
  expect(await generateTypes(join(scratch, "crds"))).toContain(
    'changePolicy: "Rolling" | "Manual" | "Never";',
  );
});

test("a field with a default is always there, one without may be absent", async () => {
  edit("emergencyaddresses.yaml", "                  default: Retain\n", "");
  const types = await generateTypes(join(scratch, "crds"));
  expect(types).toContain('deletionPolicy?: "Retain" | "Delete";');
  expect(types).toContain('deletionPolicy: "Retain" | "Unregister";');
});

test("kinds that disagree about a shared part of status are a fault", async () => {
  edit("sipdomainsettings.yaml", "Twilio's message.", "Twilio's message, more or less.");
  await expect(generateTypes(join(scratch, "crds"))).rejects.toThrow(
    /status\.lastError of SIPDomainSetting differs/,
  );
});

test("the chart and kustomize have the alerts of deploy/alerts", () => {
  copyCrds(scratch);
  for (const file of ["deploy/chart/files/alerts.yaml", "deploy/kustomize/overlays/monitoring/alerts.yaml"])
    expect(readFileSync(join(root, file), "utf8")).toBe(readFileSync(join(scratch, file), "utf8"));
});

test.each(["deploy/kustomize/crds", "deploy/chart/files/crds", "deploy/chart/files/policies"])(
  "the copies in %s are those of the sources, and no file is left over",
  (copies) => {
    copyCrds(scratch);
    const files = readdirSync(join(scratch, copies));
    expect(readdirSync(join(root, copies))).toEqual(files);
    for (const file of files) {
      const made = readFileSync(join(scratch, copies, file), "utf8");
      expect(readFileSync(join(root, copies, file), "utf8"), file).toBe(made);
    }
  },
);
