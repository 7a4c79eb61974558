/** `twilio-emergency coverage`: every number of the account with its protection. */
import { Command, Option } from "commander";
import type { Clock } from "../lib/clock.ts";
import { addFlags, configOf, TWILIO_FLAGS } from "./flags.ts";

export interface CoverageOptions {
  readonly file?: readonly string[];
  readonly output: "text" | "json" | "csv" | "html";
  readonly snapshot?: string;
  readonly saveSnapshot?: string;
}

export function coverageCommand(clock: Clock): Command {
  return addFlags(new Command("coverage"), TWILIO_FLAGS)
    .description("Show every number of the account with its protection; reads only")
    .option("-f, --file <path...>", "manifests: whose numbers count as managed, and where credentials are")
    .option("--snapshot <file>", "an account saved before: nothing is asked of Twilio")
    .option("--save-snapshot <file>", "save the account as it is, for plan, coverage and import")
    .addOption(
      new Option("-o, --output <format>", "text, json, csv or html")
        .choices(["text", "json", "csv", "html"])
        .default("text"),
    )
    .addHelpText("after", "\nExample:\n  twilio-emergency coverage -o html > coverage.html")
    .action(async (options: CoverageOptions, self: Command) => {
      const { showCoverage } = await import("./coverage/show.ts");
      process.exitCode = await showCoverage(configOf(self, TWILIO_FLAGS), options, clock);
    });
}
