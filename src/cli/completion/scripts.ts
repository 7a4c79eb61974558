/** Completion of what the program knows of itself: nothing is asked of it, nor of a cluster, while somebody types. */
import type { Command } from "commander";
import { wordsOf, type Flag, type Words } from "./words.ts";

export type Shell = "bash" | "zsh" | "fish";

export function completionScript(shell: Shell, program: Command): string {
  const words = program.commands.map(wordsOf);
  switch (shell) {
    case "bash":
      return bash(program.name(), words);
    case "zsh":
      return zsh(program.name(), words);
    case "fish":
      return fish(program.name(), words);
  }
}

/** The name of a shell function. */
const functionOf = (name: string): string => `_${name.replaceAll("-", "_")}`;

/** For bash 3.2 too, which macOS has: no associative arrays. */
function bash(name: string, commands: readonly Words[]): string {
  const own = functionOf(name);
  const after = commands.flatMap(({ name: command, flags }) =>
    flags
      .filter(({ value }) => value !== "nothing")
      .map(({ names, value }) => {
        const at = names.map((flag) => `"${command} ${flag}"`).join("|");
        return value === "file"
          ? `    ${at}) ${own}_files; return;;`
          : `    ${at}) ${own}_words "${words(value)}"; return;;`;
      }),
  );
  const begun = commands.flatMap(({ name: command, flags, values }) => [
    `    "${command} -"*) ${own}_words "${flags.flatMap(({ names }) => names).join(" ")}";;`,
    ...(values.length === 0 ? [] : [`    "${command} "*) ${own}_words "${values.join(" ")}";;`]),
  ]);
  return `# bash completion of ${name}: source <(${name} completion bash)
${own}_words() { COMPREPLY=($(compgen -W "$1" -- "\${COMP_WORDS[COMP_CWORD]}")); }
${own}_files() { COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")); }
${own}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then ${own}_words "${commands.map(({ name: command }) => command).join(" ")} --help --version"; return; fi
  case "$command $previous" in
${after.join("\n")}
  esac
  case "$command $current" in
${begun.join("\n")}
    *) ${own}_files;;
  esac
}
complete -o filenames -F ${own} ${name}
`;
}

const words = (value: Flag["value"]): string => (Array.isArray(value) ? value.join(" ") : "");

function zsh(name: string, commands: readonly Words[]): string {
  const cases = commands.map(({ name: command, flags, values }) => {
    const specs = flags.flatMap(({ names, help, value }) => {
      const action = { nothing: "", file: ":file:_files" }[String(value)] ?? `:value:(${words(value)})`;
      return names.map((flag) =>
        quoted(`*${flag}[${help.replaceAll(/[[\]:\\]/g, String.raw`\$&`)}]${action}`),
      );
    });
    const rest = values.length === 0 ? "'*:file:_files'" : quoted(`1:value:(${values.join(" ")})`);
    return `    ${command}) _arguments ${[...specs, rest].join(" ")};;`;
  });
  const described = commands.map(({ name: command, help }) =>
    quoted(`${command}:${help.replaceAll(":", String.raw`\:`)}`),
  );
  return `#compdef ${name}
# zsh completion of ${name}: ${name} completion zsh > "\${fpath[1]}/_${name}"
${functionOf(name)}() {
  local -a commands=(${described.join(" ")})
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  local command="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join("\n")}
  esac
}
if [ "\${funcstack[1]}" = "_${name}" ]; then ${functionOf(name)} "$@"; else compdef ${functionOf(name)} ${name}; fi
`;
}

function fish(name: string, commands: readonly Words[]): string {
  const lines = commands.flatMap(({ name: command, help, flags, values }) => {
    const within = `-n '__fish_seen_subcommand_from ${command}'`;
    return [
      `complete -c ${name} -n __fish_use_subcommand -f -a ${command} -d ${quoted(help)}`,
      ...flags.map((flag) => `complete -c ${name} ${within} ${fishFlag(flag)}`),
      ...(values.length === 0 ? [] : [`complete -c ${name} ${within} -f -a ${quoted(values.join(" "))}`]),
    ];
  });
  return `# fish completion of ${name}: ${name} completion fish | source\n${lines.join("\n")}\n`;
}

function fishFlag({ names, help, value }: Flag): string {
  const flags = names.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const after = { nothing: "", file: " -r -F" }[String(value)] ?? ` -x -a ${quoted(words(value))}`;
  return `${flags.join(" ")} -d ${quoted(help)}${after}`;
}

/** For a POSIX shell, and for fish where no backslash stands in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
