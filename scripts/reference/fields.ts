/** Every field of every kind, from the CRDs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { KINDS, PLURALS, type Kind } from "../../src/api/names.ts";
import { code, page, table } from "./markdown.ts";

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly "x-kubernetes-validations"?: readonly { readonly message: string }[];
}

interface Crd {
  readonly spec: {
    readonly names: { readonly plural: string; readonly shortNames: readonly string[] };
    readonly versions: readonly [
      {
        readonly schema: { readonly openAPIV3Schema: Schema };
        readonly additionalPrinterColumns: readonly {
          readonly name: string;
          readonly description: string;
          readonly priority?: number;
        }[];
      },
    ];
  };
}

export function fieldsPage(root: string): string {
  return page("Fields", "crds/", [
    "Every field of every kind. What is not named here the API server refuses. `kubectl explain` shows the same.",
    ...KINDS.map((kind) => ofKind(root, kind)),
  ]);
}

function ofKind(root: string, kind: Kind): string {
  const { spec } = parse(readFileSync(join(root, "crds", `${PLURALS[kind]}.yaml`), "utf8")) as Crd;
  const [version] = spec.versions;
  const { description = "", properties = {} } = version.schema.openAPIV3Schema;
  const parts = (["spec", "status"] as const).map((part) => {
    const schema = properties[part] ?? {};
    const rules = rulesOf(schema);
    return [
      `### ${kind} ${part}`,
      table(["field", "type", "meaning"], rowsOf(schema, "")),
      ...(rules.length === 0 ? [] : [`Of the whole:\n\n${rules.map((rule) => `- ${rule}`).join("\n")}`]),
    ].join("\n\n");
  });
  const columns = version.additionalPrinterColumns.map(({ name, description: meaning, priority = 0 }) => [
    name,
    priority === 0 ? "" : "`-o wide`",
    meaning,
  ]);
  return [
    `## ${kind}`,
    `${description} \`kubectl get ${spec.names.plural}\`, short \`${spec.names.shortNames.join(", ")}\`. [How to use it](../spec/${kind.toLowerCase()}.md).`,
    ...parts,
    `### ${kind} columns`,
    table(["column", "", "meaning"], columns),
  ].join("\n\n");
}

function rowsOf({ properties = {}, required = [] }: Schema, prefix: string): readonly (readonly string[])[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const isList = schema.items !== undefined;
    const below = schema.items ?? schema;
    const path = `${prefix}${name}${isList ? "[]" : ""}`;
    const row = [code(path), typeOf(schema, required.includes(name)), meaningOf(schema)];
    return [row, ...rowsOf(below, `${path}.`)];
  });
}

function typeOf(schema: Schema, isRequired: boolean): string {
  const items = schema.items === undefined ? "" : ` of ${schema.items.type ?? ""}`;
  const what =
    schema.enum === undefined
      ? `${schema.format === "date-time" ? "time" : (schema.type ?? "")}${items}`
      : schema.enum.map(code).join(", ");
  const fallback = schema.default === undefined ? "" : `, default ${code(JSON.stringify(schema.default))}`;
  return `${what}${fallback}${isRequired ? ", required" : ""}`;
}

function meaningOf(schema: Schema): string {
  return [schema.description ?? "", limitsOf(schema), ...rulesOf(schema).map((rule) => `${rule}.`)]
    .filter((text) => text !== "")
    .join(" ");
}

function limitsOf({ minimum, maximum, minLength, maxLength }: Schema): string {
  const range = (least: number | undefined, most: number | undefined, unit: string): string => {
    if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}.`;
    if (least !== undefined) return `At least ${least}${unit}.`;
    return most === undefined ? "" : `At most ${most}${unit}.`;
  };
  return [range(minimum, maximum, ""), range(minLength, maxLength, " characters")]
    .filter((text) => text !== "")
    .join(" ");
}

function rulesOf(schema: Schema): readonly string[] {
  return (schema["x-kubernetes-validations"] ?? []).map(({ message }) => message);
}
