import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OutputChunk, build } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import config from "../rolldown.config.ts";

const root = join(import.meta.dirname, "..");

describe("the program as one file", () => {
  let dir: string;
  let file: string;
  let chunks: readonly OutputChunk[];

  beforeAll(async () => {
    // Far from any node_modules: what is not in the file is not there.
    dir = mkdtempSync(join(tmpdir(), "bundle-"));
    file = join(dir, "twilio-emergency.mjs");
    const settings = { ...config, cwd: root, logLevel: "silent" as const };
    const { output } = await build({ ...settings, output: { ...settings.output, file } });
    chunks = output.filter((one) => one.type === "chunk");
  }, 30_000);
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const run = (...args: string[]) =>
    spawnSync(process.execPath, [file, ...args], { cwd: dir, encoding: "utf8" });

  it("is one file that asks for nothing but Node's own modules", () => {
    expect(chunks.length).toBe(1);
    expect(chunks.flatMap((chunk) => chunk.imports).filter((name) => !isBuiltin(name))).toEqual([]);
    expect(readFileSync(file, "utf8")).not.toMatch(/createRequire\(import\.meta\.url\)\("/);
  });

  it("says its version", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(run("--version").stdout.trim()).toBe(version);
  });

  it("says in one line what is wrong with its flags", () => {
    const { status, stderr } = run("run", "--kubeconfig", join(dir, "nothing"), "--log-format", "pretty");
    expect(status).toBe(1);
    expect(stderr.trim().split("\n")).toEqual([expect.stringContaining("does not exist")]);
  });
});
