/** What every field of every CRD must have, whatever it means. Needs no API server. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { KINDS, PLURALS, type Kind } from "../../src/api/names.ts";

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly [keyword: string]: unknown;
}

const folder = join(import.meta.dirname, "../../crds");

function rootSchema(kind: Kind): Schema {
  const text = readFileSync(join(folder, `${PLURALS[kind]}.yaml`), "utf8");
  const crd = parse(text) as { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } };
  const [version] = crd.spec.versions;
  if (version === undefined) throw new Error(`${kind} has no version`);
  return version.schema.openAPIV3Schema;
}

/** Every schema in the tree with its path, such as `spec.accountRef.name`; `[]` is the items of a list. */
function walk(schema: Schema, path = ""): (readonly [string, Schema])[] {
  const inside = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    walk(field, path === "" ? name : `${path}.${name}`),
  );
  const items = schema.items === undefined ? [] : walk(schema.items, `${path}[]`);
  return [[path, schema], ...inside, ...items];
}

/** Paths of the schemas for which the check fails. */
function failing(kind: Kind, check: (schema: Schema, path: string) => boolean): string[] {
  return walk(rootSchema(kind))
    .filter(([path, schema]) => !check(schema, path))
    .map(([path]) => path);
}

describe.each(KINDS)("%s", (kind) => {
  test("bounds every text, because the cost of a rule is reckoned with its length", () => {
    const bounded = (schema: Schema): boolean =>
      schema.type !== "string" || schema.enum !== undefined || schema.maxLength !== undefined;
    expect(failing(kind, bounded)).toEqual([]);
  });

  test("bounds every list", () => {
    expect(failing(kind, (schema) => schema.type !== "array" || schema.maxItems !== undefined)).toEqual([]);
  });

  test("describes every field", () => {
    const described = (schema: Schema, path: string): boolean =>
      path === "metadata" || path.endsWith("[]") || (schema.description ?? "").length > 0;
    expect(failing(kind, described)).toEqual([]);
  });

  test("relies on no format but date-time, which alone means the same everywhere", () => {
    const known = [undefined, "date-time", "int32", "int64"];
    expect(failing(kind, (schema) => known.includes(schema.format))).toEqual([]);
  });

  test("says the form of a text twice alike: as pattern for tools, as rule with words for people", () => {
    const alike = (schema: Schema): boolean => {
      const [rule] = (schema["x-kubernetes-validations"] ?? []) as { rule: string }[];
      const form = /^self\.matches\(r?'(.*)'\)$/.exec(rule?.rule ?? "")?.[1];
      return form === schema["pattern"];
    };
    const texts = walk(rootSchema(kind)).filter(
      ([path, { type }]) => path.startsWith("spec.") && type === "string",
    );
    expect(texts.filter(([, schema]) => !alike(schema)).map(([path]) => path)).toEqual([]);
  });

  test("names a type for every field and keeps no unknown one", () => {
    expect(failing(kind, (schema) => schema.type !== undefined)).toEqual([]);
    expect(failing(kind, (schema) => schema["x-kubernetes-preserve-unknown-fields"] === undefined)).toEqual(
      [],
    );
  });
});

test("whoever asks kubectl explain about content learns that a change costs protection", () => {
  const spec = rootSchema("EmergencyAddress").properties?.["spec"]?.properties ?? {};
  const content = ["customerName", "street", "streetSecondary", "city", "region", "postalCode"];

  for (const field of content)
    expect(spec[field]?.description, field).toMatch(/out of protection for minutes \(GB: up to days\)/);
});

test("the kinds agree about the parts of status that they share", () => {
  const shared = [
    "observedGeneration",
    "conditions",
    "lastHandledReconcileAt",
    "lastError",
    "retry",
    "operation",
  ];
  const [first, ...others] = KINDS.map((kind) => rootSchema(kind).properties?.["status"]?.properties ?? {});

  for (const field of shared) {
    expect(first?.[field], field).toBeDefined();
    for (const other of others) expect(other[field], field).toEqual(first?.[field]);
  }
});
