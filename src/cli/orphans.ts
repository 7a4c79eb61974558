/** `twilio-emergency orphans`: Addresses of ours that no object stands for any more. */
import { Command, Option } from "commander";
import type { Clock } from "../lib/clock.ts";
import { addFlags, CLUSTER_FLAGS, configOf, TWILIO_FLAGS } from "./flags.ts";

export interface OrphansOptions {
  readonly file?: readonly string[];
  readonly output: "text" | "json";
  readonly delete?: true;
  readonly yes?: true;
}

const FLAGS = [...CLUSTER_FLAGS, ...TWILIO_FLAGS] as const;

export function orphansCommand(clock: Clock): Command {
  return addFlags(new Command("orphans"), FLAGS)
    .description("Show Addresses that carry our tag but belong to no object, of the cluster or of manifests")
    .option("-f, --file <path...>", "all manifests of this owner, instead of the objects of the cluster")
    .option("--delete", "remove those that nothing uses, after asking")
    .option("--yes", "do not ask")
    .addOption(new Option("-o, --output <format>", "text or json").choices(["text", "json"]).default("text"))
    .addHelpText("after", "\nExample:\n  twilio-emergency orphans --delete")
    .action(async (options: OrphansOptions, self: Command) => {
      const { showOrphans } = await import("./orphans/run.ts");
      process.exitCode = await showOrphans(configOf(self, FLAGS), options, clock);
    });
}
