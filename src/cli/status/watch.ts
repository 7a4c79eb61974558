/** `status --watch`: on a terminal the whole picture anew, elsewhere a line for every object that changed. */
import { once } from "node:events";
import { KINDS } from "../../api/names.ts";
import { keyOf, type AnyObject } from "../../api/objects.ts";
import type { Config } from "../../config.ts";
import { resourceType, type Cached } from "../../controllers/cluster-objects.ts";
import type { KubeClient } from "../../kube/client.ts";
import { Reflector } from "../../kube/reflector.ts";
import type { Clock } from "../../lib/clock.ts";
import { createLogger } from "../../telemetry/log.ts";
import { renderStatus } from "./render.ts";
import { surroundings } from "./show.ts";
import { readyOf } from "./tree.ts";

export interface Watching {
  readonly client: KubeClient;
  readonly config: Config;
  readonly clock: Clock;
}

/** Changes come in bursts: what comes within this is shown at once, in ms. */
const PAUSE_MS = 250;
/** Ages grow though nothing changes, in ms. */
const REDRAW_MS = 10_000;
const CLEAR = "\u001B[H\u001B[2J\u001B[3J";

/** Until SIGINT or SIGTERM; resolves with the exit code. */
export async function watchStatus({ client, config, clock }: Watching): Promise<number> {
  const log = createLogger({ level: "warn", format: "pretty", destination: process.stderr });
  const screen = process.stdout.isTTY ? redrawing(clock) : appending(clock);
  const { namespaces } = config;
  const caches = KINDS.map((kind) => {
    const type = resourceType(kind);
    return new Reflector<Cached>({ source: client, type, namespaces, clock, random: Math.random, log });
  });
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  for (const cache of caches) {
    cache.onChange(({ object, type }) => screen.changed(object, type === "deleted"));
    cache.start();
  }
  // Rejects only when interrupted; there is no picture then.
  const synced = Promise.all(caches.map((cache) => cache.waitForSync(stop.signal)));
  await synced.then(
    () => screen.begin(),
    () => {},
  );
  await aborted(stop);
  screen.end();
  await Promise.all(caches.map((cache) => cache.stop()));
  return 0;
}

async function aborted({ signal }: AbortController): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}

interface Screen {
  changed(object: AnyObject, isGone: boolean): void;
  /** All objects have been told of. */
  begin(): void;
  end(): void;
}

function redrawing(clock: Clock): Screen {
  const objects = new Map<string, AnyObject>();
  let due: { readonly at: number; readonly cancel: () => void } | undefined;
  let hasBegun = false;
  const draw = (): void => {
    const lines = renderStatus([...objects.values()], surroundings(clock));
    const rows = Math.max(5, process.stdout.rows - 1);
    const hidden = lines.length - rows;
    const visible = hidden > 0 ? [...lines.slice(0, rows - 1), `… ${hidden + 1} more lines`] : lines;
    process.stdout.write(`${CLEAR}${visible.join("\n")}\n`);
    due = undefined;
    within(REDRAW_MS);
  };
  const within = (ms: number): void => {
    const at = clock.uptime() + ms;
    if (due !== undefined && due.at <= at) return;
    due?.cancel();
    due = { at, cancel: clock.after(ms, draw) };
  };
  return {
    changed: (object, isGone) => {
      if (isGone) objects.delete(keyOf(object));
      else objects.set(keyOf(object), object);
      if (hasBegun) within(PAUSE_MS);
    },
    begin: () => {
      hasBegun = true;
      draw();
    },
    end: () => due?.cancel(),
  };
}

/** For logs and pipes: what an object says of itself, whenever that changes. */
function appending(clock: Clock): Screen {
  const said = new Map<string, string>();
  return {
    changed: (object, isGone) => {
      const key = keyOf(object);
      const text = isGone ? "gone" : sayingOf(object);
      if (said.get(key) === text) return;
      said.set(key, text);
      process.stdout.write(`${new Date(clock.now()).toISOString()} ${key} ${text}\n`);
    },
    begin: () => {},
    end: () => {},
  };
}

function sayingOf(object: AnyObject): string {
  const { status, reason, message } = readyOf(object) ?? PENDING;
  return `Ready=${status} ${reason} ${message}`.trimEnd();
}

const PENDING = { status: "Unknown", reason: "Pending", message: "" };
