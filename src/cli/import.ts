/** `twilio-emergency import`: a whole account as manifests that change nothing. */
import { Command, Option } from "commander";
import type { Clock } from "../lib/clock.ts";
import { addFlags, configOf, TWILIO_FLAGS } from "./flags.ts";
import { namespaceName, objectName } from "./manifests/object-name.ts";

export interface ImportOptions {
  readonly output?: string;
  readonly split: "kind" | "site";
  readonly namespace?: string;
  readonly accountName: string;
  readonly secret: string;
  readonly snapshot?: string;
  readonly saveSnapshot?: string;
}

export function importCommand(clock: Clock): Command {
  return addFlags(new Command("import"), TWILIO_FLAGS)
    .description("Write a whole account as manifests with managementPolicy Observe; reads only")
    .option(
      "--output <folder>",
      "write files there instead of to standard output; existing files stay as they are",
    )
    .addOption(
      new Option("--split <by>", "one file for each kind, or for each address with its numbers")
        .choices(["kind", "site"])
        .default("kind"),
    )
    .option("--namespace <name>", "namespace of the objects", namespaceName)
    .option("--account-name <name>", "name of the TwilioAccount", objectName, "default")
    .option("--secret <name>", "name of the Secret with the credentials", objectName, "twilio-credentials")
    .option("--snapshot <file>", "an account saved before: nothing is asked of Twilio")
    .option("--save-snapshot <file>", "save the account as it is, for plan, coverage and import")
    .addHelpText("after", "\nExample:\n  twilio-emergency import --output company --split site")
    .action(async (options: ImportOptions, self: Command) => {
      const { importAccount } = await import("./import/run.ts");
      process.exitCode = await importAccount(configOf(self, TWILIO_FLAGS), options, clock);
    });
}
