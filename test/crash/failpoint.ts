/**
 * Loaded before the program with `node --import`, by tests only: it listens to what undici tells of each request, reports
 * the writes to the parent process, and ends this process at the one that FAILPOINT names. Its parent may also set its clock. The program knows nothing of it.
 *
 *   create ── before ──▶ on the wire ── during ──▶ … Twilio … ──▶ whole answer ── after ──▶ the program reads it
 */
import { subscribe } from "node:diagnostics_channel";
import { callOf, nameOf, type Call, type Failpoint, type Message, type Moment } from "./calls.ts";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

interface Seen {
  readonly id: number;
  readonly call: Call;
  readonly isThePoint: boolean;
  isRefused?: boolean;
}

const failpoint = JSON.parse(process.env["FAILPOINT"] ?? "null") as Failpoint | null;
const seen = new WeakMap<object, Seen>();
let isArmed = failpoint?.armed === true;
let calls = 0;
let matching = 0;

process.on("message", ({ jumpMs }: { readonly jumpMs?: number }) => {
  if (jumpMs !== undefined) {
    jump(jumpMs);
    return;
  }
  isArmed = true;
  tell({ type: "armed" });
});
process.channel?.unref();

on("undici:request:create", (request) => {
  const call = callOf(request.method, request.path, textOf(request.body));
  if (call === undefined) return;
  calls += 1;
  const found = { id: calls, call, isThePoint: isPoint(call) };
  seen.set(request, found);
  end("before", found);
  tell({ type: "sent", id: found.id, call, at: Date.now() });
});
on("undici:request:bodySent", (request) => end("during", seen.get(request)));
subscribe("undici:request:headers", (message) => {
  const { request, response } = message as {
    readonly request: object;
    readonly response: { readonly statusCode: number };
  };
  const found = seen.get(request);
  if (found !== undefined) found.isRefused = response.statusCode >= 400;
});
on("undici:request:trailers", (request) => {
  const found = seen.get(request);
  if (found === undefined) return;
  tell({
    type: found.isRefused === true ? "refused" : "answered",
    id: found.id,
    call: found.call,
    at: Date.now(),
  });
  end("after", found);
});
on("undici:request:error", (request) => {
  const found = seen.get(request);
  if (found !== undefined) tell({ type: "lost", id: found.id, call: found.call, at: Date.now() });
});

/** The wall clock is set to another time; what time has passed stays as it is. */
function jump(ms: number): void {
  const { now } = Date;
  Date.now = () => now() + ms;
}

function on(channel: string, listener: (request: Request) => void): void {
  subscribe(channel, (message) => listener((message as { readonly request: Request }).request));
}

function isPoint(call: Call): boolean {
  if (failpoint === null || !isArmed) return false;
  if (failpoint.name !== undefined && failpoint.name !== nameOf(call)) return false;
  matching += 1;
  return matching === failpoint.occurrence;
}

/** Nothing runs between here and the end: a signal to oneself is delivered before kill() returns. */
function end(moment: Moment, found: Seen | undefined): void {
  if (found?.isThePoint === true && failpoint?.moment === moment)
    process.kill(process.pid, failpoint.signal ?? "SIGKILL");
}

function tell(message: Message): void {
  if (process.connected) process.send?.(message);
}

function textOf(body: unknown): string {
  return typeof body === "string" || Buffer.isBuffer(body) ? body.toString() : "";
}
