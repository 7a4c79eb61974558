/** A rule that is misspelt in the linter's configuration is silent: so each that we count on is shown a violation. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lintOverrides } from "./support/architecture/lint.ts";

const root = join(import.meta.dirname, "..");
const lines = (count: number) =>
  Array.from({ length: count }, (_, at) => `  console.info(${at});`).join("\n");
const conditions = Array.from({ length: 10 }, (_, at) => `  if (a === ${at}) return ${at};`).join("\n");

const PLANTED: readonly [rule: string, path: string, source: string][] = [
  ["typescript(no-floating-promises)", "src/kube/floating.ts", "async function f() {}\nf();\n"],
  [
    "typescript(switch-exhaustiveness-check)",
    "src/kube/switch.ts",
    'export function f(a: "x" | "y"): number {\n  switch (a) {\n    case "x":\n      return 1;\n  }\n  return 0;\n}\n',
  ],
  [
    "eslint(complexity)",
    "src/kube/complex.ts",
    `export function f(a: number) {\n${conditions}\n  return -1;\n}\n`,
  ],
  [
    "eslint(max-params)",
    "src/kube/params.ts",
    "export const f = (a = 1, b = 1, c = 1, d = 1, e = 1) => [a, b, c, d, e];",
  ],
  [
    "eslint(max-depth)",
    "src/kube/depth.ts",
    "export function f(a: number) {\n  if (a > 0) { if (a > 1) { if (a > 2) { if (a > 3) { f(1); } } } }\n}\n",
  ],
  ["eslint(max-lines)", "src/kube/long.ts", "export {};\n".repeat(301)],
  ["eslint(max-lines-per-function)", "src/kube/long-function.ts", `export function f() {\n${lines(61)}\n}\n`],
  ["eslint(no-restricted-imports)", "src/kube/layer.ts", 'export { a } from "../twilio/a.ts";\n'],
  ["eslint(no-restricted-imports)", "src/kube/root.ts", 'import { run } from "../main.ts";\nrun();\n'],
  [
    "eslint(no-restricted-imports)",
    "src/runtime/package.ts",
    'import { Agent } from "undici";\nnew Agent();\n',
  ],
  ["eslint(no-restricted-imports)", "src/plan/value.ts", 'import { a } from "../twilio/a.ts";\na();\n'],
  ["eslint(no-restricted-globals)", "src/plan/impure.ts", "console.info(process.pid);\n"],
  [
    "vitest(no-focused-tests)",
    "src/plan/a.test.ts",
    'import { it } from "vitest";\nit.only("a", () => {});\n',
  ],
  [
    "vitest(no-disabled-tests)",
    "src/plan/b.test.ts",
    'import { it } from "vitest";\nit.skip("a", () => {});\n',
  ],
  ["vitest(warn-todo)", "src/plan/c.test.ts", 'import { it } from "vitest";\nit.todo("a");\n'],
];
const CLEAN: readonly [why: string, path: string, source: string][] = [
  [
    "a type where types may come from",
    "src/plan/type.ts",
    'import type { A } from "../twilio/a.ts";\nexport type B = A;\n',
  ],
  ["a layer below", "src/plan/below.ts", 'import { a } from "../lib/a.ts";\na();\n'],
  [
    "a file of the same folder with the name of a layer",
    "src/kube/same.ts",
    'import { a } from "./twilio/a.ts";\na();\n',
  ],
  [
    "a long test",
    "src/kube/long.test.ts",
    `import { expect, it } from "vitest";\nit("a", () => {\n${lines(320)}\n  expect(1).toBe(1);\n});\n`,
  ],
];

interface Finding {
  readonly code: string;
  readonly filename: string;
}

let dir: string;
let findings: readonly Finding[];

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "lint-"));
  for (const name of [".oxlintrc.json", "tsconfig.json"]) copyFileSync(join(root, name), join(dir, name));
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
  for (const [, path, source] of [...PLANTED, ...CLEAN]) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), source);
  }
  const oxlint = join(root, "node_modules/.bin/oxlint");
  const { stdout } = spawnSync(oxlint, ["--type-aware", "-f", "json", "src"], { cwd: dir, encoding: "utf8" });
  findings = (JSON.parse(stdout) as { diagnostics: Finding[] }).diagnostics;
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

const codesIn = (path: string) =>
  findings.filter((one) => one.filename.endsWith(path)).map((one) => one.code);

describe("the linter", () => {
  it.each(PLANTED)("refuses %s in %s", (rule, path) => {
    expect(codesIn(path)).toContain(rule);
  });

  it.each(CLEAN)("allows %s", (_, path) => {
    expect(codesIn(path)).toEqual([]);
  });

  it("has the import table that the architecture test executes", () => {
    const config = JSON.parse(readFileSync(join(root, ".oxlintrc.json"), "utf8")) as {
      overrides: { files: string[] }[];
    };
    const written = config.overrides.filter(({ files }) => files[0]?.startsWith("src/"));
    expect(written, "run `npm run generate && npm run format`").toEqual(
      JSON.parse(JSON.stringify(lintOverrides())),
    );
  });
});
