/** Spans put around the calls to the API server. */
import type { Tracing, Traced } from "../telemetry/tracing.ts";
import type { Call, Carrier } from "./transport.ts";

/** A span for every call to the API server; that of a watch ends when it is open. */
export function tracedCarrier(carrier: Carrier, tracing: Tracing): Carrier {
  return {
    request: (call) =>
      tracing.span(spanOf(call), async (set) => {
        const reply = await carrier.request(call);
        set({ "http.response.status_code": reply.status });
        return reply;
      }),
    stream: (call) => tracing.span(spanOf(call), () => carrier.stream(call)),
    close: () => carrier.close(),
  };
}

function spanOf({ method, attempt }: Call): Traced {
  const { verb, resource, target } = attempt;
  return {
    name: `${verb} ${resource}`,
    kind: "client",
    attributes: {
      "http.request.method": method,
      "k8s.verb": verb,
      "k8s.resource": resource,
      ...(target === undefined ? {} : { "k8s.target": target }),
    },
  };
}
