/** `twilio-emergency run`: the controller. */
import { Command, Option } from "commander";
import { RUN_FLAGS, runConfig, variableOf, type Config, type Flag, type Given } from "../config.ts";

export function runCommand(run: (config: Config) => Promise<number>): Command {
  const command = new Command("run").description("Run the controller against a cluster");
  for (const flag of RUN_FLAGS) command.addOption(optionOf(flag));
  command.addHelpText(
    "after",
    "\nExample:\n  twilio-emergency run --kubeconfig ~/.kube/config --log-format pretty",
  );
  return command.action(async (_options: object, self: Command) => {
    process.exitCode = await run(runConfig(given(self)));
  });
}

function optionOf(flag: Flag): Option {
  const usage = flag.value === undefined ? `--${flag.name}` : `--${flag.name} <${flag.value}>`;
  const fallback = flag.fallback === undefined ? "" : `, default ${flag.fallback}`;
  const option = new Option(usage, `${flag.help} [${variableOf(flag.name)}${fallback}]`);
  if (flag.repeatable === true)
    option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  return flag.hidden === true ? option.hideHelp() : option;
}

/** Back from commander's camel case to the names of the flags. */
function given(command: Command): Given {
  return Object.fromEntries(
    RUN_FLAGS.map((flag) => [flag.name, command.getOptionValue(camelCase(flag.name)) as Given[string]]),
  );
}

function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
