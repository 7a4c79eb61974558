/** What `npm ci` installs is what was looked at: every package has a hash, and none comes from elsewhere. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
}

/** Every package that `npm ci` could not check, with the reason. */
function doubtful(packages: Readonly<Record<string, Locked>>): readonly string[] {
  return Object.entries(packages).flatMap(([path, { version, resolved, integrity = "", link, inBundle }]) => {
    // The project itself; a package inside the archive of another, whose hash covers it.
    if (path === "" || inBundle === true) return [];
    if (link === true) return [`${path} is a link`];
    if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity)) return [`${path} has no sha512`];
    if (resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/"))
      return [`${path} is from ${resolved}`];
    return /^\d+\.\d+\.\d+/.test(version ?? "") ? [] : [`${path} has no version`];
  });
}

const read = (file: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, "..", file), "utf8")) as unknown;

describe("package-lock.json", () => {
  it("has a hash for every package, and the registry as the only source", () => {
    const { packages } = read("package-lock.json") as { readonly packages: Readonly<Record<string, Locked>> };
    expect(Object.keys(packages).length).toBeGreaterThan(100);
    expect(doubtful(packages)).toEqual([]);
  });

  it.each([
    ["no sha512", { version: "1.0.0" }],
    ["no sha512", { version: "1.0.0", integrity: "sha1-abc=" }],
    ["is from git", { version: "1.0.0", integrity: `sha512-${"a".repeat(86)}==`, resolved: "git+ssh://x" }],
    ["is a link", { link: true }],
  ] as const)("would be refused with a package that %s", (why, locked) => {
    expect(doubtful({ "node_modules/odd": locked }).join()).toContain(why.replace("git", "git+ssh"));
  });
});

describe("package.json", () => {
  it("pins every package", () => {
    const manifest = read("package.json") as Readonly<Record<string, Readonly<Record<string, string>>>>;
    const all = ["dependencies", "devDependencies", "optionalDependencies"].flatMap((field) =>
      Object.entries(manifest[field] ?? {}),
    );
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});
