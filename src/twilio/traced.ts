/** Spans put around the requests to Twilio. */
import type { Tracing } from "../telemetry/tracing.ts";
import { headerOf } from "./errors.ts";
import { routeOf, type Sender } from "./http.ts";

/** A span for every request to Twilio. */
export function tracedSender(sender: Sender, tracing: Tracing): Sender {
  return {
    send: (request) => {
      const { method, url } = request;
      const name = routeOf(request);
      const attributes = {
        "http.request.method": method,
        "url.template": name.slice(method.length + 1),
        "server.address": new URL(url).hostname,
      };
      return tracing.span({ name, kind: "client", attributes }, async (set) => {
        const response = await sender.send(request);
        const requestId = headerOf(response, "twilio-request-id");
        set({
          "http.response.status_code": response.statusCode,
          ...(requestId === undefined ? {} : { "twilio.request_id": requestId }),
        });
        return response;
      });
    },
    close: () => sender.close(),
  };
}
