/** Reads the objects once and prints them, or again and again. */
import { styleText } from "node:util";
import { KINDS } from "../../api/names.ts";
import type { AnyObject } from "../../api/objects.ts";
import type { Config } from "../../config.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { Clock } from "../../lib/clock.ts";
import { connect, listKind } from "../cluster.ts";
import type { StatusOptions } from "../status.ts";
import { renderStatus, type Surroundings } from "./render.ts";
import { watchStatus } from "./watch.ts";

/** Resolves with the exit code. */
export async function showStatus(config: Config, options: StatusOptions, clock: Clock): Promise<number> {
  const { client } = connect(config, clock);
  try {
    if (options.watch === true) return await watchStatus({ client, config, clock });
    const objects = await readAll(client, config.namespaces);
    if (options.output === "json") process.stdout.write(`${JSON.stringify({ items: objects }, null, 2)}\n`);
    else process.stdout.write(`${renderStatus(objects, surroundings(clock)).join("\n")}\n`);
    return 0;
  } finally {
    await client.close();
  }
}

async function readAll(client: KubeClient, namespaces: readonly string[]): Promise<readonly AnyObject[]> {
  return (await Promise.all(KINDS.map((kind) => listKind(client, kind, namespaces)))).flat();
}

/** Of standard output as it is now: a terminal may change its size. */
export function surroundings(clock: Clock): Surroundings {
  return {
    now: clock.now(),
    // styleText itself looks at the stream, NO_COLOR and FORCE_COLOR.
    paint: (format, text) => styleText(format, text, { stream: process.stdout }),
    columns: process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY,
  };
}
