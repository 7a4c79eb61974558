/** `twilio-emergency plan`: the exact calls that would be made. */
import { Command, Option } from "commander";
import type { Clock } from "../lib/clock.ts";
import { addFlags, configOf, TWILIO_FLAGS } from "./flags.ts";

export interface PlanOptions {
  readonly file: readonly string[];
  readonly output: "text" | "json" | "markdown";
  readonly snapshot?: string;
  readonly approve: readonly string[];
}

export function planCommand(clock: Clock): Command {
  return addFlags(new Command("plan"), TWILIO_FLAGS)
    .description("Show the exact calls to Twilio that manifests ask for, and send none of them")
    .requiredOption("-f, --file <path...>", "manifests: files, folders, or - for standard input")
    .option("--snapshot <file>", "an account saved by `coverage --save-snapshot`: nothing is asked of Twilio")
    .option("--approve <hash...>", "plan as if these were approved", [])
    .addOption(
      new Option("-o, --output <format>", "text, json or markdown")
        .choices(["text", "json", "markdown"])
        .default("text"),
    )
    .addHelpText(
      "after",
      "\nEnds with 0 if nothing is to do, 2 if something is, 1 if something is wrong.\n\nExample:\n  twilio-emergency plan -f examples/company -o markdown",
    )
    .action(async (options: PlanOptions, self: Command) => {
      const { showPlan } = await import("./plan/show.ts");
      process.exitCode = await showPlan(configOf(self, TWILIO_FLAGS), options, clock);
    });
}
