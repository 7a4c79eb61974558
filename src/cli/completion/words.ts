/** What may be typed after each command, as the program knows it of itself. */
import type { Command, Option } from "commander";

export interface Flag {
  /** `--file`, and `-f` where there is one. */
  readonly names: readonly string[];
  readonly help: string;
  /** What follows it: nothing, a file, one of these words, or, where they are none, a text that nobody can guess. */
  readonly value: "nothing" | "file" | readonly string[];
}

export interface Words {
  readonly name: string;
  readonly help: string;
  readonly flags: readonly Flag[];
  /** What may stand without a flag before it. None: a file. */
  readonly values: readonly string[];
}

export function wordsOf(command: Command): Words {
  const help: Flag = { names: ["--help"], help: "show what the command does", value: "nothing" };
  return {
    name: command.name(),
    help: command.description(),
    flags: [...command.options.filter(({ hidden }) => !hidden).map(flagOf), help],
    values: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  };
}

function flagOf(option: Option): Flag {
  const { long, short, description, argChoices } = option;
  return {
    names: [long, short].filter((name) => name !== undefined && name !== null),
    help: description,
    value: valueOf(option, argChoices ?? []),
  };
}

function valueOf({ flags, required, optional }: Option, choices: readonly string[]): Flag["value"] {
  if (!required && !optional) return "nothing";
  return /<(path|file|folder)/i.test(flags) ? "file" : choices;
}
