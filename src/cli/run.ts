/** `twilio-emergency run`: the controller. */
import { Command } from "commander";
import { RUN_FLAGS, type Config } from "../config.ts";
import { addFlags, configOf } from "./flags.ts";

const ALL = RUN_FLAGS.map(({ name }) => name);

export function runCommand(run: (config: Config) => Promise<number>): Command {
  return addFlags(new Command("run"), ALL)
    .description("Run the controller against a cluster")
    .addHelpText(
      "after",
      "\nExample:\n  twilio-emergency run --kubeconfig ~/.kube/config --log-format pretty",
    )
    .action(async (_options: object, self: Command) => {
      // Not by running out of work: a forgotten timer must not keep a replica that has lost its lease alive.
      process.exit(await run(configOf(self, ALL)));
    });
}
