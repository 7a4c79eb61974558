/**
 * Writes src/api/schemas.gen.ts from crds/: what a manifest of each kind must look like, for commands that work without
 * an API server. Only spec, without descriptions; fields that the CRD does not name are refused, as kubectl does.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { fieldsOf } from "../src/api/fields.ts";
import { KINDS, PLURALS, type Kind } from "../src/api/names.ts";

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly [keyword: string]: unknown;
}

interface Crd {
  readonly spec: {
    readonly versions: readonly [{ readonly schema: { readonly openAPIV3Schema: Schema } }];
  };
}

const ROOT = join(import.meta.dirname, "..");
/** What JSON Schema knows, and the rules of CEL. */
const KEPT: ReadonlySet<string> = new Set([
  ...["type", "required", "enum", "default", "pattern", "minimum", "maximum"],
  ...["minLength", "maxLength", "minItems", "maxItems", "x-kubernetes-validations"],
]);

function strict({ properties, items, ...keywords }: Schema): Schema {
  const kept = Object.fromEntries(Object.entries(keywords).filter(([name]) => KEPT.has(name)));
  return {
    ...kept,
    ...(items === undefined ? {} : { items: strict(items) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, schema]) => [name, strict(schema)]),
          ),
          additionalProperties: false,
        }),
  };
}

function schemaOf(kind: Kind): Schema {
  const crd = parse(readFileSync(join(ROOT, "crds", `${PLURALS[kind]}.yaml`), "utf8")) as Crd;
  return crd.spec.versions[0].schema.openAPIV3Schema;
}

function specOf(kind: Kind): Schema {
  const { spec } = schemaOf(kind).properties ?? {};
  if (spec === undefined) throw new Error(`the CRD of ${kind} has no spec`);
  return strict(spec);
}

const schemas = Object.fromEntries(KINDS.map((kind) => [kind, specOf(kind)]));
const fields = Object.fromEntries(KINDS.map((kind) => [kind, fieldsOf(schemaOf(kind))]));
const text = `/* Made from crds/ by scripts/generate-schemas.ts: do not edit, run \`npm run generate\`. */
import type { Kind } from "./names.ts";

/** The schema of each kind's spec. */
export const SPEC_SCHEMAS: Readonly<Record<Kind, object>> = JSON.parse(
  ${JSON.stringify(JSON.stringify(schemas))},
) as Record<Kind, object>;

/** Dotted paths of all fields of spec and status. */
export const FIELDS: Readonly<Record<Kind, readonly string[]>> = JSON.parse(
  ${JSON.stringify(JSON.stringify(fields))},
) as Record<Kind, string[]>;
`;
writeFileSync(join(ROOT, "src/api/schemas.gen.ts"), text);
