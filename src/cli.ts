#!/usr/bin/env node
/** Composition root of the command line: each command loads only what it needs. */
import { Command } from "commander";
import { approveCommand } from "./cli/approve.ts";
import { applyCommand } from "./cli/apply.ts";
import { coverageCommand } from "./cli/coverage.ts";
import { doctorCommand } from "./cli/doctor.ts";
import { emulateCommand } from "./cli/emulate.ts";
import { fromCsvCommand } from "./cli/from-csv.ts";
import { importCommand } from "./cli/import.ts";
import { orphansCommand } from "./cli/orphans.ts";
import { planCommand } from "./cli/plan.ts";
import { runCommand } from "./cli/run.ts";
import { statusCommand } from "./cli/status.ts";
import { readable } from "./cli/errors.ts";
import { systemClock } from "./runtime/system-clock.ts";
import { VERSION } from "./version.ts";

const NODE_MAJOR = 26;

async function main(): Promise<void> {
  if (Number(process.versions.node.split(".")[0]) !== NODE_MAJOR) {
    process.stderr.write(`twilio-emergency needs Node ${NODE_MAJOR}, this is ${process.version}\n`);
    process.exit(1);
  }
  // `twilio-emergency … | head` has read enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const program = new Command("twilio-emergency")
    .description("Keeps the emergency addresses of Twilio phone numbers registered")
    .version(VERSION)
    .showHelpAfterError("(see --help)");
  program.addCommand(runCommand(async (config) => (await import("./main.ts")).run(config)));
  program.addCommand(planCommand(systemClock()));
  program.addCommand(applyCommand(systemClock()));
  program.addCommand(coverageCommand(systemClock()));
  program.addCommand(importCommand(systemClock()));
  program.addCommand(fromCsvCommand());
  program.addCommand(approveCommand(systemClock()));
  program.addCommand(orphansCommand(systemClock()));
  program.addCommand(doctorCommand(systemClock()));
  program.addCommand(statusCommand(systemClock()));
  program.addCommand(emulateCommand(systemClock()));
  for (const command of program.commands) command.version(VERSION);
  await program.parseAsync(process.argv);
}

main().catch((error: unknown) => {
  process.stderr.write(`twilio-emergency: ${readable(error)}\n`);
  process.exitCode = 1;
});
