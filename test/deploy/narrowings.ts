/**
 * What a new version of a CRD takes away from the old one: objects that were good are refused or lose a field, or a
 * program that reads them no longer finds what it reads.
 */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly "x-kubernetes-validations"?: readonly { readonly rule: string }[];
  readonly [field: string]: unknown;
}

export interface Crd {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly scope: string;
    readonly names: object;
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly schema: { readonly openAPIV3Schema: Schema };
      readonly subresources?: object;
      readonly additionalPrinterColumns?: readonly { readonly name: string; readonly jsonPath: string }[];
    }[];
  };
}

/** Smaller than before is narrower, or larger. */
const LIMITS = {
  smaller: ["maximum", "maxLength", "maxItems", "maxProperties"],
  larger: ["minimum", "minLength", "minItems", "minProperties"],
} as const;
/** Two patterns cannot be compared: any change may refuse what was good. */
const FIXED = ["type", "pattern", "format", "x-kubernetes-list-type", "x-kubernetes-map-type"] as const;

/** A sentence for each; none: the change is additive. */
export function narrowings(released: Crd, now: Crd): readonly string[] {
  return [...ofCrd(released, now), ...released.spec.versions.flatMap((version) => ofVersion(version, now))];
}

function ofCrd(released: Crd, now: Crd): readonly string[] {
  const found: string[] = [];
  if (same(released, now)) return found;
  if (schemaOf(now) <= schemaOf(released)) found.push("the label schema has not grown with the change");
  if (released.spec.scope !== now.spec.scope) found.push("the scope has changed");
  for (const [field, value] of Object.entries(released.spec.names))
    if (!covers((now.spec.names as Readonly<Record<string, unknown>>)[field], value))
      found.push(`names.${field} has changed`);
  return found;
}

function schemaOf({ metadata }: Crd): number {
  return Number(metadata.labels?.["emergency.twilio-operator.io/schema"] ?? 0);
}

type Version = Crd["spec"]["versions"][number];

function ofVersion(released: Version, now: Crd): readonly string[] {
  const version = now.spec.versions.find(({ name }) => name === released.name);
  if (version === undefined || (released.served && !version.served))
    return [`${released.name} is no longer served`];
  const columns = (released.additionalPrinterColumns ?? []).filter(
    (column) => version.additionalPrinterColumns?.every(({ name }) => name !== column.name) !== false,
  );
  return [
    ...Object.keys(released.subresources ?? {})
      .filter((name) => !(name in (version.subresources ?? {})))
      .map((name) => `the subresource ${name} is gone`),
    ...columns.map(({ name }) => `the column ${name} is gone`),
    ...ofSchema(released.schema.openAPIV3Schema, version.schema.openAPIV3Schema, ""),
  ];
}

function ofSchema(before: Schema, after: Schema, path: string): readonly string[] {
  const found = [...ofRules(before, after), ...ofLimits(before, after)].map((what) => `${path}: ${what}`);
  for (const [name, schema] of Object.entries(before.properties ?? {})) {
    const next = after.properties?.[name];
    if (next === undefined) found.push(`${path}.${name} is gone`);
    else found.push(...ofSchema(schema, next, `${path}.${name}`));
  }
  if (before.items !== undefined) found.push(...ofSchema(before.items, after.items ?? {}, `${path}[]`));
  return found;
}

function ofRules(before: Schema, after: Schema): readonly string[] {
  const fixed = FIXED.filter((field) => !same(before[field], after[field]));
  const rules = (schema: Schema) => (schema["x-kubernetes-validations"] ?? []).map(({ rule }) => rule);
  return [
    ...fixed.map((field) => `${field} has changed`),
    ...(same(before.default, after.default) ? [] : ["the default has changed"]),
    ...(hasLess(before.enum, after.enum) ? ["a value is no longer allowed"] : []),
    ...added(before.required ?? [], after.required ?? []).map((name) => `${name} is now required`),
    ...added(rules(before), rules(after)).map((rule) => `a new rule: ${rule}`),
  ];
}

function added(before: readonly string[], after: readonly string[]): readonly string[] {
  return after.filter((value) => !before.includes(value));
}

/** No list allows everything. */
function hasLess(before: readonly unknown[] | undefined, after: readonly unknown[] | undefined): boolean {
  if (after === undefined) return false;
  return before === undefined || !before.every((value) => after.includes(value));
}

function ofLimits(before: Schema, after: Schema): readonly string[] {
  const number = (schema: Schema, field: string, none: number): number =>
    (schema[field] as number | undefined) ?? none;
  const smaller = LIMITS.smaller.filter(
    (field) => number(after, field, Infinity) < number(before, field, Infinity),
  );
  const larger = LIMITS.larger.filter(
    (field) => number(after, field, -Infinity) > number(before, field, -Infinity),
  );
  return [...smaller, ...larger].map((field) => `${field} is narrower`);
}

function covers(now: unknown, before: unknown): boolean {
  if (Array.isArray(before)) return Array.isArray(now) && before.every((value) => now.includes(value));
  return same(now, before);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
