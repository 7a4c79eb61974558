/** The scripts in the shells that they are for. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { program } from "./program.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "twilio-emergency-completion-"));
  for (const shell of SHELLS)
    writeFileSync(join(folder, shell), (await program(["completion", shell])).stdout);
  for (const name of ["one.yaml", "two.yaml"]) writeFileSync(join(folder, name), "");
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the shell prints that runs this script in the folder. */
function said(shell: (typeof SHELLS)[number], script: string): string[] {
  const args = { bash: ["--norc"], zsh: ["-f"], fish: ["--no-config"] }[shell];
  const ended = spawnSync(shell, [...args, "-c", script], { cwd: folder, encoding: "utf8" });
  if (ended.error !== undefined)
    throw new Error(`${shell} cannot be run, install it: apt-get install -y ${shell}`, {
      cause: ended.error,
    });
  expect(ended.stderr).toBe("");
  return ended.stdout.split("\n").filter((line) => line !== "");
}

/** What bash offers for the last word, as it calls the function that `complete` has told it. */
function offeredByBash(...words: readonly string[]): string[] {
  const list = words.map((word) => `'${word}'`).join(" ");
  return said(
    "bash",
    `source ./bash
    function=$(complete -p twilio-emergency | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
    COMP_WORDS=(twilio-emergency ${list}) COMP_CWORD=${words.length}
    "$function"
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
}

describe("bash completes", { timeout: 60_000 }, () => {
  it.each([
    ["commands", ["pl"], ["plan"]],
    ["formats", ["plan", "-o", ""], ["text", "json", "markdown"]],
    ["formats that begin so", ["coverage", "--output", "h"], ["html"]],
    ["flags", ["plan", "--sn"], ["--snapshot"]],
    ["files after a flag", ["plan", "-f", "o"], ["one.yaml"]],
    ["more files", ["plan", "-f", "one.yaml", "t"], ["two.yaml"]],
    ["arguments", ["completion", ""], ["bash", "zsh", "fish"]],
    ["nothing that it cannot know", ["plan", "--owner-id", ""], []],
    ["no hidden flag", ["run", "--time"], []],
  ])("%s", (_, words, offered) => {
    expect(offeredByBash(...words)).toEqual(offered);
  });

  it("every command that the help names", async () => {
    const { stdout } = await program(["--help"]);
    const named = [...stdout.matchAll(/^ {2}([a-z-]+) .*$/gm)].map(([, name]) => name ?? "");
    expect(named).toContain("plan");
    expect(offeredByBash("")).toEqual(
      expect.arrayContaining(named.filter((name) => name !== "help" && !name.startsWith("-"))),
    );
  });
});

describe("fish completes", { timeout: 60_000 }, () => {
  it.each([
    ["commands", "pl", ["plan"]],
    ["formats", "plan -o ", ["json", "markdown", "text"]],
    ["flags", "plan --sn", ["--snapshot"]],
    ["files after a flag", "plan -f o", ["one.yaml"]],
    ["arguments", "completion ", ["bash", "fish", "zsh"]],
  ])("%s", (_, words, offered) => {
    const lines = said("fish", `source ./fish; complete -C "twilio-emergency ${words}"`);
    expect(lines.map((line) => line.split("\t")[0])).toEqual(offered);
  });
});

/**
 * What stands on the command line of an interactive zsh after these keys and the tab: its completion works on a terminal
 * only, so the shell that runs the test gives it one. ^X prints the line.
 */
function completedByZsh(line: string): string {
  const printed = said(
    "zsh",
    `zmodload zsh/zpty
    zpty -b inner zsh -f -i
    say() { zpty -w inner "$1"; }
    say 'PROMPT= RPROMPT=; unsetopt zle_bracketed_paste prompt_cr prompt_sp; stty -echo'
    say 'autoload -Uz compinit; compinit -u -D; source ./zsh'
    say 'show() { print -r -- "<$BUFFER>"; BUFFER=; }; zle -N show; bindkey "^X" show; bindkey "^I" complete-word'
    say 'print rea""dy'
    zpty -r -m inner out '*ready*'
    zpty -w -n inner '${line}'$'\\t\\x18'
    zpty -r -m inner out '*<*>*'
    print -r -- "$out"
    zpty -d inner`,
  ).join("\n");
  return /<([^<>]*)>/.exec(printed)?.[1] ?? printed;
}

describe("zsh completes", { timeout: 60_000 }, () => {
  it.each([
    ["commands", "pl", "plan "],
    ["formats", "plan -o m", "plan -o markdown "],
    ["flags", "plan --sn", "plan --snapshot "],
    ["files after a flag", "plan -f o", "plan -f one.yaml "],
    ["more files", "plan -f one.yaml t", "plan -f one.yaml two.yaml "],
    ["arguments", "completion z", "completion zsh "],
    ["no hidden flag", "run --time-s", "run --time-s"],
  ])("%s", (_, typed, completed) => {
    expect(completedByZsh(`twilio-emergency ${typed}`)).toBe(`twilio-emergency ${completed}`);
  });
});
