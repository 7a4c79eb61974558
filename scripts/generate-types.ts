/**
 * Writes src/api/types.gen.ts from crds/: `<Kind>Spec` and `<Kind>Status` for each kind, and one interface for each
 * shape that the kinds share. The CRDs are the source of truth; the same CRDs always give the same bytes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "json-schema-to-typescript";
import { parse } from "yaml";
import { KINDS, PLURALS, type Kind } from "../src/api/names.ts";

interface Schema {
  type?: string;
  description?: string;
  default?: unknown;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  $ref?: string;
  [keyword: string]: unknown;
}

/** Status fields whose shape is the same in every kind that has them, and the name of that shape. */
const SHARED: Readonly<Record<string, string>> = {
  conditions: "Condition",
  lastError: "LastError",
  retry: "RetryRecord",
  operation: "Operation",
  pendingPlan: "PendingPlan",
};

const BANNER =
  "/* Generated from crds/ by scripts/generate-types.ts: do not edit, run `npm run generate`. */";

/** The interfaces for the CRDs in `folder`, formatted. Fails if kinds disagree about a shared shape. */
export async function generateTypes(folder: string): Promise<string> {
  const definitions: Record<string, Schema> = {};
  for (const kind of KINDS) {
    const { spec, status } = rootProperties(folder, kind);
    if (spec === undefined || status === undefined)
      throw new Error(`The CRD of ${kind} lacks spec or status.`);
    definitions[`${kind}Spec`] = plain(spec);
    definitions[`${kind}Status`] = share(plain(status), definitions, kind);
  }
  const root = { definitions, type: "object", additionalProperties: false } as Parameters<typeof compile>[0];
  const code = await compile(root, "Root", {
    additionalProperties: false,
    bannerComment: BANNER,
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
    style: { printWidth: 110 },
  });
  return withoutNoise(code);
}

function rootProperties(folder: string, kind: Kind): Record<string, Schema | undefined> {
  const crd = parse(readFileSync(join(folder, `${PLURALS[kind]}.yaml`), "utf8")) as {
    spec: { versions: { schema: { openAPIV3Schema: Schema } }[] };
  };
  const schema = crd.spec.versions[0]?.schema.openAPIV3Schema;
  if (schema?.properties === undefined) throw new Error(`The CRD of ${kind} has no schema.`);
  return schema.properties;
}

/**
 * Only what makes a type. A property with a default is always there (the API server fills it in, and so do we where
 * there is none), so it counts as required.
 */
function plain(schema: Schema): Schema {
  const { type, description, items, properties, required = [] } = schema;
  const defaulted = Object.keys(properties ?? {}).filter((name) => properties?.[name]?.default !== undefined);
  return {
    ...(type !== undefined && { type }),
    ...(description !== undefined && { description: description.trim() }),
    ...(schema["enum"] !== undefined && { enum: schema["enum"] }),
    ...(items !== undefined && { items: plain(items) }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, plain(value)])),
      required: [...new Set([...required, ...defaulted])],
    }),
  };
}

/** Puts a reference where a shared shape stands and collects the shape, which must be the same everywhere. */
function share(status: Schema, definitions: Record<string, Schema>, kind: Kind): Schema {
  const properties: Record<string, Schema> = {};
  for (const [name, schema] of Object.entries(status.properties ?? {})) {
    const shared = SHARED[name];
    properties[name] = schema;
    if (shared === undefined) continue;
    const shape = schema.items ?? schema;
    const known = (definitions[shared] ??= shape);
    if (JSON.stringify(known) !== JSON.stringify(shape)) {
      throw new Error(
        `status.${name} of ${kind} differs from that of another kind: make them the same in crds/.`,
      );
    }
    const reference = { $ref: `#/definitions/${shared}` };
    properties[name] = schema.items === undefined ? reference : { ...schema, items: reference };
  }
  return { ...status, properties };
}

/** Drops the empty interface of the root, and the compiler's remarks about where a definition came from. */
function withoutNoise(code: string): string {
  return code
    .replace(/export interface Root \{\}\n*/, "")
    .replaceAll(
      / \*\n \* This interface was referenced by `Root`'s JSON-Schema\n \* via the `definition` ".*"\.\n/g,
      "",
    )
    .replaceAll(
      /\/\*\*\n \* This interface was referenced by `Root`'s JSON-Schema\n \* via the `definition` ".*"\.\n \*\/\n/g,
      "",
    );
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  writeFileSync(join(root, "src/api/types.gen.ts"), await generateTypes(join(root, "crds")));
}
