/** Judges a manifest as the API server would on its creation, by the schema and the CEL rules of the same CRD. */
import { Environment } from "@marcbachmann/cel-js";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Kind } from "../../api/names.ts";
import { SPEC_SCHEMAS } from "../../api/schemas.gen.ts";

/** One sentence each, beginning with the path of the field; none if the spec is good. Sets the defaults of the CRD. */
export function faultsOf(kind: Kind, spec: unknown): readonly string[] {
  const validate = validatorOf(kind);
  if (!validate(spec)) return [...new Set((validate.errors ?? []).flatMap(sentences))];
  return [...new Set(brokenRules(SPEC_SCHEMAS[kind] as Schema, spec, "spec"))];
}

const validators = new Map<Kind, ValidateFunction>();

function validatorOf(kind: Kind): ValidateFunction {
  const known = validators.get(kind);
  if (known !== undefined) return known;
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    useDefaults: true,
    unicodeRegExp: true,
    verbose: true,
  });
  const made = ajv.compile(SPEC_SCHEMAS[kind]);
  validators.set(kind, made);
  return made;
}

/** A pattern is for machines; where a rule on the same field says it in words, the words are told. */
function sentences(error: ErrorObject): readonly string[] {
  const path = `spec${error.instancePath.replaceAll("/", ".")}`;
  const told = error.keyword === "pattern" ? brokenRules(error.parentSchema as Schema, error.data, path) : [];
  return told.length > 0 ? told : [sentence(error)];
}

function sentence({ instancePath, keyword, params, message }: ErrorObject): string {
  const path = `spec${instancePath.replaceAll("/", ".")}`;
  const said = params as Readonly<Record<string, unknown>>;
  if (keyword === "required") return `${path}.${String(said["missingProperty"])} is required`;
  if (keyword === "additionalProperties")
    return `${path}.${String(said["additionalProperty"])} is no field of this kind`;
  if (keyword === "enum")
    return `${path} must be one of ${(said["allowedValues"] as readonly unknown[]).join(", ")}`;
  return `${path} ${message ?? "is not valid"}`;
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly "x-kubernetes-validations"?: readonly Validation[];
}

interface Validation {
  readonly rule: string;
  readonly message?: string;
}

type Program = (context: { readonly self: unknown }) => unknown;

/** The library's own `matches` knows no classes like \\p{Z}, which RE2 does. */
const environment = new Environment({ unlistedVariablesAreDyn: true }).registerFunction(
  "string.matchesUnicode(string): bool",
  (text: string, pattern: string) => new RegExp(pattern, "u").test(text),
);
const programs = new Map<string, Program>();

function programOf(rule: string): Program {
  const known = programs.get(rule);
  if (known !== undefined) return known;
  const made = environment.parse(rule.replaceAll(".matches(", ".matchesUnicode(")) as unknown as Program;
  programs.set(rule, made);
  return made;
}

/** Rules about changes need a state before; a manifest alone has none. */
const isAboutChange = ({ rule }: Validation): boolean => /\boldSelf\b/.test(rule);

function brokenRules(schema: Schema, value: unknown, path: string): readonly string[] {
  if (value === undefined) return [];
  const own = (schema["x-kubernetes-validations"] ?? [])
    .filter((validation) => !isAboutChange(validation))
    .filter(({ rule }) => programOf(rule)({ self: value }) !== true)
    .map(({ rule, message }) => `${path}: ${message ?? `breaks the rule ${rule}`}`);
  const inside = Object.entries(schema.properties ?? {}).flatMap(([name, below]) =>
    brokenRules(below, (value as Readonly<Record<string, unknown>>)[name], `${path}.${name}`),
  );
  return [...own, ...inside];
}
