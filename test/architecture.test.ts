import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { violations } from "./support/architecture/check.ts";

const root = join(import.meta.dirname, "..");
const files = globSync("src/**/*.{ts,mts,cts,js,mjs}", { cwd: root });

describe("the source keeps to the import table", () => {
  it("is found", () => {
    expect(files.length).toBeGreaterThan(50);
  });

  it.each(files)("%s", (path) => {
    expect(violations(path, readFileSync(join(root, path), "utf8"))).toEqual([]);
  });
});

describe("every file begins by saying what it is for", () => {
  const others = globSync("{test,scripts,bench,demo}/**/*.{ts,mjs}", { cwd: root });
  const written = [...files, ...others].filter((path) => !/\.(test|gen)\.ts$/.test(path));

  it.each(written)("%s", (path) => {
    expect(readFileSync(join(root, path), "utf8")).toMatch(/^(#!.*\n|\/\/ @ts-check\n)*\/\*\*? ?[A-Z`"*\n]/);
  });
});

const REFUSED: readonly [why: string, path: string, source: string, said: string][] = [
  ["a folder that the table does not know", "src/util/x.ts", "", "no layer"],
  ["a file of src that the table does not know", "src/helper.ts", "", "no layer"],
  ["an import of a layer above", "src/lib/x.ts", 'import { a } from "../plan/a.ts";', "may not import plan"],
  ["an import of a type from a layer above", "src/lib/x.ts", 'import type { A } from "../api/a.ts";', "api"],
  ["the two outside worlds seeing each other", "src/kube/x.ts", 'import "../twilio/client.ts";', "twilio"],
  ["the same from a folder further down", "src/kube/a/x.ts", 'import "../../twilio/client.ts";', "twilio"],
  ["the runtime seeing the API server", "src/runtime/x.ts", 'import "../kube/client.ts";', "kube"],
  ["the emulator using our client", "src/emulator/x.ts", 'import "../twilio/http.ts";', "twilio"],
  ["a re-export across layers", "src/api/x.ts", 'export * from "../plan/a.ts";', "plan"],
  ["a named re-export across layers", "src/api/x.ts", 'export { a } from "../plan/a.ts";', "plan"],
  ["a type written as an import", "src/api/x.ts", 'type A = import("../plan/a.ts").A;', "plan"],
  ["an import while running", "src/kube/x.ts", 'await import("../plan/a.ts");', "plan"],
  ["an import of a computed path", "src/cli/x.ts", "await import(name);", "computed path"],
  [
    "a value from where only types may come",
    "src/plan/x.ts",
    'import { a } from "../twilio/a.ts";',
    "types only",
  ],
  [
    "a type among values of such a layer",
    "src/plan/x.ts",
    'import { type A } from "../twilio/a.ts";',
    "types only",
  ],
  ["an import by require", "src/kube/x.ts", 'require("twilio");', "twilio"],
  ["an import by createRequire", "src/kube/x.ts", 'createRequire(import.meta.url)("twilio");', "twilio"],
  ["an import of a root", "src/cli/x.ts", 'import { run } from "../main.ts";', "nobody may"],
  ["an import of a test", "src/lib/x.ts", 'import "./x.test.ts";', "the test"],
  ["an import from outside src", "src/cli/x.ts", 'import "../../test/support/a.ts";', "test/support"],
  ["a package of another layer", "src/controllers/x.ts", 'import "undici";', "undici"],
  ["a subpath of a package of another layer", "src/cli/x.ts", 'import "twilio/lib/a.js";', "twilio/lib"],
  ["a package with a longer name", "src/telemetry/x.ts", 'import "pino-http";', "pino-http"],
  [
    "a package that only one file may use",
    "src/lib/x.ts",
    'import "libphonenumber-js/max";',
    "libphonenumber",
  ],
  [
    "a built-in module in a pure file",
    "src/lib/x.ts",
    'import { createHash } from "node:crypto";',
    "node:crypto",
  ],
  ["a built-in module without its prefix", "src/cli/x.ts", 'import fs from "fs";', "write node:fs"],
  ["an async function in a pure file", "src/plan/x.ts", "export async function f() {}", "async"],
  ["an async arrow in a pure file", "src/plan/x.ts", "export const f = async () => 1;", "async"],
  ["an async method in a pure file", "src/plan/x.ts", "export class C { async f() {} }", "async"],
  ["await in a pure file", "src/plan/x.ts", "await x;", "await"],
  ["for await in a pure file", "src/plan/x.ts", "for await (const a of b) f(a);", "await"],
  ["a promise in a pure file", "src/plan/x.ts", "export const p = Promise.resolve(1);", "Promise"],
  ["the time in a pure file", "src/plan/x.ts", "export const t = Date.now();", "Date.now"],
  ["the time by another spelling", "src/plan/x.ts", 'export const t = Date["now"]();', "Date.now"],
  ["the date in a pure file", "src/plan/x.ts", "export const t = new Date();", "new Date()"],
  ["the date as text", "src/plan/x.ts", "export const t = Date();", "Date()"],
  ["randomness in a pure file", "src/lib/x.ts", "export const r = Math.random();", "Math.random"],
  [
    "randomness as a default argument",
    "src/lib/x.ts",
    "export const f = (r = Math.random) => r();",
    "Math.random",
  ],
  ["the process in a pure file", "src/lib/x.ts", "export const p = process.pid;", "process"],
  ["the console in a pure file", "src/plan/x.ts", "console.log(1);", "console"],
  ["the network in a pure file", "src/plan/x.ts", 'export const f = () => fetch("x");', "fetch"],
  ["a timer in a pure file", "src/plan/x.ts", "setTimeout(f, 1);", "setTimeout"],
  ["a global by way of globalThis", "src/plan/x.ts", "globalThis.setTimeout(f, 1);", "globalThis"],
  ["a global in a shorthand property", "src/plan/x.ts", "export const a = { fetch };", "fetch"],
  ["the environment", "src/cli/x.ts", "export const a = process.env.A;", "environment"],
  ["the environment in a root", "src/main.ts", "export const a = process.env.A;", "environment"],
  ["the environment by import", "src/cli/x.ts", 'import { env } from "node:process";', "environment"],
  ["a word of the domain in the runtime", "src/runtime/x.ts", "// for an emergency\n", "domain"],
];

const ALLOWED: readonly [why: string, path: string, source: string][] = [
  ["a file of the same folder", "src/plan/x.ts", 'import { a } from "./a.ts";'],
  ["a layer below", "src/plan/x.ts", 'import { a } from "../lib/a.ts";'],
  ["a type where only types may come", "src/plan/x.ts", 'import type { A } from "../twilio/types.ts";'],
  ["a package of the layer", "src/twilio/x.ts", 'import { Agent } from "undici";'],
  ["a subpath of it", "src/twilio/x.ts", 'import a from "twilio/lib/rest/Api.js";'],
  ["the package for this one file", "src/lib/phone.ts", 'import parse from "libphonenumber-js/max";'],
  ["a built-in module where purity is not asked", "src/kube/x.ts", 'import { once } from "node:events";'],
  ["anything in a root", "src/main.ts", 'import "./kube/a.ts"; import "./twilio/a.ts"; import "undici";'],
  ["the environment in config.ts", "src/config.ts", "export const a = process.env;"],
  [
    "a date of a given instant",
    "src/plan/x.ts",
    "export const f = (ms: number) => new Date(ms).toISOString();",
  ],
  ["the word in a comment or a text", "src/plan/x.ts", '/** await fetch */ export const a = "process.env";'],
  [
    "a property of that name",
    "src/plan/x.ts",
    "export const f = (a: A) => a.fetch.process; f({ fetch: 1 });",
  ],
  ["a type that is a promise", "src/lib/x.ts", "export interface Clock { sleep(ms: number): Promise<void> }"],
  ["anything in a test", "src/plan/x.test.ts", 'import "vitest"; import "../kube/a.ts"; await f();'],
];

describe("the checker", () => {
  it.each(REFUSED)("refuses %s", (_, path, source, said) => {
    expect(violations(path, source).join("\n")).toContain(said);
  });

  it.each(ALLOWED)("allows %s", (_, path, source) => {
    expect(violations(path, source)).toEqual([]);
  });

  it("does not take for checked what it cannot read", () => {
    expect(() => violations("src/plan/x.ts", "import {")).toThrow("cannot be parsed");
  });
});
