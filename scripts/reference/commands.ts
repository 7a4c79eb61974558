/** Commands as they describe themselves, the flags and variables of `run`, and exit codes. */
import type { Command } from "commander";
import { programOf } from "../../src/cli/commands.ts";
import { EXIT_CODES } from "../../src/cli/exit-codes.ts";
import { RUN_FLAGS, variableOf, type Flag } from "../../src/config.ts";
import { systemClock } from "../../src/runtime/system-clock.ts";
import { code, page, table } from "./markdown.ts";

export function commandsPage(): string {
  const { commands } = programOf(systemClock(), () => Promise.resolve(0));
  return page("Commands", "src/cli/", [
    "What each command says of itself with `--help`. As a plugin the program is `kubectl twilio-emergency COMMAND`, and kubectl completes it too. Every command knows `--help` and `--version`.",
    ...commands.map((command) => `## ${command.name()}\n\n\`\`\`help\n${helpOf(command)}\n\`\`\``),
  ]);
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (written) => {
      text += written;
    },
    getOutHelpWidth: () => 110,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trimEnd();
}

export function configurationPage(): string {
  const rows = RUN_FLAGS.filter(({ hidden }) => hidden !== true).map((flag) => [
    code(`--${flag.name}${flag.value === undefined ? "" : ` ${flag.value.toUpperCase()}`}`),
    [variableOf(flag.name), ...(flag.also ?? [])].map(code).join(", "),
    code(flag.fallback ?? ""),
    meaningOf(flag),
  ]);
  return page("Flags and variables", "src/config.ts", [
    "Flags of `twilio-emergency run`. Each is a variable too; a flag wins over its variable. An empty variable counts as absent, an empty flag is refused. Other commands know those that concern them, by the same names. Durations are written like `30s`, `10m` or `1h30m`.",
    table(["flag", "variable", "default", "meaning"], rows),
    "## Credentials of commands outside a cluster",
    "`plan`, `apply`, `import`, `coverage` and `orphans` take credentials from the `TwilioAccount` and `Secret` manifests that they are given. Without those they read the variables that Twilio's own tools use:",
    table(
      ["variable", "meaning"],
      [
        ["`TWILIO_ACCOUNT_SID`", "the account"],
        ["`TWILIO_AUTH_TOKEN`", "its token"],
        ["`TWILIO_API_KEY`, `TWILIO_API_SECRET`", "an API key instead of the token; both win over it"],
      ],
    ),
  ]);
}

function meaningOf({ help, value, repeatable }: Flag): string {
  if (value === undefined) return `${help}; the variable is true or false`;
  return repeatable === true ? `${help}; in the variable separated by commas` : help;
}

export function exitCodesPage(): string {
  return page("Exit codes", "src/cli/exit-codes.ts", [
    table(
      ["code", "commands", "meaning"],
      EXIT_CODES.map(({ code: number, commands, meaning }) => [String(number), commands, meaning]),
    ),
    "Errors are one readable line on standard error with a way out; the stack is for `--log-level debug`.",
  ]);
}
