/** `twilio-emergency approve`: a person's yes to exactly one plan. */
import { Command } from "commander";
import type { Clock } from "../lib/clock.ts";
import { addFlags, CLUSTER_FLAGS, configOf } from "./flags.ts";

export interface ApproveOptions {
  readonly yes?: true;
}

export function approveCommand(clock: Clock): Command {
  return addFlags(new Command("approve"), CLUSTER_FLAGS)
    .description(
      "Show the plan that an object waits with, who loses protection by it, and approve exactly that",
    )
    .argument("<kind/name>", "such as PhoneNumberBinding/reception")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      "\nExample:\n  twilio-emergency approve PhoneNumberBinding/reception --namespace shop",
    )
    .action(async (target: string, options: ApproveOptions, self: Command) => {
      const { approve } = await import("./approve/run.ts");
      process.exitCode = await approve(target, { ...options, config: configOf(self, CLUSTER_FLAGS), clock });
    });
}
