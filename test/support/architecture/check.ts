/** Judges one file of src by the table. */
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { type Facts, type Import, factsOf } from "./syntax.ts";
import { DOMAIN_WORDS, ENVIRONMENT_READER, LAYERS, type Layer, ROOTS, WITHOUT_DOMAIN } from "./table.ts";

interface File {
  readonly path: string;
  readonly layerName: string;
  readonly layer: Layer;
}

/**
 * What is wrong with a source file, in sentences; empty when nothing is.
 *
 * @param path from the root of the project, e.g. "src/plan/binding/budget.ts"
 */
export function violations(path: string, source: string): string[] {
  if (path.endsWith(".test.ts")) return [];
  const facts = factsOf(path, source);
  const environment =
    facts.readsEnvironment && path !== ENVIRONMENT_READER
      ? [`${path} reads the environment: only ${ENVIRONMENT_READER} does`]
      : [];
  if (ROOTS.includes(path)) return environment;
  const layerName = layerOf(path);
  const layer = LAYERS[layerName];
  if (layer === undefined) return [`${path} is in no layer of the table`];
  const file = { path, layerName, layer };
  return [
    ...environment,
    ...facts.imports.flatMap((one) => importViolations(file, one)),
    ...(layer.pure ? facts.impurities.map((what) => `${path} must be pure and uses ${what}`) : []),
    ...domainViolations(file, facts),
  ];
}

/** "src/plan/x/y.ts" is in "plan"; "src/config.ts" is a layer by itself; what is outside src keeps its path. */
function layerOf(path: string): string {
  const [top, second = ""] = path.split("/");
  return top === "src" ? second : `../${path}`;
}

function importViolations(file: File, { from, typeOnly }: Import): string[] {
  if (!from.startsWith(".")) return packageViolations(file, from);
  const target = posix.join(posix.dirname(file.path), from);
  const wanted = layerOf(target);
  if (ROOTS.includes(target)) return [`${file.path} imports ${target}: nobody may`];
  if (target.endsWith(".test.ts")) return [`${file.path} imports the test ${target}`];
  if (wanted === file.layerName || file.layer.imports.includes(wanted)) return [];
  if (file.layer.types?.includes(wanted)) {
    return typeOnly ? [] : [`${file.path} may import types only from ${wanted}, and imports ${target}`];
  }
  return [`${file.path} imports ${target}: ${file.layerName} may not import ${wanted}`];
}

function packageViolations({ path, layerName, layer }: File, from: string): string[] {
  const allowed = [...(layer.packages ?? []), ...(layer.exceptions?.[path] ?? [])];
  if (allowed.some((name) => from === name || from.startsWith(`${name}/`))) return [];
  if (isBuiltin(from)) {
    if (!from.startsWith("node:")) return [`${path} imports ${from}: write node:${from}`];
    return layer.pure ? [`${path} must be pure and imports ${from}`] : [];
  }
  return [`${path} imports ${from}: ${layerName} may not`];
}

function domainViolations({ path, layerName }: File, { text }: Facts): string[] {
  if (!WITHOUT_DOMAIN.includes(layerName)) return [];
  const word = DOMAIN_WORDS.exec(text)?.[0];
  return word === undefined ? [] : [`${path} says "${word}": ${layerName} knows nothing of the domain`];
}
