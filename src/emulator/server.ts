/** The emulator over HTTP, on 127.0.0.1 only. Twilio's API under /2010-04-01, its own under /_emulator. */
import { serve, type HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { Clock } from "../lib/clock.ts";
import { controlApp } from "./control.ts";
import { loadData } from "./data.ts";
import { Dispatcher } from "./dispatch.ts";
import { DEFAULTS, type Settings } from "./settings.ts";
import { World } from "./world.ts";

export interface EmulatorOptions {
  readonly clock: Clock;
  /** 0 = any free one. */
  readonly port?: number;
  /** YAML of accounts; see data.ts. */
  readonly data?: string;
  readonly settings?: Partial<Settings>;
}

export interface RunningEmulator {
  readonly url: string;
  readonly world: World;
  stop(): Promise<void>;
}

const KEEP_ALIVE_MS = 60_000;

/** Throws DataError for data that cannot be used. */
export async function startEmulator(options: EmulatorOptions): Promise<RunningEmulator> {
  const world = new World(options.clock);
  world.settings = { ...DEFAULTS, ...options.settings };
  if (options.data !== undefined) loadData(world, options.data);
  const app = emulatorApp(new Dispatcher(world, options.clock));
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: options.port ?? 0 }, ({ port }) => {
      resolve({
        url: `http://127.0.0.1:${port}`,
        world,
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped());
            if ("closeAllConnections" in server) server.closeAllConnections();
          }),
      });
    });
    // As long as load balancers do; Node's own 5 seconds would hide what happens on a connection that was idle for a while.
    if ("keepAliveTimeout" in server) server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.on("error", reject);
  });
}

const ACCOUNT_PATH = /^\/2010-04-01\/Accounts\/([^/]+?)(?:\.json|\/(.+))$/;

function emulatorApp(dispatcher: Dispatcher): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.route("/_emulator", controlApp(dispatcher));
  app.all("/2010-04-01/*", async (c) => {
    const path = decodeURI(new URL(c.req.url).pathname);
    const match = ACCOUNT_PATH.exec(path);
    if (match === null)
      return c.json(
        { code: 20404, message: `The requested resource ${path} was not found`, status: 404 },
        404,
      );
    const form = c.req.method === "POST" ? Object.fromEntries(new URLSearchParams(await c.req.text())) : {};
    const outgoing = await dispatcher.handle({
      method: c.req.method,
      path,
      accountSid: match[1] ?? "",
      rest: match[2] ?? "",
      query: c.req.query(),
      form,
      authorization: c.req.header("authorization"),
    });
    if (outgoing === undefined) {
      c.env.incoming.socket.destroy();
      return new Response(null, { status: 500 });
    }
    return new Response(outgoing.status === 204 ? null : outgoing.body, {
      status: outgoing.status,
      headers: outgoing.headers,
    });
  });
  return app;
}
