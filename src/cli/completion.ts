/** `twilio-emergency completion`: the script by which a shell completes our commands and flags. */
import { Argument, Command } from "commander";
import type { Shell } from "./completion/scripts.ts";

export function completionCommand(): Command {
  return new Command("completion")
    .description("Print the script that lets a shell complete commands, flags and their values")
    .addArgument(new Argument("<shell>", "bash, zsh or fish").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      "\nFor good:\n" +
        "  bash: twilio-emergency completion bash > ~/.local/share/bash-completion/completions/twilio-emergency\n" +
        '  zsh:  twilio-emergency completion zsh > "${fpath[1]}/_twilio-emergency"\n' +
        "  fish: twilio-emergency completion fish > ~/.config/fish/completions/twilio-emergency.fish\n" +
        "  kubectl, which asks a program of this name in PATH (the npm package brings it):\n" +
        '        ln -s "$(command -v twilio-emergency)" ~/.local/bin/kubectl_complete-twilio_emergency\n' +
        "\nExample:\n  source <(twilio-emergency completion bash)",
    )
    .action(async (shell: Shell, _options: object, self: Command) => {
      const { completionScript } = await import("./completion/scripts.ts");
      const { parent } = self;
      if (parent !== null) process.stdout.write(completionScript(shell, parent));
    });
}
