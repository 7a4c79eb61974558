/**
 * A page of Markdown as something that can be carried out.
 *
 * - A block of `sh` is run. `sh exits=2` says with what its last command ends.
 * - A block of `text` right behind it is what it prints: each line must come in this order, `…` stands for anything.
 * - A block with `file=NAME` is written to that file; any other manifest of ours is shown to the API server.
 * - `<!-- run … -->` is run too, but not shown: what happens at Twilio meanwhile, or a wait.
 * - `<!-- operator FLAGS -->` gives the operator of the page these flags.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Block {
  /** First word behind the fence; `run` for what is not shown. */
  readonly language: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

const FENCE = /^( *)(`{3,}|~{3,})(.*)$/;
const HIDDEN = /^<!-- run$/;

export function readPage(path: string): Page {
  const text = readFileSync(join(ROOT, path), "utf8");
  return { path, text, blocks: blocksOf(text) };
}

export function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const begun = beginOf(lines[index] ?? "");
    if (begun === undefined) continue;
    const from = index + 1;
    const length = lines.slice(from).findIndex((line) => begun.end.test(line));
    if (length < 0) throw new Error(`the block that begins in line ${index + 1} does not end`);
    const content = lines.slice(from, from + length).map((line) => line.slice(begun.indent));
    blocks.push({ ...begun, text: content.join("\n"), line: from + 1 });
    index = from + length;
  }
  return blocks;
}

function beginOf(
  line: string,
): (Pick<Block, "language" | "attributes"> & { readonly indent: number; readonly end: RegExp }) | undefined {
  if (HIDDEN.test(line)) return { language: "run", attributes: {}, indent: 0, end: /^-->$/ };
  const [, indent = "", fence, info = ""] = FENCE.exec(line) ?? [];
  if (fence === undefined) return undefined;
  const [language = "", ...words] = info.trim().split(/\s+/);
  const attributes = Object.fromEntries(
    words.map((word) => [word.split("=")[0] ?? "", word.split("=").slice(1).join("=")]),
  );
  return { language, attributes, indent: indent.length, end: new RegExp(`^ *${fence}$`) };
}

export function operatorFlags({ text }: Pick<Page, "text">): readonly string[] {
  return /^<!-- operator (.*) -->$/m.exec(text)?.[1]?.split(" ") ?? [];
}

/** What is to be done with a page, in its order. */
export interface Task {
  readonly block: Block;
  readonly kind: "write" | "run";
  /** What the run must print; absent where the page shows nothing. */
  readonly output?: Block;
}

export function tasksOf({ blocks }: Pick<Page, "blocks">): readonly Task[] {
  return blocks.flatMap((block, index): readonly Task[] => {
    if (block.attributes["file"] !== undefined) return [{ block, kind: "write" }];
    if (block.language !== "sh" && block.language !== "run") return [];
    const next = blocks[index + 1];
    return [{ block, kind: "run", ...(next?.language === "text" ? { output: next } : {}) }];
  });
}

/** The first line of `wanted` that `printed` does not have behind the ones before; undefined if it has all. */
export function missingLine(wanted: string, printed: string): string | undefined {
  const lines = printed.split("\n").map((line) => folded(line));
  let from = 0;
  for (const line of wanted.split("\n").filter((candidate) => candidate.trim() !== "")) {
    const pattern = new RegExp(`^${folded(line).split("…").map(escaped).join(".*")}$`);
    const at = lines.findIndex((candidate, index) => index >= from && pattern.test(candidate));
    if (at < 0) return line;
    from = at + 1;
  }
  return undefined;
}

/** Columns may be wider than they are on the page. */
function folded(line: string): string {
  return line.trim().replaceAll(/\s+/g, " ");
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
