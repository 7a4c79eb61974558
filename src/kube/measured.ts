/** Metrics put around the calls to the API server. */
import type { RuntimeMetrics } from "../telemetry/metrics/runtime.ts";
import { failureOf } from "./errors.ts";
import type { Call, Carrier } from "./transport.ts";

export interface MeasuredOptions {
  readonly metrics: Pick<RuntimeMetrics, "kubeRequest">;
  /** Of the API server, `name:port`. */
  readonly host: string;
}

/** Counts every call by the code it was answered with; a watch counts when it is opened. */
export function measuredCarrier(carrier: Carrier, { metrics, host }: MeasuredOptions): Carrier {
  const count = ({ method }: Call, code: string): void => metrics.kubeRequest({ method, host, code });
  return {
    request: async (call) => {
      try {
        const reply = await carrier.request(call);
        count(call, String(reply.status));
        return reply;
      } catch (error) {
        count(call, codeOf(error));
        throw error;
      }
    },
    stream: async (call) => {
      try {
        const body = await carrier.stream(call);
        count(call, "200");
        return body;
      } catch (error) {
        count(call, codeOf(error));
        throw error;
      }
    },
    close: () => carrier.close(),
  };
}

/** As client-go writes it. */
function codeOf(error: unknown): string {
  return String(failureOf(error)?.httpStatus ?? "<error>");
}
