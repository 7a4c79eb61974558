import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outputTo } from "./output.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "twilio-emergency-output-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What is in a folder, by name; of nested ones nothing. */
function filesIn(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
}

/** Three times what is kept before it is written. */
const PARTS = ["a", "b", "c"].map((letter) => letter.repeat(70_000));

describe("a folder of manifests", () => {
  it("has all that was added to a file, however much that is, when all has been added", () => {
    const folder = join(root, "large");
    const output = outputTo(folder);
    for (const part of PARTS) output.add("30-numbers.yaml", part);
    output.add("10-account.yaml", "account");
    expect(readdirSync(folder)).not.toContain("30-numbers.yaml");
    output.end();
    expect(filesIn(folder)).toEqual({ "30-numbers.yaml": PARTS.join(""), "10-account.yaml": "account" });
  });

  it("is as it was when something went wrong", () => {
    const folder = join(root, "kept");
    mkdirSync(folder);
    writeFileSync(join(folder, "notes.txt"), "mine");
    const output = outputTo(folder);
    for (const part of PARTS) output.add("30-numbers.yaml", part);
    expect(readdirSync(folder)).toHaveLength(2);
    output.abandon();
    expect(filesIn(folder)).toEqual({ "notes.txt": "mine" });
  });

  it("has nothing of an import that was killed", () => {
    const folder = join(root, "killed");
    outputTo(folder).add("30-numbers.yaml", PARTS.join(""));
    const output = outputTo(folder);
    output.add("30-numbers.yaml", "new");
    output.end();
    expect(filesIn(folder)).toEqual({ "30-numbers.yaml": "new" });
  });

  it("is not touched where one of the files is there", () => {
    const folder = join(root, "taken");
    mkdirSync(folder);
    writeFileSync(join(folder, "30-numbers.yaml"), "mine");
    const output = outputTo(folder);
    output.add("10-account.yaml", "account");
    expect(() => output.add("30-numbers.yaml", "new")).toThrow(/30-numbers\.yaml is there already/);
    output.abandon();
    expect(filesIn(folder)).toEqual({ "30-numbers.yaml": "mine" });
  });
});
