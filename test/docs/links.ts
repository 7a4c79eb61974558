/** Links of a page, and where they lead. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { ROOT } from "./page.ts";

export interface Link {
  readonly target: string;
  /** From 1. */
  readonly line: number;
}

/** Links and pictures outside code. */
export function linksOf(text: string): readonly Link[] {
  return withoutBlocks(text)
    .replaceAll(/`[^`\n]+`(?![^[\]\n]*\]\()/g, blank)
    .split("\n")
    .flatMap((content, index) =>
      [...content.matchAll(/\]\(([^()\s]+(?:\([^()\s]*\))?[^()\s]*)\)/g)].map(([, target = ""]) => ({
        target,
        line: index + 1,
      })),
    );
}

/** What a browser jumps to: headings as GitHub names them, and anchors by hand. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const plain = withoutBlocks(text);
  const taken = new Map<string, number>();
  const anchors = new Set([...plain.matchAll(/<a (?:name|id)="([^"]+)"/g)].map(([, name = ""]) => name));
  for (const [, heading = ""] of plain.matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const slug = slugOf(heading);
    const count = taken.get(slug) ?? 0;
    taken.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
}

function slugOf(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll(/[`*]/g, "")
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

/** Blanks in place of blocks of code and comments, so that lines keep their numbers. */
function withoutBlocks(text: string): string {
  return text.replaceAll(/^ *(`{3,})[^\n]*\n[\s\S]*?\n *\1$/gm, blank).replaceAll(/<!--[\s\S]*?-->/g, blank);
}

function blank(part: string): string {
  return part.replaceAll(/[^\n]/g, " ");
}

/** Why a link of the page at `path` leads nowhere; undefined if it leads somewhere or leaves the repository. */
export function brokenBecause(path: string, target: string): string | undefined {
  if (/^(https?|mailto):/.test(target)) return undefined;
  const [file = "", anchor] = target.split("#");
  const to = file === "" ? path : normalize(join(dirname(path), decodeURIComponent(file)));
  if (to.startsWith("..")) return "it leads out of the repository";
  if (!existsSync(join(ROOT, to))) return `there is no ${to}`;
  if (anchor === undefined) return undefined;
  if (statSync(join(ROOT, to)).isDirectory()) return `${to} is a folder: it has no #${anchor}`;
  const anchors = anchorsOf(readFileSync(join(ROOT, to), "utf8"));
  return anchors.has(anchor) ? undefined : `${to} has no heading for #${anchor}`;
}
