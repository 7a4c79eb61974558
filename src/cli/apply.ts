/** `twilio-emergency apply`: the manifests made true without a cluster. */
import { Command, InvalidArgumentError } from "commander";
import type { Clock } from "../lib/clock.ts";
import { parseDuration } from "../plan/duration.ts";
import { addFlags, configOf, TWILIO_FLAGS } from "./flags.ts";

export interface ApplyOptions {
  readonly file: readonly string[];
  readonly wait?: true;
  /** In ms. */
  readonly timeout?: number;
  readonly approve: readonly string[];
}

const APPLY_FLAGS = [...TWILIO_FLAGS, "pending-poll-interval", "time-scale"] as const;

export function applyCommand(clock: Clock): Command {
  return addFlags(new Command("apply"), APPLY_FLAGS)
    .description("Make the calls that manifests ask for, and follow them until everything is settled")
    .requiredOption("-f, --file <path...>", "manifests: files, folders, or - for standard input")
    .option("--wait", "stay for as long as Twilio takes, showing the progress (without: one minute)")
    .option("--timeout <duration>", "stay for so long, such as 30m", durationOf)
    .option("--approve <hash...>", "what may be taken away: hashes that `plan` shows", [])
    .addHelpText(
      "after",
      "\nEnds with 0 if all is settled, 3 if time ran out or a freeze holds something back,\n" +
        "4 if something waits for approval, 1 if something is wrong.\n" +
        "It may be interrupted and run again at any time: what is done stands at Twilio.\n\n" +
        "Example:\n  twilio-emergency apply -f examples/company --wait",
    )
    .action(async (options: ApplyOptions, self: Command) => {
      const { applyManifests } = await import("./apply/run.ts");
      process.exitCode = await applyManifests(configOf(self, APPLY_FLAGS), options, clock);
    });
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError("a duration is written like 30s, 10m or 1h30m");
  return ms;
}
