/** Every command there is, in the order of the help. Each loads what it needs when it is called. */
import { Command } from "commander";
import type { Config } from "../config.ts";
import type { Clock } from "../lib/clock.ts";
import { VERSION } from "../version.ts";
import { applyCommand } from "./apply.ts";
import { approveCommand } from "./approve.ts";
import { completionCommand } from "./completion.ts";
import { coverageCommand } from "./coverage.ts";
import { doctorCommand } from "./doctor.ts";
import { emulateCommand } from "./emulate.ts";
import { fromCsvCommand } from "./from-csv.ts";
import { importCommand } from "./import.ts";
import { orphansCommand } from "./orphans.ts";
import { planCommand } from "./plan.ts";
import { runCommand } from "./run.ts";
import { statusCommand } from "./status.ts";

/** `run` is the controller; resolves with the exit code. */
export function programOf(clock: Clock, run: (config: Config) => Promise<number>): Command {
  const program = new Command("twilio-emergency")
    .description("Keeps the emergency addresses of Twilio phone numbers registered")
    .version(VERSION)
    .showHelpAfterError("(see --help)");
  const commands = [
    ...[runCommand(run), planCommand(clock), applyCommand(clock), importCommand(clock)],
    ...[statusCommand(clock), coverageCommand(clock), orphansCommand(clock), approveCommand(clock)],
    ...[fromCsvCommand(), doctorCommand(clock), emulateCommand(clock), completionCommand()],
  ];
  for (const command of commands) program.addCommand(command.version(VERSION));
  return program;
}
