/** `twilio-emergency doctor`: what keeps the operator from working, and how to mend it. */
import { Command, Option } from "commander";
import type { Clock } from "../lib/clock.ts";
import { addFlags, CLUSTER_FLAGS, configOf } from "./flags.ts";

export interface DoctorOptions {
  readonly output: "text" | "json";
  readonly preUninstall?: true;
}

const DOCTOR_FLAGS = [
  ...CLUSTER_FLAGS,
  ...["twilio-base-url", "leader-elect", "lease-name", "lease-namespace", "sharding"],
] as const;

export function doctorCommand(clock: Clock): Command {
  return addFlags(new Command("doctor"), DOCTOR_FLAGS)
    .description(
      "Check the cluster, the CRDs, permissions, credentials and leases; each finding says how to mend it",
    )
    .option("--pre-uninstall", "check what would be left behind if the operator went now")
    .addOption(new Option("-o, --output <format>", "text or json").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      "\nIt looks with the permissions of whoever runs it: inside the operator's pod with the operator's.\n" +
        "Ends with 0 if nothing is broken, 1 if something is.\n\nExample:\n  twilio-emergency doctor --namespace shop",
    )
    .action(async (options: DoctorOptions, self: Command) => {
      const { examine } = await import("./doctor/run.ts");
      process.exitCode = await examine(configOf(self, DOCTOR_FLAGS), options, clock);
    });
}
