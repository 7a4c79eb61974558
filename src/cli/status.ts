/** `twilio-emergency status`: what stands in the cluster and what needs attention. */
import { Command, Option } from "commander";
import type { Clock } from "../lib/clock.ts";
import { addFlags, CLUSTER_FLAGS, configOf } from "./flags.ts";

export interface StatusOptions {
  readonly watch?: true;
  readonly output: "text" | "json";
}

export function statusCommand(clock: Clock): Command {
  return addFlags(new Command("status"), CLUSTER_FLAGS)
    .description("Show accounts, addresses, numbers and domains with their conditions, problems first")
    .option("-w, --watch", "keep showing it as it changes, until interrupted")
    .addOption(new Option("-o, --output <format>", "text or json").choices(["text", "json"]).default("text"))
    .addHelpText("after", "\nExample:\n  twilio-emergency status --namespace shop --watch")
    .action(async (options: StatusOptions, self: Command) => {
      const { showStatus } = await import("./status/show.ts");
      process.exitCode = await showStatus(configOf(self, CLUSTER_FLAGS), options, clock);
    });
}
