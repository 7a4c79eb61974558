/** The flags of `run` that other commands have too: the same names, help texts and variables. */
import { type Command, Option } from "commander";
import { RUN_FLAGS, runConfig, variableOf, type Config, type Flag, type Given } from "../config.ts";

/** What a command that talks to the cluster needs. */
export const CLUSTER_FLAGS = ["kubeconfig", "context", "namespace"] as const;

/** What a command that talks to Twilio without a cluster needs. */
export const TWILIO_FLAGS = ["twilio-base-url", "owner-id", "log-level"] as const;

/** Owner of the Addresses that are made without a cluster. */
export const STANDALONE_OWNER = "standalone";

/** Adds the flags of these names to a command. */
export function addFlags(command: Command, names: readonly string[]): Command {
  for (const flag of flagsOf(names)) command.addOption(optionOf(flag));
  return command;
}

/** The Config that the given flags, their variables and the defaults of all others make. */
export function configOf(command: Command, names: readonly string[]): Config {
  return runConfig(
    Object.fromEntries(
      flagsOf(names).map(({ name }) => [name, command.getOptionValue(camelCase(name)) as Given[string]]),
    ),
  );
}

function flagsOf(names: readonly string[]): readonly Flag[] {
  return RUN_FLAGS.filter(({ name }) => names.includes(name));
}

function optionOf(flag: Flag): Option {
  const usage = flag.value === undefined ? `--${flag.name}` : `--${flag.name} <${flag.value}>`;
  const fallback = flag.fallback === undefined ? "" : `, default ${flag.fallback}`;
  const option = new Option(usage, `${flag.help} [${variableOf(flag.name)}${fallback}]`);
  if (flag.repeatable === true)
    option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  return flag.hidden === true ? option.hideHelp() : option;
}

/** Commander's name of a flag's value. */
function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
