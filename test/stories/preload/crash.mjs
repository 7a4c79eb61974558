// @ts-check
/**
 * Loaded before an operator: on SIGUSR2 it throws an error that nobody catches, with the last request to Twilio hanging on
 * it, credentials and all, as errors of HTTP libraries like to carry.
 */
import { subscribe } from "node:diagnostics_channel";

/** @type {unknown} */
let last;
subscribe("undici:request:create", (message) => {
  const { request } = /** @type {{ request: { headers: unknown, path: string } }} */ (message);
  if (String(request.path).includes("/2010-04-01/")) last = { path: request.path, headers: request.headers };
});

process.on("SIGUSR2", () => {
  const request = /** @type {{ headers: readonly string[] }} */ (last);
  const headers = Object.fromEntries(
    request.headers.flatMap((name, index) => (index % 2 === 0 ? [[name, request.headers[index + 1]]] : [])),
  );
  const cause = Object.assign(new Error(`sent authorization: ${headers["authorization"]}`), {
    config: { headers },
  });
  throw Object.assign(new Error("a fault on purpose", { cause }), { request, headers });
});
