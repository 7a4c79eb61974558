#!/usr/bin/env node
/** Composition root of the command line: what is heavy is loaded by the command that needs it. */
import { basename } from "node:path";
import { programOf } from "./cli/commands.ts";
import { readable } from "./cli/errors.ts";
import { systemClock } from "./runtime/system-clock.ts";

const NODE_MAJOR = 26;

async function main(): Promise<void> {
  if (Number(process.versions.node.split(".")[0]) !== NODE_MAJOR) {
    process.stderr.write(`twilio-emergency needs Node ${NODE_MAJOR}, this is ${process.version}\n`);
    process.exit(1);
  }
  // Progress that nobody reads any more: what is under way is finished all the same, for a number may be without its address.
  process.stderr.on("error", () => {});
  // `twilio-emergency … | head` has read enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  const program = programOf(systemClock(), async (config) => (await import("./main.ts")).run(config));
  // Under this name kubectl asks for what may follow `kubectl twilio-emergency`.
  if (basename(process.argv[1] ?? "").startsWith("kubectl_complete-")) {
    const { kubectlAnswer } = await import("./cli/completion/kubectl.ts");
    process.stdout.write(kubectlAnswer(program, process.argv.slice(2)));
    return;
  }
  await program.parseAsync(process.argv);
}

main().catch((error: unknown) => {
  process.stderr.write(`twilio-emergency: ${readable(error)}\n`);
  process.exitCode = 1;
});
