/** Markdown as the generated pages use it. */

/** `# title`, what the page is made from, and its parts with a blank line between. */
export function page(title: string, source: string, parts: readonly string[]): string {
  const mark = `<!-- Made from ${source} by scripts/generate-reference.ts: do not edit, run \`npm run generate\`. -->`;
  return `${[`${mark}\n\n# ${title}`, ...parts].join("\n\n")}\n`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

function cell(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").trim();
}

export function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

/** `RolloutStopped` → `rollout-stopped`. */
export function kebab(name: string): string {
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
}
