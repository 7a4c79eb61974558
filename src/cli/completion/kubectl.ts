/**
 * Completion below `kubectl twilio-emergency`: kubectl asks a program beside the plugin, `kubectl_complete-twilio_emergency`,
 * with the words typed so far, and reads what cobra programs answer: one offer a line, then a directive.
 */
import type { Command } from "commander";
import { wordsOf, type Flag, type Words } from "./words.ts";

/** Directives of cobra's: offer files if nothing else was offered, or never. */
const FILES = ":0";
const NO_FILES = ":4";

/** The answer to `words`, of which the last is the one being typed. */
export function kubectlAnswer(program: Command, words: readonly string[]): string {
  const commands = program.commands.map(wordsOf);
  const { offers, directive } = offersFor(commands, words);
  return [...offers.filter((offer) => offer.startsWith(words.at(-1) ?? "")), directive, ""].join("\n");
}

interface Answer {
  /** With a description behind a tab where there is one. */
  readonly offers: readonly string[];
  readonly directive: string;
}

function offersFor(commands: readonly Words[], words: readonly string[]): Answer {
  if (words.length <= 1)
    return { offers: commands.map(({ name, help }) => `${name}\t${help}`), directive: NO_FILES };
  const command = commands.find(({ name }) => name === words[0]);
  if (command === undefined) return { offers: [], directive: NO_FILES };
  const before = command.flags.find(({ names }) => names.includes(words.at(-2) ?? ""));
  if (before !== undefined && before.value !== "nothing") return valueOf(before.value);
  if (words.at(-1)?.startsWith("-") === true) return { offers: flagsOf(command), directive: NO_FILES };
  return { offers: command.values, directive: command.values.length === 0 ? FILES : NO_FILES };
}

function valueOf(value: Exclude<Flag["value"], "nothing">): Answer {
  return value === "file" ? { offers: [], directive: FILES } : { offers: value, directive: NO_FILES };
}

function flagsOf({ flags }: Words): readonly string[] {
  return flags.flatMap(({ names, help }) => names.map((name) => `${name}\t${help}`));
}
