/** `twilio-emergency emulate`: the Twilio emulator, for demos and tests in any language. */
import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { YAMLParseError } from "yaml";
import { DataError } from "../emulator/data.ts";
import type { startEmulator } from "../emulator/server.ts";
import type { Clock } from "../lib/clock.ts";

export function emulateCommand(clock: Clock): Command {
  return new Command("emulate")
    .description("Run a Twilio emulator on 127.0.0.1")
    .option("--port <n>", "port to listen on, 0 = any free one", portOf, 0)
    .option("--data <file>", "YAML of accounts, numbers, domains and addresses to start with")
    .addHelpText(
      "after",
      "\nExample:\n  twilio-emergency emulate --port 4010 --data examples/emulator-data.yaml",
    )
    .action((options: Options) => emulate(clock, options));
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new InvalidArgumentError("a port is a whole number from 0 to 65535");
}

interface Options {
  readonly port: number;
  readonly data?: string;
}

async function emulate(clock: Clock, options: Options): Promise<void> {
  const emulator = await start(clock, options);
  process.stdout.write(`${JSON.stringify({ listening: emulator.url })}\n`);
  const stop = (): void => void emulator.stop().then(() => process.exit(0));
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

async function start(clock: Clock, { port, data: file }: Options): ReturnType<typeof startEmulator> {
  const server = await import("../emulator/server.ts");
  try {
    const data = file === undefined ? {} : { data: readFileSync(file, "utf8") };
    return await server.startEmulator({ clock, port, ...data });
  } catch (error) {
    const at =
      error instanceof YAMLParseError && error.linePos !== undefined
        ? ` line ${error.linePos[0].line}, column ${error.linePos[0].col}`
        : "";
    if (error instanceof DataError || error instanceof YAMLParseError)
      throw new Error(`${file}${at}: ${error.message}`, { cause: error });
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new Error(`data file ${file} does not exist`, { cause: error });
    throw error;
  }
}
