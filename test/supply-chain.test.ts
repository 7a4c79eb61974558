/** What a release is made of: the same program from the same source, and a list of whose work is in it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LICENCES_FILE, packagesOf } from "../scripts/licences.ts";

const root = join(import.meta.dirname, "..");
const PROGRAM = "twilio-emergency.mjs";
const PACKAGE = /^(\S+) (\d+\.\d+\.\d+\S*)\nLicence: /gm;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "supply-chain-"));
  for (const [name, env] of [
    ["one", { TZ: "UTC", LANG: "C" }],
    ["two", { TZ: "Asia/Tokyo", LANG: "de_DE.UTF-8", CI: "true" }],
  ] as const)
    execFileSync("npx", ["rolldown", "-c", "--file", join(dir, name, PROGRAM), "--logLevel", "silent"], {
      cwd: root,
      env: { ...process.env, ...env },
    });
}, 60_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const built = (build: string, file: string): Buffer => readFileSync(join(dir, build, file));

describe("two builds", () => {
  it.each([PROGRAM, LICENCES_FILE])("give the same %s, byte for byte", (file) => {
    expect(built("one", file).length).toBeGreaterThan(10_000);
    expect(built("one", file).equals(built("two", file))).toBe(true);
  });

  it("say nothing about the machine", () => {
    expect(built("one", PROGRAM).includes(root)).toBe(false);
  });
});

describe("the licences", () => {
  const listed = (): readonly string[] =>
    [...built("one", LICENCES_FILE).toString().matchAll(PACKAGE)].map(
      ([, name, version]) => `${name}@${version}`,
    );

  it("are those of every package in the program", () => {
    const names = listed();
    for (const name of ["twilio", "undici", "hono", "@kubernetes/client-node", "pino"])
      expect(
        names.some((each) => each.startsWith(`${name}@`)),
        name,
      ).toBe(true);
    expect(built("one", LICENCES_FILE).toString()).toContain("Permission is hereby granted, free of charge");
  });

  it("are all in the SBOM, which knows the versions too", () => {
    const file = join(dir, "sbom.cdx.json");
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly scripts: { readonly sbom: string };
    };
    const command = scripts.sbom
      .slice(scripts.sbom.indexOf("cyclonedx-npm"))
      .replace("dist/sbom.cdx.json", file);
    execFileSync("npx", command.split(" "), { cwd: root, stdio: "pipe" });
    const { bomFormat, components } = JSON.parse(readFileSync(file, "utf8")) as {
      readonly bomFormat: string;
      readonly components: readonly { readonly purl: string }[];
    };
    expect(bomFormat).toBe("CycloneDX");
    const known = components.map(({ purl }) => decodeURIComponent(purl.split("?")[0] ?? ""));
    expect(listed().filter((name) => !known.includes(`pkg:npm/${name}`))).toEqual([]);
  }, 30_000);

  const planted = (license: string | undefined): readonly string[] => {
    const folder = join(dir, String(license).replaceAll(" ", "-"), "node_modules/@scope/odd");
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ name: "@scope/odd", version: "1.0.0", license }),
    );
    writeFileSync(join(folder, "LICENSE.md"), "As it is.");
    return [join(folder, "lib/index.js")];
  };

  it.each(["GPL-3.0-only", "MIT AND GPL-3.0-only", "UNLICENSED", undefined])(
    "stop the build at %s",
    (licence) => {
      expect(() => packagesOf(planted(licence))).toThrow(`@scope/odd@1.0.0 (${licence ?? "none"})`);
    },
  );

  it.each(["MIT", "(MIT OR GPL-3.0-only)", "Apache-2.0 AND MIT"])("let %s pass, with its text", (licence) => {
    expect(packagesOf(planted(licence))).toEqual([
      { name: "@scope/odd", version: "1.0.0", licence, text: "As it is." },
    ]);
  });
});
