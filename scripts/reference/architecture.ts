/** The import table that test/architecture.test.ts executes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ENVIRONMENT_READER,
  LAYERS,
  type Layer,
  ROOTS,
  WITHOUT_DOMAIN,
} from "../../test/support/architecture/table.ts";
import { code, page, table } from "./markdown.ts";

export function architecturePage(root: string): string {
  return page("Architecture", "test/support/architecture/table.ts", [
    "Who may import whom in `src/`. `test/architecture.test.ts` executes this very table on every file, and is itself fed with violations; the linter repeats it in the editor.",
    `\`\`\`\n${picture(root)}\n\`\`\``,
    "The folders in the middle decide and are pure; those at the ends talk to one outside world each and never see each other, nor a word of the domain; `controllers/` is where the worlds meet.",
    table(
      ["layer", "what it is for", "may import", "packages", "pure"],
      Object.entries(LAYERS).map(([name, layer]) => [
        code(name.includes(".") ? name : `${name}/`),
        layer.what,
        importsOf(layer),
        packagesOf(layer),
        layer.pure === true ? "yes" : "",
      ]),
    ),
    "*Pure* means: no asynchrony, clock, randomness, process, console, network, timers or built-in modules.",
    `- ${ROOTS.map(code).join(" and ")} build everything, and nobody imports them.\n- ${code(ENVIRONMENT_READER)} is the only file that reads the environment.\n- ${WITHOUT_DOMAIN.map((name) => code(`${name}/`)).join(" and ")} would serve any operator: no word of this one's domain appears in them.`,
  ]);
}

function importsOf({ imports, types = [] }: Layer): string {
  return [...imports.map(code), ...types.map((name) => `types of ${code(name)}`)].join(", ") || "–";
}

function packagesOf({ packages = [], exceptions = {} }: Layer): string {
  const one = Object.entries(exceptions).map(
    ([file, allowed]) => `${allowed.map(code).join(", ")} in ${code(file)}`,
  );
  return [...packages.map(code), ...one].join(", ") || "–";
}

/** The one picture, as 0001 draws it. */
function picture(root: string): string {
  const text = readFileSync(join(root, "docs/design/0001-one-way-through.md"), "utf8");
  return /```\n([\s\S]*?)\n```/.exec(text)?.[1] ?? "";
}
