/** The same table as rules of the linter, so that an editor says at once what the test would say later. */
import { IMPURE_NAMES, LAYERS, type Layer, ROOTS } from "./table.ts";

export interface Override {
  readonly files: readonly string[];
  readonly excludeFiles: readonly string[];
  readonly rules: Readonly<Record<string, readonly unknown[]>>;
}

const ALL_PACKAGES = [...new Set(Object.values(LAYERS).flatMap((layer) => layer.packages ?? []))];
const FOLDERS = Object.keys(LAYERS).filter((name) => !name.endsWith(".ts"));

/** One entry of `overrides` in .oxlintrc.json for each folder of src. */
export function lintOverrides(): readonly Override[] {
  return FOLDERS.map((name) => overrideOf(name, LAYERS[name] as Layer));
}

function overrideOf(name: string, layer: Layer): Override {
  return {
    files: [`src/${name}/**/*.ts`],
    excludeFiles: ["**/*.test.ts"],
    rules: {
      "eslint/no-restricted-imports": ["error", { patterns: patternsOf(name, layer) }],
      ...(layer.pure && { "eslint/no-restricted-globals": ["error", ...globalsFor(name)] }),
    },
  };
}

function patternsOf(name: string, layer: Layer): readonly object[] {
  const typesFrom = layer.types ?? [];
  const foreign = FOLDERS.filter((other) => ![name, ...layer.imports, ...typesFrom].includes(other));
  const packages = ALL_PACKAGES.filter((one) => !layer.packages?.includes(one));
  const roots = ROOTS.map((path) => path.replace("src/", "").replace(".", "\\."));
  return [
    { regex: `^(\\.\\./)+(${foreign.join("|")})/`, message: `${name} may not import this folder` },
    { regex: `^(\\.\\./)+(${roots.join("|")})$`, message: "nobody imports a root" },
    { regex: `^(${packages.join("|")})(/|$)`, message: `${name} may not use this package` },
    ...typesFrom.map((other) => ({
      regex: `^(\\.\\./)+${other}/`,
      allowTypeImports: true,
      message: `${name} takes only types from ${other}`,
    })),
  ];
}

/** Types of these names are allowed; the linter cannot tell them apart as the test can, so Promise is left to the test. */
function globalsFor(name: string): readonly object[] {
  const names = [...IMPURE_NAMES].filter((one) => one !== "Promise");
  return names.map((one) => ({ name: one, message: `${name} is pure` }));
}
